-- Fills come from the broker's list alone: one row per step of an order's cumulative quantity.
CREATE TABLE fills (
  fill_id uuid PRIMARY KEY,
  booking_number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  order_id uuid NOT NULL REFERENCES orders,
  trade_id uuid NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  qty bigint NOT NULL CHECK (qty > 0),
  price numeric NOT NULL CHECK (price > 0),
  amount numeric NOT NULL CHECK (amount > 0),
  cumulative_qty bigint NOT NULL CHECK (cumulative_qty >= qty),
  -- Estimates; the day's real costs are shared out in trade_costs.
  commission numeric NOT NULL,
  transaction_tax numeric NOT NULL,
  trade_date date NOT NULL,
  market_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (order_id, cumulative_qty)
);
CREATE INDEX fills_of_date ON fills (trade_date);
CREATE INDEX fills_of_symbol ON fills (symbol, booking_number);
CREATE INDEX fills_of_trade ON fills (trade_id);
CREATE TRIGGER fills_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fills
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE positions (
  symbol text PRIMARY KEY REFERENCES symbol_fences,
  qty bigint NOT NULL CHECK (qty >= 0),
  avg_price numeric,
  trade_id uuid,
  worker_id uuid REFERENCES workers,
  entry_price numeric,
  entered_at timestamptz,
  strategy_name text,
  strategy_version text,
  params_version int,
  market_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((qty = 0) = (avg_price IS NULL))
);

CREATE FUNCTION mark_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE symbol_fences SET position_qty = NEW.qty WHERE symbol = NEW.symbol;
  RETURN NULL;
END $$;
CREATE TRIGGER positions_mark AFTER INSERT OR UPDATE OF qty ON positions
  FOR EACH ROW EXECUTE FUNCTION mark_position();
CREATE TRIGGER positions_kept BEFORE DELETE OR TRUNCATE ON positions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Round trips.
CREATE TABLE trades (
  trade_id uuid PRIMARY KEY,
  trade_date date NOT NULL,
  -- The day whose result it is; null while open.
  closed_on date,
  symbol text NOT NULL,
  market text NOT NULL,
  instrument_kind text NOT NULL,
  entry_worker_id uuid NOT NULL,
  exit_worker_id uuid,
  strategy_name text NOT NULL,
  strategy_version text NOT NULL,
  params_version int NOT NULL,
  bought_qty bigint NOT NULL,
  bought_amount numeric NOT NULL,
  sold_qty bigint NOT NULL,
  sold_amount numeric NOT NULL,
  commission numeric NOT NULL,
  transaction_tax numeric NOT NULL,
  cost_adjustment numeric NOT NULL,
  pnl numeric,
  entered_at timestamptz NOT NULL,
  exited_at timestamptz,
  exit_reason text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (sold_qty BETWEEN 0 AND bought_qty),
  CHECK ((pnl IS NULL) = (sold_qty < bought_qty)),
  CHECK ((pnl IS NULL) = (closed_on IS NULL)),
  CHECK (pnl IS NULL OR pnl = sold_amount - bought_amount - commission - transaction_tax - cost_adjustment)
);
CREATE UNIQUE INDEX one_open_trade ON trades (symbol) WHERE pnl IS NULL;
CREATE INDEX trades_closed ON trades (closed_on);

-- A trade's share of one day's real costs, as the broker charged them.
CREATE TABLE trade_costs (
  trade_id uuid NOT NULL REFERENCES trades,
  trade_date date NOT NULL,
  commission numeric NOT NULL,
  transaction_tax numeric NOT NULL,
  cost_adjustment numeric NOT NULL,
  PRIMARY KEY (trade_id, trade_date)
);

-- Account-wide sums of a day. Locked last by every buy intent and every booking, so that limits are
-- judged one after another.
CREATE TABLE account_days (
  trade_date date PRIMARY KEY,
  bought_amount numeric NOT NULL DEFAULT 0,
  sold_amount numeric NOT NULL DEFAULT 0,
  commission numeric NOT NULL DEFAULT 0,
  transaction_tax numeric NOT NULL DEFAULT 0,
  realized_pnl numeric NOT NULL DEFAULT 0,
  consecutive_losses int NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

CREATE TABLE daily_summaries (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  date date NOT NULL UNIQUE,
  pnl numeric NOT NULL,
  win_rate double precision NOT NULL CHECK (win_rate BETWEEN 0 AND 1),
  avg_pnl numeric NOT NULL,
  max_loss numeric NOT NULL CHECK (max_loss <= 0),
  trades_count int NOT NULL,
  win_count int NOT NULL,
  -- For the next day's parameters: results by exit reason and strategy, bad fills, liquidations.
  improvement jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (win_count BETWEEN 0 AND trades_count)
);

CREATE TABLE day_baselines (
  trade_date date PRIMARY KEY,
  account_id text NOT NULL,
  opening_cash_d2 numeric NOT NULL,
  opening_bought_amount numeric NOT NULL,
  opening_sold_amount numeric NOT NULL,
  opening_costs numeric NOT NULL,
  daily_loss_limit numeric NOT NULL,
  max_positions int NOT NULL,
  max_exposure_per_symbol numeric NOT NULL,
  max_consecutive_losses int NOT NULL,
  cool_down_ms bigint NOT NULL,
  foreign_holdings jsonb NOT NULL DEFAULT '{}',
  market_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE daily_settlements (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  trade_date date NOT NULL UNIQUE,
  realized_pnl numeric NOT NULL,
  unrealized_pnl numeric NOT NULL,
  total_pnl numeric NOT NULL,
  positions_snapshot jsonb NOT NULL,
  tie_out jsonb NOT NULL,
  tied_out boolean NOT NULL,
  broker_balance jsonb NOT NULL,
  market_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (total_pnl = realized_pnl + unrealized_pnl)
);
