-- An order of the stock is marked, unanswered, and so young that its bytes may still be on their way: the
-- gateway lets none leave after the send deadline, and the grace is longer than that.
CREATE FUNCTION is_in_flight(p_symbol text, p_grace_ms int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM orders o WHERE o.symbol = p_symbol AND o.status = 'SENT' AND o.answered_at IS NULL
    AND o.sent_at + p_grace_ms * interval '1 millisecond' > clock_timestamp())
$$;

-- As before, and refused while an order of the stock is in flight. A proved death skips TTL and grace, so
-- without this a successor could be granted a fence between its predecessor's mark and its bytes.
CREATE OR REPLACE FUNCTION claim_stock_lock(
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
    -- Nobody, not even its last owner again, may be ahead of an order whose bytes may still be leaving.
    WHEN is_in_flight(p_symbol, p_grace_ms) THEN 'IN_FLIGHT'
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
