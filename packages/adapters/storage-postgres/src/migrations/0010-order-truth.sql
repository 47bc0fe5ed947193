-- What the broker's account tells beyond our own orders: foreign orders and holdings, shares of ours
-- that a person sold; amends; frozen stocks that thaw; and more that the tables refuse.

ALTER TABLE orders DROP CONSTRAINT orders_end_reason_check;
ALTER TABLE orders ADD CONSTRAINT orders_end_reason_check CHECK (end_reason IN ('NOT_SENT', 'NOT_EXECUTED',
  'NEVER_ARRIVED', 'EXPIRED', 'CANCELED_BY_US', 'CANCELED_AT_BROKER', 'REJECTED_BY_BROKER', 'REPLACED'));

-- A person's sale of ours is booked in steps, each an order row of its own under the broker's number.
DROP INDEX orders_broker_key;
CREATE UNIQUE INDEX orders_broker_key ON orders (broker_date, broker_branch, broker_order_id)
  WHERE continues_order_id IS NULL AND purpose <> 'EXTERNAL';
-- Orders of the last minute, for the kill conditions.
CREATE INDEX orders_by_age ON orders (created_market_at);

-- An order starts as NEW under its worker's running lock. Only two start as SENT, for the broker has
-- them already: the continuation of a row, and what a person sold of ours.
CREATE OR REPLACE FUNCTION guard_new_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_before orders%ROWTYPE;
BEGIN
  IF NEW.filled_qty <> 0 THEN
    RAISE EXCEPTION 'order %: starts without fills', NEW.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.continues_order_id IS NOT NULL THEN
    SELECT * INTO v_before FROM orders o WHERE o.order_id = NEW.continues_order_id;
    IF NEW.status <> 'SENT' OR NEW.broker_order_id IS NULL OR v_before.symbol <> NEW.symbol
       OR v_before.side <> NEW.side OR (is_open_status(v_before.status) AND v_before.request <> 'MODIFY') THEN
      RAISE EXCEPTION 'order %: does not continue %', NEW.order_id, NEW.continues_order_id
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.purpose = 'EXTERNAL' THEN
    IF NEW.status <> 'SENT' OR NEW.broker_order_id IS NULL OR NEW.side <> 'SELL' THEN
      RAISE EXCEPTION 'order %: an external sale has the broker''s number', NEW.order_id
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.status <> 'NEW' THEN
    RAISE EXCEPTION 'order %: starts as NEW, not %', NEW.order_id, NEW.status USING ERRCODE = 'check_violation';
  ELSIF NOT EXISTS (SELECT FROM stock_locks l WHERE l.symbol = NEW.symbol AND l.worker_id = NEW.worker_id
      AND l.fence = NEW.fence AND l.ttl > clock_timestamp()) THEN
    RAISE EXCEPTION 'order %: % does not hold % at fence %', NEW.order_id, NEW.worker_id, NEW.symbol, NEW.fence
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_order_step(OLD.status, NEW.status) THEN
    RAISE EXCEPTION 'order %: % cannot follow %', OLD.order_id, NEW.status, OLD.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.filled_qty < OLD.filled_qty OR NEW.filled_amount < OLD.filled_amount THEN
    RAISE EXCEPTION 'order %: its fill cannot fall', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.order_id, NEW.idempotency_key, NEW.request, NEW.trade_date, NEW.symbol, NEW.market, NEW.instrument_kind,
      NEW.side, NEW.order_type, NEW.venue, NEW.qty, NEW.expected_loss, NEW.purpose, NEW.strategy_name,
      NEW.strategy_version, NEW.params_version, NEW.worker_id, NEW.fence, NEW.created_at, NEW.created_market_at)
     IS DISTINCT FROM
     (OLD.order_id, OLD.idempotency_key, OLD.request, OLD.trade_date, OLD.symbol, OLD.market, OLD.instrument_kind,
      OLD.side, OLD.order_type, OLD.venue, OLD.qty, OLD.expected_loss, OLD.purpose, OLD.strategy_name,
      OLD.strategy_version, OLD.params_version, OLD.worker_id, OLD.fence, OLD.created_at, OLD.created_market_at)
     OR NEW.limit_price IS DISTINCT FROM OLD.limit_price
     OR NEW.judged_price IS DISTINCT FROM OLD.judged_price
     OR NEW.parent_order_id IS DISTINCT FROM OLD.parent_order_id
     OR NEW.continues_order_id IS DISTINCT FROM OLD.continues_order_id
     OR (OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at)
     OR (OLD.broker_order_id IS NOT NULL AND (NEW.broker_date, NEW.broker_branch, NEW.broker_order_id)
         IS DISTINCT FROM (OLD.broker_date, OLD.broker_branch, OLD.broker_order_id))
     OR (OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at) THEN
    RAISE EXCEPTION 'order %: its terms and its answer cannot change', OLD.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF NOT is_open_status(OLD.status) AND
     (NEW.end_reason, NEW.end_detail, NEW.filled_qty, NEW.filled_amount, NEW.ended_at, NEW.ended_market_at)
     IS DISTINCT FROM
     (OLD.end_reason, OLD.end_detail, OLD.filled_qty, OLD.filled_amount, OLD.ended_at, OLD.ended_market_at) THEN
    RAISE EXCEPTION 'order %: has ended', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;

