-- Locks everything that an intent is judged by, in the fleet's order, and tells what it is. Buys line up
-- at the account's row, last of all, so that limits and cash are judged one after another.
CREATE FUNCTION lock_for_intent(
  p_idempotency_key text, p_symbol text, p_worker_id uuid, p_fence bigint, p_trade_date date, p_is_buy boolean
) RETURNS TABLE (
  existing_order_id uuid, gate text, worker_status text, stop_requested boolean, capital_limit numeric,
  owns_lock boolean, open_question boolean, position_qty bigint, open_sell_qty bigint,
  realized_pnl numeric, consecutive_losses int, cash_moved numeric, reserved numeric,
  other_positions int, exposure numeric, last_sold_at timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
  SELECT s.gate INTO gate FROM system_state s FOR SHARE;
  SELECT w.status, w.stop_requested, w.capital_limit INTO worker_status, stop_requested, capital_limit
    FROM workers w WHERE w.worker_id = p_worker_id FOR SHARE;
  PERFORM FROM symbol_fences f WHERE f.symbol = p_symbol FOR UPDATE;
  SELECT o.order_id INTO existing_order_id FROM orders o WHERE o.idempotency_key = p_idempotency_key;
  owns_lock := EXISTS (SELECT FROM stock_locks l WHERE l.symbol = p_symbol AND l.worker_id = p_worker_id
    AND l.fence = p_fence AND l.ttl > clock_timestamp());
  open_question := EXISTS (SELECT FROM orders o WHERE o.symbol = p_symbol
    AND o.status = 'SENT' AND o.answered_at IS NULL);
  SELECT coalesce(sum(p.qty), 0) INTO position_qty FROM positions p WHERE p.symbol = p_symbol;
  SELECT coalesce(sum(o.qty - o.filled_qty), 0) INTO open_sell_qty FROM orders o
    WHERE o.symbol = p_symbol AND o.side = 'SELL' AND o.request = 'PLACE' AND is_open_status(o.status);
  IF p_is_buy THEN
    INSERT INTO account_days (trade_date) VALUES (p_trade_date) ON CONFLICT (trade_date) DO NOTHING;
    SELECT a.realized_pnl, a.consecutive_losses,
           a.sold_amount - a.bought_amount - a.commission - a.transaction_tax
      INTO realized_pnl, consecutive_losses, cash_moved
      FROM account_days a WHERE a.trade_date = p_trade_date FOR UPDATE;
    SELECT coalesce(sum(o.reserved_amount), 0) INTO reserved FROM orders o
      WHERE o.side = 'BUY' AND is_open_status(o.status);
    SELECT count(*) INTO other_positions FROM symbol_fences f WHERE f.symbol <> p_symbol
      AND (f.position_qty > 0 OR (f.open_orders > 0 AND EXISTS (SELECT FROM orders o
        WHERE o.symbol = f.symbol AND o.side = 'BUY' AND is_open_status(o.status))));
    SELECT coalesce((SELECT p.qty * p.avg_price FROM positions p WHERE p.symbol = p_symbol AND p.qty > 0), 0)
         + coalesce((SELECT sum((o.qty - o.filled_qty) * o.judged_price) FROM orders o
             WHERE o.symbol = p_symbol AND o.side = 'BUY' AND o.request = 'PLACE' AND is_open_status(o.status)), 0)
      INTO exposure;
    SELECT max(f.market_at) INTO last_sold_at FROM fills f
      WHERE f.symbol = p_symbol AND f.trade_date = p_trade_date AND f.side = 'SELL';
  END IF;
  RETURN NEXT;
END $$;

-- NEW -> SENT just before the bytes leave; the last look of the database at fence, gate and deadline.
CREATE FUNCTION mark_order_sent(
  p_order_id uuid, p_requested_at bigint, p_send_deadline_ms int, p_market_at bigint
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_symbol text;
  v_gate text;
  v_order orders%ROWTYPE;
  v_deadline interval := p_send_deadline_ms * interval '1 millisecond';
BEGIN
  SELECT o.symbol INTO v_symbol FROM orders o WHERE o.order_id = p_order_id;
  IF v_symbol IS NULL THEN
    RETURN 'NOT_NEW';
  END IF;
  SELECT s.gate INTO v_gate FROM system_state s FOR SHARE;
  PERFORM FROM symbol_fences f WHERE f.symbol = v_symbol FOR UPDATE;
  SELECT * INTO v_order FROM orders o WHERE o.order_id = p_order_id FOR UPDATE;
  IF v_order.status <> 'NEW' THEN
    RETURN 'NOT_NEW';
  END IF;
  IF NOT gate_allows(v_gate, CASE WHEN v_order.request = 'PLACE' THEN v_order.side ELSE 'CANCEL' END) THEN
    RETURN 'GATE';
  END IF;
  IF clock_timestamp() > from_ms(p_requested_at) + v_deadline THEN
    RETURN 'DEADLINE';
  END IF;
  IF NOT EXISTS (SELECT FROM stock_locks l WHERE l.symbol = v_symbol AND l.worker_id = v_order.worker_id
      AND l.fence = v_order.fence AND l.ttl > clock_timestamp() + v_deadline) THEN
    RETURN 'FENCE_LOST';
  END IF;
  IF EXISTS (SELECT FROM orders o WHERE o.symbol = v_symbol AND o.status = 'SENT' AND o.answered_at IS NULL) THEN
    RETURN 'OPEN_QUESTION';
  END IF;
  UPDATE orders o SET status = 'SENT', sent_at = clock_timestamp(), sent_market_at = from_ms(p_market_at)
    WHERE o.order_id = p_order_id;
  PERFORM record_event('OrderSentEvent', 'INFO', v_order.worker_id::text, v_symbol, p_order_id, p_market_at,
    jsonb_build_object('request', v_order.request, 'side', v_order.side, 'qty', v_order.qty,
      'limitPrice', v_order.limit_price::text, 'fence', v_order.fence));
  RETURN 'SENT';
END $$;
