-- All that a buy is judged by is a row: limits, marks of prices and of the market, open risk. And what
-- the next day's parameters learn from: the signal that each entry was made on.

ALTER TABLE day_baselines
  ADD COLUMN loss_basis text NOT NULL DEFAULT 'REALIZED' CHECK (loss_basis IN ('REALIZED', 'TOTAL')),
  -- Null: no limit of that kind.
  ADD COLUMN max_quantity_per_symbol bigint CHECK (max_quantity_per_symbol > 0),
  ADD COLUMN max_stock_range_rate numeric CHECK (max_stock_range_rate > 0),
  ADD COLUMN max_market_move_rate numeric CHECK (max_market_move_rate > 0),
  ADD COLUMN mark_age_ms_max bigint NOT NULL DEFAULT 180000 CHECK (mark_age_ms_max > 0);

-- The last price that a scan saw of a stock; held stocks are in every scan.
CREATE TABLE stock_marks (
  symbol text PRIMARY KEY,
  price numeric NOT NULL CHECK (price > 0),
  -- (highest - lowest) / price of the last ten full minutes; null with fewer than two.
  range_rate numeric CHECK (range_rate >= 0),
  market_at timestamptz NOT NULL
) WITH (fillfactor = 50);

ALTER TABLE scans
  -- Median change of the day of the most traded stocks; null when nothing was looked at.
  ADD COLUMN market_change numeric,
  -- How many stocks each reason refused: {strategy: {code: stocks}}.
  ADD COLUMN refusals jsonb NOT NULL DEFAULT '{}';

-- Why a signal is one; `why_not` is for refusals alone.
ALTER TABLE candidates ADD COLUMN reasons jsonb NOT NULL DEFAULT '[]';
-- A newer refusal of a stock takes the place of the older one.
CREATE INDEX candidates_refused ON candidates (trade_date, strategy_name, symbol) WHERE NOT signal;
CREATE INDEX candidates_of_date ON candidates (trade_date);