-- A fill is a step of an order that has it in its row already, of the order's own stock and side.
CREATE FUNCTION guard_fill() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_order orders%ROWTYPE;
BEGIN
  SELECT * INTO v_order FROM orders o WHERE o.order_id = NEW.order_id;
  IF v_order.request <> 'PLACE' OR v_order.symbol <> NEW.symbol OR v_order.side <> NEW.side
     OR NEW.cumulative_qty > v_order.filled_qty THEN
    RAISE EXCEPTION 'fill % of order %: not a step of it', NEW.fill_id, NEW.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fills_guard BEFORE INSERT ON fills FOR EACH ROW EXECUTE FUNCTION guard_fill();

-- NEW -> SENT just before the bytes leave; the last look of the database at fence, gate and deadline. An
-- amend is judged by the side of what it amends.
CREATE OR REPLACE FUNCTION mark_order_sent(
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
  IF NOT gate_allows(v_gate, CASE WHEN v_order.request = 'CANCEL' THEN 'CANCEL' ELSE v_order.side END) THEN
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
      'limitPrice', v_order.limit_price::text, 'fence', v_order.fence, 'status', 'SENT'));
  RETURN 'SENT';
END $$;

-- A frozen stock thaws with the answer to the question that froze it, whoever gave it.
ALTER TABLE symbol_fences
  ADD COLUMN frozen_order_id uuid,
  -- The list rows that fitted: [{date, branch, number, quantity, price, filledQuantity}].
  ADD COLUMN frozen_candidates jsonb NOT NULL DEFAULT '[]';

CREATE FUNCTION thaw_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE symbol_fences f SET frozen = false, frozen_reason = NULL, frozen_order_id = NULL, frozen_candidates = '[]'
    WHERE f.symbol = NEW.symbol AND f.frozen AND f.frozen_order_id = NEW.order_id;
  IF FOUND THEN
    PERFORM record_event('StockUnfrozenEvent', 'WARN', NULL, NEW.symbol, NEW.order_id,
      to_ms(coalesce(NEW.answered_market_at, NEW.ended_market_at, NEW.created_market_at)),
      jsonb_build_object('status', NEW.status, 'brokerOrderId', NEW.broker_order_id, 'reason', NEW.end_reason));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_thaw AFTER UPDATE ON orders FOR EACH ROW
  WHEN (OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL) EXECUTE FUNCTION thaw_stock();

-- Orders and shares in the account that this fleet did not make: seen, told of once, never touched.
CREATE TABLE foreign_orders (
  broker_date date NOT NULL,
  broker_branch text NOT NULL,
  broker_order_id text NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  qty bigint NOT NULL,
  filled_qty bigint NOT NULL,
  market_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (broker_date, broker_branch, broker_order_id)
);
CREATE TABLE foreign_holdings (
  trade_date date NOT NULL,
  symbol text NOT NULL,
  qty bigint NOT NULL CHECK (qty >= 0),
  market_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (trade_date, symbol)
);
