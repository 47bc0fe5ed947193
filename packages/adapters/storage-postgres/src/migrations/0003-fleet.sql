-- Processes of the fleet and the state of its day.
CREATE TABLE workers (
  worker_id uuid PRIMARY KEY,
  pid int NOT NULL,
  host_id text NOT NULL,
  boot_id text NOT NULL,
  process_started_at text NOT NULL,
  status text NOT NULL CHECK (status IN ('IDLE', 'SCAN', 'HOLD', 'EXIT')),
  capital_limit numeric NOT NULL CHECK (capital_limit >= 0),
  strategy_name text NOT NULL,
  current_symbol text,
  unrealized_pnl numeric,
  last_event text,
  stop_requested boolean NOT NULL DEFAULT false,
  heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (status <> 'HOLD' OR current_symbol IS NOT NULL)
) WITH (fillfactor = 50);

CREATE FUNCTION is_worker_step(before text, after text) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  RETURN before = after OR (before, after) IN
    (('IDLE', 'SCAN'), ('IDLE', 'EXIT'), ('SCAN', 'HOLD'), ('SCAN', 'EXIT'), ('HOLD', 'SCAN'), ('HOLD', 'EXIT'));

CREATE FUNCTION guard_worker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT is_worker_step(OLD.status, NEW.status) THEN
    RAISE EXCEPTION 'worker %: % cannot follow %', OLD.worker_id, NEW.status, OLD.status
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER workers_guard BEFORE UPDATE ON workers FOR EACH ROW EXECUTE FUNCTION guard_worker();

-- Leases of services; stock_locks holds stocks only. The term only grows, like a fence.
CREATE TABLE leases (
  name text PRIMARY KEY CHECK (name IN ('supervisor', 'gateway')),
  holder text,
  term bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL DEFAULT '-infinity',
  process jsonb NOT NULL DEFAULT '{}',
  acquired_at timestamptz,
  renewed_at timestamptz
) WITH (fillfactor = 50);
INSERT INTO leases (name) VALUES ('supervisor'), ('gateway');

CREATE FUNCTION guard_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.term < OLD.term OR (NEW.holder IS NOT NULL AND NEW.holder IS DISTINCT FROM OLD.holder AND NEW.term <= OLD.term) THEN
    RAISE EXCEPTION 'lease %: the term of a new holder must grow (% to %)', OLD.name, OLD.term, NEW.term
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER leases_guard BEFORE UPDATE ON leases FOR EACH ROW EXECUTE FUNCTION guard_lease();

CREATE TABLE system_state (
  id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  state text NOT NULL DEFAULT 'OFFLINE'
    CHECK (state IN ('OFFLINE', 'INITIALIZING', 'READY', 'TRADING', 'CLOSING', 'CLOSED', 'STOPPED')),
  gate text NOT NULL DEFAULT 'OPEN' CHECK (gate IN ('OPEN', 'EXIT_ONLY', 'OBSERVE', 'STOPPED')),
  gate_reason text,
  gate_changed_at timestamptz,
  term bigint NOT NULL DEFAULT 0,
  trade_date date,
  market_open_at timestamptz,
  market_closed_at timestamptz,
  last_recovery_at timestamptz,
  recovery_status text CHECK (recovery_status IN ('SUCCESS', 'FAILED', 'PARTIAL')),
  recovery_details jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO system_state DEFAULT VALUES;

-- Within a term, one way round and any -> STOPPED; a new term starts at OFFLINE.
CREATE FUNCTION is_system_step(before text, after text) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  RETURN before = after OR after = 'STOPPED' OR (before, after) IN
    (('OFFLINE', 'INITIALIZING'), ('INITIALIZING', 'READY'), ('READY', 'TRADING'), ('TRADING', 'CLOSING'),
     ('CLOSING', 'CLOSED'), ('CLOSED', 'INITIALIZING'));

CREATE FUNCTION guard_system_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.term < OLD.term THEN
    RAISE EXCEPTION 'system: term % cannot follow term %', NEW.term, OLD.term USING ERRCODE = 'check_violation';
  END IF;
  IF NOT (is_system_step(OLD.state, NEW.state) OR (NEW.term > OLD.term AND NEW.state = 'OFFLINE')) THEN
    RAISE EXCEPTION 'system: % cannot follow %', NEW.state, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER system_state_guard BEFORE UPDATE ON system_state
  FOR EACH ROW EXECUTE FUNCTION guard_system_state();
CREATE TRIGGER system_state_kept BEFORE DELETE OR TRUNCATE ON system_state
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the gate lets leave; the domain's table, guarded here where orders are stored and sent.
CREATE FUNCTION gate_allows(gate text, action text) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  RETURN CASE gate
    WHEN 'OPEN' THEN action IN ('BUY', 'SELL', 'CANCEL')
    WHEN 'EXIT_ONLY' THEN action IN ('SELL', 'CANCEL')
    WHEN 'STOPPED' THEN action = 'CANCEL'
    ELSE false
  END;

CREATE TABLE process_lags (
  process text PRIMARY KEY,
  encoded_histogram text NOT NULL,
  skipped bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Encrypted by their owner before they come here.
CREATE TABLE sealed_secrets (
  name text PRIMARY KEY,
  sealed text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