-- The signal on which a worker made an entry, written before its order's intent. No foreign key: an
-- order that is denied is never stored.
CREATE TABLE entry_signals (
  order_id uuid PRIMARY KEY,
  trade_date date NOT NULL,
  symbol text NOT NULL,
  strategy_name text NOT NULL,
  scan_id text NOT NULL,
  score numeric NOT NULL,
  reasons jsonb NOT NULL,
  -- Best ask when it was decided: what a bad fill is measured from.
  ask numeric,
  market_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX entry_signals_of_date ON entry_signals (trade_date);

CREATE INDEX fills_sold ON fills (trade_date, symbol) WHERE side = 'SELL';
CREATE INDEX trades_of_stock ON trades (trade_date, symbol);

-- Risk of what is open: positions marked at their last prices, and the losses that their stops and
-- those of open buys may still bring. Read under the account's lock.
CREATE FUNCTION read_open_risk(p_trade_date date, p_marks_since timestamptz) RETURNS TABLE (
  partial_pnl numeric, unrealized_pnl numeric, stale_marks int, open_risk numeric, open_risk_marked numeric
) LANGUAGE sql STABLE AS $$
  WITH held AS (
    SELECT t.trade_id,
      -- What the sold part has brought, after all costs so far; a trade of an earlier day counts when it closes.
      CASE WHEN t.trade_date = p_trade_date
        THEN t.sold_amount - t.bought_amount * t.sold_qty / t.bought_qty - t.commission - t.transaction_tax
        ELSE 0 END AS partial_pnl,
      (t.bought_qty - t.sold_qty) * m.price - t.bought_amount * (t.bought_qty - t.sold_qty) / t.bought_qty
        AS unrealized_pnl,
      coalesce((SELECT sum(o.expected_loss * f.qty / o.qty) FROM fills f JOIN orders o USING (order_id)
        WHERE f.trade_id = t.trade_id AND f.side = 'BUY'), 0)
        * (t.bought_qty - t.sold_qty) / t.bought_qty AS expected_loss,
      m.market_at IS NULL OR m.market_at < p_marks_since AS is_stale
    FROM trades t LEFT JOIN stock_marks m ON m.symbol = t.symbol
    WHERE t.pnl IS NULL),
  ordered AS (
    SELECT coalesce(sum(o.expected_loss * (o.qty - o.filled_qty) / o.qty), 0) AS expected_loss FROM orders o
    WHERE o.side = 'BUY' AND o.request = 'PLACE' AND is_open_status(o.status))
  SELECT coalesce(sum(h.partial_pnl), 0), coalesce(sum(h.unrealized_pnl), 0),
    (count(*) FILTER (WHERE h.is_stale))::int,
    coalesce(sum(h.expected_loss), 0) + (SELECT expected_loss FROM ordered),
    coalesce(sum(greatest(h.expected_loss, -coalesce(h.unrealized_pnl, 0))), 0)
      + (SELECT expected_loss FROM ordered)
  FROM held h
$$;

-- Locks everything that an intent is judged by, in the fleet's order, and tells what it is. Buys line up
-- at the account's row, last of all, so that limits and cash are judged one after another.
DROP FUNCTION lock_for_intent(text, text, uuid, bigint, date, boolean);
CREATE FUNCTION lock_for_intent(
  p_idempotency_key text, p_symbol text, p_worker_id uuid, p_fence bigint, p_trade_date date, p_is_buy boolean,
  p_market_at bigint
) RETURNS TABLE (
  existing_order_id uuid, gate text, worker_status text, stop_requested boolean, capital_limit numeric,
  owns_lock boolean, open_question boolean, position_qty bigint, open_sell_qty bigint,
  realized_pnl numeric, consecutive_losses int, cash_moved numeric, reserved numeric,
  unrealized_pnl numeric, stale_marks int, open_risk numeric, open_risk_marked numeric,
  other_positions int, exposure numeric, exposure_qty bigint, last_sold_at timestamptz,
  stock_range_rate numeric, market_move_rate numeric
) LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := from_ms(p_market_at);
  v_marks_since timestamptz;
  v_partial numeric;
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
    SELECT v_now - b.mark_age_ms_max * interval '1 millisecond' INTO v_marks_since
      FROM day_baselines b WHERE b.trade_date = p_trade_date;
    SELECT r.partial_pnl, r.unrealized_pnl, r.stale_marks, r.open_risk, r.open_risk_marked
      INTO v_partial, unrealized_pnl, stale_marks, open_risk, open_risk_marked
      FROM read_open_risk(p_trade_date, v_marks_since) r;
    realized_pnl := realized_pnl + v_partial;
    SELECT coalesce(sum(o.reserved_amount), 0) INTO reserved FROM orders o
      WHERE o.side = 'BUY' AND is_open_status(o.status);
    SELECT count(*) INTO other_positions FROM symbol_fences f WHERE f.symbol <> p_symbol
      AND (f.position_qty > 0 OR (f.open_orders > 0 AND EXISTS (SELECT FROM orders o
        WHERE o.symbol = f.symbol AND o.side = 'BUY' AND is_open_status(o.status))));
    SELECT coalesce((SELECT p.qty * p.avg_price FROM positions p WHERE p.symbol = p_symbol AND p.qty > 0), 0)
         + coalesce(sum((o.qty - o.filled_qty) * o.judged_price), 0),
         position_qty + coalesce(sum(o.qty - o.filled_qty), 0)
      INTO exposure, exposure_qty FROM orders o
      WHERE o.symbol = p_symbol AND o.side = 'BUY' AND o.request = 'PLACE' AND is_open_status(o.status);
    SELECT max(f.market_at) INTO last_sold_at FROM fills f
      WHERE f.symbol = p_symbol AND f.trade_date = p_trade_date AND f.side = 'SELL';
    SELECT m.range_rate INTO stock_range_rate FROM stock_marks m
      WHERE m.symbol = p_symbol AND m.market_at >= v_marks_since;
    -- The market's move of the last quarter of an hour; null when it was not looked at lately.
    SELECT CASE WHEN max(s.scanned_at) >= v_marks_since THEN max(s.market_change) - min(s.market_change) END
      INTO market_move_rate FROM scans s
      WHERE s.trade_date = p_trade_date AND s.market_change IS NOT NULL
        AND s.scanned_at BETWEEN v_now - interval '15 minutes' AND v_now + interval '1 minute';
  END IF;
  RETURN NEXT;
END $$;
