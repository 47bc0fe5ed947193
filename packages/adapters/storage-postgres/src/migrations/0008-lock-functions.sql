-- Each function is one round trip and judges after it has the stock's row: every statement inside reads
-- by its own snapshot, which a single statement that waited would not.
-- Rows are always locked in this order, so that nothing can deadlock: leases, system_state, workers,
-- symbol_fences, orders, stock_locks, positions, trades, account_days, daily_summaries. The account is
-- late because all stocks meet there: it is held for the last statements of a transaction only.

-- Refuses a supervisor that has been followed by another (FL001), and makes the follower wait for us.
CREATE FUNCTION require_term(p_term bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_lease_term bigint;
  v_system_term bigint;
BEGIN
  SELECT term INTO v_lease_term FROM leases WHERE name = 'supervisor' FOR SHARE;
  SELECT term INTO v_system_term FROM system_state;
  IF p_term < greatest(v_lease_term, v_system_term) THEN
    RAISE EXCEPTION 'term % has been followed by term %', p_term, greatest(v_lease_term, v_system_term)
      USING ERRCODE = 'FL001';
  END IF;
END $$;

CREATE FUNCTION claim_stock_lock(
  p_symbol text, p_worker_id uuid, p_purpose text, p_ttl_ms int, p_grace_ms int, p_market_at bigint
) RETURNS TABLE (is_granted boolean, new_fence bigint, is_orphan boolean, refusal text, holder uuid)
LANGUAGE plpgsql AS $$
DECLARE
  v_stock symbol_fences%ROWTYPE;
  v_lock stock_locks%ROWTYPE;
  v_status text;
  v_now timestamptz;
BEGIN
  -- Shared with other claims, exclusive with the worker's reaping: the dead do not claim.
  SELECT w.status INTO v_status FROM workers w WHERE w.worker_id = p_worker_id FOR SHARE;
  INSERT INTO symbol_fences (symbol) VALUES (p_symbol) ON CONFLICT (symbol) DO NOTHING;
  SELECT * INTO v_stock FROM symbol_fences f WHERE f.symbol = p_symbol FOR UPDATE;
  SELECT * INTO v_lock FROM stock_locks l WHERE l.symbol = p_symbol;
  v_now := clock_timestamp();
  is_orphan := v_stock.open_orders > 0 OR v_stock.position_qty > 0;
  holder := v_lock.worker_id;
  refusal := CASE
    WHEN v_status = 'EXIT' THEN 'EXITED'
    WHEN v_stock.frozen THEN 'FROZEN'
    -- The same worker again (its answer was lost) gets a new fence at once.
    WHEN v_lock.worker_id = p_worker_id THEN NULL
    WHEN v_lock.ttl > v_now THEN 'HELD'
    WHEN v_lock.ttl + p_grace_ms * interval '1 millisecond' > v_now THEN 'GRACE'
    WHEN p_purpose = 'ADOPTION' AND NOT is_orphan THEN 'NOT_ORPHAN'
  END;
  IF refusal IS NOT NULL THEN
    PERFORM record_event('LockRejectedEvent', 'WARN', p_worker_id::text, p_symbol, NULL, p_market_at,
      jsonb_build_object('reason', refusal, 'heldBy', holder, 'purpose', p_purpose));
    is_granted := false;
    RETURN NEXT;
    RETURN;
  END IF;
  IF v_lock.symbol IS NOT NULL THEN
    DELETE FROM stock_locks l WHERE l.symbol = p_symbol;
    PERFORM record_event('LockReleasedEvent', 'WARN', v_lock.worker_id::text, p_symbol, NULL, p_market_at,
      jsonb_build_object('fence', v_lock.fence, 'ttl', to_ms(v_lock.ttl), 'orphan', is_orphan,
        'reason', CASE WHEN v_lock.worker_id = p_worker_id THEN 'CLAIMED_AGAIN' ELSE 'EXPIRED' END));
  END IF;
  is_granted := true;
  new_fence := v_stock.fence + 1;
  UPDATE symbol_fences f SET fence = new_fence WHERE f.symbol = p_symbol;
  INSERT INTO stock_locks (symbol, worker_id, locked_at, ttl, heartbeat_at, fence)
  VALUES (p_symbol, p_worker_id, v_now, v_now + p_ttl_ms * interval '1 millisecond', v_now, new_fence);
  IF v_stock.position_qty > 0 THEN
    UPDATE positions p SET worker_id = p_worker_id, updated_at = v_now WHERE p.symbol = p_symbol;
  END IF;
  PERFORM record_event('LockAcquiredEvent', 'INFO', p_worker_id::text, p_symbol, NULL, p_market_at,
    jsonb_build_object('fence', new_fence, 'locked_at', to_ms(v_now), 'ttlMs', p_ttl_ms,
      'orphan', is_orphan, 'purpose', p_purpose, 'takenFrom', holder));
  RETURN NEXT;
END $$;

-- `p_needs_flat` false gives a held stock up for adoption.
CREATE FUNCTION release_stock_lock(
  p_symbol text, p_worker_id uuid, p_fence bigint, p_needs_flat boolean, p_reason text, p_market_at bigint
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_stock symbol_fences%ROWTYPE;
  v_orphan boolean;
BEGIN
  SELECT * INTO v_stock FROM symbol_fences f WHERE f.symbol = p_symbol FOR UPDATE;
  IF NOT EXISTS (SELECT FROM stock_locks l
                 WHERE l.symbol = p_symbol AND l.worker_id = p_worker_id AND l.fence = p_fence) THEN
    RETURN 'NOT_OWNER';
  END IF;
  v_orphan := v_stock.open_orders > 0 OR v_stock.position_qty > 0;
  IF v_orphan AND p_needs_flat THEN
    RETURN 'NOT_FLAT';
  END IF;
  DELETE FROM stock_locks l WHERE l.symbol = p_symbol;
  PERFORM record_event('LockReleasedEvent', 'INFO', p_worker_id::text, p_symbol, NULL, p_market_at,
    jsonb_build_object('fence', p_fence, 'reason', p_reason, 'orphan', v_orphan));
  RETURN 'RELEASED';
END $$;

-- SC-009. With `p_grace_ms` only locks that expired so long ago are taken; without, the death is proved
-- and all of them are. The worker exits unless it still holds a lock that runs.
CREATE FUNCTION reap_worker(
  p_term bigint, p_worker_id uuid, p_grace_ms int, p_reason text, p_market_at bigint
) RETURNS TABLE (released_symbol text, orphan boolean) LANGUAGE plpgsql AS $$
DECLARE
  v_status text;
  v_lock record;
BEGIN
  PERFORM require_term(p_term);
  -- Not FOR UPDATE: a booking that has the stock may still refer to this worker.
  SELECT w.status INTO v_status FROM workers w WHERE w.worker_id = p_worker_id FOR NO KEY UPDATE;
  PERFORM FROM symbol_fences f
    WHERE f.symbol IN (SELECT l.symbol FROM stock_locks l WHERE l.worker_id = p_worker_id)
    ORDER BY f.symbol FOR UPDATE;
  FOR v_lock IN
    DELETE FROM stock_locks l WHERE l.worker_id = p_worker_id
      AND (p_grace_ms IS NULL OR l.ttl + p_grace_ms * interval '1 millisecond' <= clock_timestamp())
    RETURNING l.symbol, l.fence, l.ttl
  LOOP
    released_symbol := v_lock.symbol;
    SELECT f.open_orders > 0 OR f.position_qty > 0 INTO orphan FROM symbol_fences f WHERE f.symbol = v_lock.symbol;
    PERFORM record_event('LockReleasedEvent', 'WARN', p_worker_id::text, v_lock.symbol, NULL, p_market_at,
      jsonb_build_object('fence', v_lock.fence, 'ttl', to_ms(v_lock.ttl), 'orphan', orphan,
        'reason', CASE WHEN p_grace_ms IS NULL THEN 'PROVED_DEAD' ELSE 'EXPIRED' END, 'detail', p_reason));
    RETURN NEXT;
  END LOOP;
  IF v_status <> 'EXIT' AND NOT EXISTS (SELECT FROM stock_locks l WHERE l.worker_id = p_worker_id) THEN
    UPDATE workers w SET status = 'EXIT', current_symbol = NULL WHERE w.worker_id = p_worker_id;
    PERFORM record_event('WorkerStateChangedEvent', 'WARN', p_worker_id::text, NULL, NULL, p_market_at,
      jsonb_build_object('from', v_status, 'to', 'EXIT', 'reason', p_reason));
  END IF;
END $$;

CREATE FUNCTION acquire_lease(
  p_name text, p_holder text, p_process jsonb, p_ttl_ms int, p_dead_term bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_lease leases%ROWTYPE;
  v_now timestamptz;
BEGIN
  SELECT * INTO v_lease FROM leases l WHERE l.name = p_name FOR UPDATE;
  v_now := clock_timestamp();
  IF v_lease.holder IS NOT NULL AND v_lease.expires_at > v_now AND v_lease.term IS DISTINCT FROM p_dead_term THEN
    RETURN NULL;
  END IF;
  UPDATE leases l SET holder = p_holder, term = v_lease.term + 1, process = p_process, acquired_at = v_now,
    renewed_at = v_now, expires_at = v_now + p_ttl_ms * interval '1 millisecond'
  WHERE l.name = p_name;
  RETURN v_lease.term + 1;
END $$;
