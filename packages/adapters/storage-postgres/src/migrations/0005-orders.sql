-- An order or a request about one (cancel, modify); the broker's fate, followed here.
CREATE TABLE orders (
  order_id uuid PRIMARY KEY,
  idempotency_key text NOT NULL UNIQUE,
  request text NOT NULL CHECK (request IN ('PLACE', 'CANCEL', 'MODIFY')),
  -- The order that a CANCEL or MODIFY is about.
  parent_order_id uuid REFERENCES orders,
  -- The ended order whose missed fills this row books: history is added to, never turned back.
  continues_order_id uuid UNIQUE REFERENCES orders,
  trade_date date NOT NULL,
  symbol text NOT NULL REFERENCES symbol_fences,
  market text NOT NULL CHECK (market IN ('KOSPI', 'KOSDAQ', 'KONEX')),
  instrument_kind text NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  order_type text NOT NULL,
  venue text NOT NULL CHECK (venue IN ('KRX', 'NXT', 'SOR')),
  qty bigint NOT NULL CHECK (qty > 0),
  limit_price numeric CHECK (limit_price > 0),
  judged_price numeric CHECK (judged_price > 0),
  expected_loss numeric NOT NULL DEFAULT 0,
  -- Cash held back for what of a buy can still trade; zero once it has ended.
  reserved_amount numeric NOT NULL DEFAULT 0 CHECK (reserved_amount >= 0),
  purpose text NOT NULL,
  strategy_name text NOT NULL,
  strategy_version text NOT NULL,
  params_version int NOT NULL,
  status text NOT NULL
    CHECK (status IN ('NEW', 'SENT', 'PARTIAL', 'FILLED', 'CANCELED', 'REJECTED')),
  end_reason text CHECK (end_reason IN ('NOT_SENT', 'NOT_EXECUTED', 'NEVER_ARRIVED', 'EXPIRED',
    'CANCELED_BY_US', 'CANCELED_AT_BROKER', 'REJECTED_BY_BROKER')),
  end_detail text,
  filled_qty bigint NOT NULL DEFAULT 0,
  filled_amount numeric NOT NULL DEFAULT 0,
  broker_date date,
  broker_branch text,
  broker_order_id text,
  worker_id uuid NOT NULL REFERENCES workers,
  fence bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz,
  -- SENT without it is an open question.
  answered_at timestamptz,
  ended_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_market_at timestamptz NOT NULL,
  sent_market_at timestamptz,
  answered_market_at timestamptz,
  ended_market_at timestamptz,
  CHECK ((request = 'PLACE') = (parent_order_id IS NULL)),
  CHECK (request = 'PLACE' OR filled_qty = 0),
  CHECK (filled_qty BETWEEN 0 AND qty),
  CHECK ((filled_qty = 0) = (filled_amount = 0)),
  CHECK (status <> 'FILLED' OR filled_qty = qty),
  CHECK (status <> 'PARTIAL' OR (filled_qty > 0 AND filled_qty < qty)),
  CHECK (status NOT IN ('NEW', 'SENT', 'REJECTED') OR filled_qty = 0),
  CHECK ((status IN ('CANCELED', 'REJECTED')) = (end_reason IS NOT NULL)),
  CHECK ((status IN ('FILLED', 'CANCELED', 'REJECTED')) = (ended_at IS NOT NULL)),
  CHECK (status NOT IN ('FILLED', 'CANCELED', 'REJECTED') OR reserved_amount = 0),
  CHECK (status NOT IN ('PARTIAL', 'FILLED') OR broker_order_id IS NOT NULL),
  CHECK (num_nonnulls(broker_date, broker_branch, broker_order_id) IN (0, 3)),
  CHECK (side = 'BUY' OR reserved_amount = 0)
) WITH (fillfactor = 70);

-- What makes an unknown order identifiable, and keeps a successor from trading before its
-- predecessor's question is answered.
CREATE UNIQUE INDEX one_open_question ON orders (symbol) WHERE status = 'SENT' AND answered_at IS NULL;
CREATE UNIQUE INDEX orders_broker_key ON orders (broker_date, broker_branch, broker_order_id)
  WHERE continues_order_id IS NULL;
CREATE UNIQUE INDEX one_open_request_of_order ON orders (parent_order_id)
  WHERE status IN ('NEW', 'SENT') AND parent_order_id IS NOT NULL;
CREATE INDEX orders_open ON orders (symbol) WHERE status IN ('NEW', 'SENT', 'PARTIAL');
CREATE INDEX orders_of_date ON orders (trade_date, symbol);

CREATE FUNCTION is_order_step(before text, after text) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  RETURN before = after OR (before, after) IN
    (('NEW', 'SENT'), ('NEW', 'CANCELED'),
     ('SENT', 'PARTIAL'), ('SENT', 'FILLED'), ('SENT', 'CANCELED'), ('SENT', 'REJECTED'),
     ('PARTIAL', 'FILLED'), ('PARTIAL', 'CANCELED'));

CREATE FUNCTION is_open_status(status text) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  RETURN status IN ('NEW', 'SENT', 'PARTIAL');

CREATE FUNCTION guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_order_step(OLD.status, NEW.status) THEN
    RAISE EXCEPTION 'order %: % cannot follow %', OLD.order_id, NEW.status, OLD.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.filled_qty < OLD.filled_qty OR NEW.filled_amount < OLD.filled_amount THEN
    RAISE EXCEPTION 'order %: its fill cannot fall', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.order_id, NEW.idempotency_key, NEW.request, NEW.trade_date, NEW.symbol, NEW.side, NEW.order_type,
      NEW.venue, NEW.qty, NEW.worker_id, NEW.fence, NEW.created_at)
     IS DISTINCT FROM
     (OLD.order_id, OLD.idempotency_key, OLD.request, OLD.trade_date, OLD.symbol, OLD.side, OLD.order_type,
      OLD.venue, OLD.qty, OLD.worker_id, OLD.fence, OLD.created_at)
     OR NEW.limit_price IS DISTINCT FROM OLD.limit_price
     OR NEW.parent_order_id IS DISTINCT FROM OLD.parent_order_id
     OR NEW.continues_order_id IS DISTINCT FROM OLD.continues_order_id
     OR (OLD.broker_order_id IS NOT NULL AND (NEW.broker_date, NEW.broker_branch, NEW.broker_order_id)
         IS DISTINCT FROM (OLD.broker_date, OLD.broker_branch, OLD.broker_order_id))
     OR (OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at) THEN
    RAISE EXCEPTION 'order %: its terms and its answer cannot change', OLD.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER orders_guard BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION guard_order();
CREATE TRIGGER orders_kept BEFORE DELETE OR TRUNCATE ON orders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_new_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'NEW' AND NOT (NEW.status = 'SENT' AND NEW.continues_order_id IS NOT NULL) THEN
    RAISE EXCEPTION 'order %: starts as NEW, not %', NEW.order_id, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_start BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION guard_new_order();

CREATE FUNCTION mark_open_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE symbol_fences SET open_orders = open_orders + 1 WHERE symbol = NEW.symbol;
  ELSIF is_open_status(OLD.status) AND NOT is_open_status(NEW.status) THEN
    UPDATE symbol_fences SET open_orders = open_orders - 1 WHERE symbol = NEW.symbol;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_mark AFTER INSERT OR UPDATE OF status ON orders
  FOR EACH ROW EXECUTE FUNCTION mark_open_orders();
