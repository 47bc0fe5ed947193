-- What may be traded, what was seen in it, and by which parameters it was judged.
CREATE TABLE universe (
  trade_date date NOT NULL,
  symbol text NOT NULL,
  name text NOT NULL,
  market text NOT NULL CHECK (market IN ('KOSPI', 'KOSDAQ', 'KONEX')),
  kind text NOT NULL,
  reference_price numeric,
  previous_volume bigint NOT NULL,
  listed_on date,
  halted boolean NOT NULL,
  warnings jsonb NOT NULL DEFAULT '[]',
  market_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (trade_date, symbol)
);

CREATE TABLE scans (
  scan_id text PRIMARY KEY,
  trade_date date NOT NULL,
  scanned_at timestamptz NOT NULL,
  looked int NOT NULL,
  -- Strategies with rows in it; empty when nothing at all was found.
  strategies text[] NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX scans_by_time ON scans (scanned_at);

CREATE TABLE candidates (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scan_id text NOT NULL REFERENCES scans,
  trade_date date NOT NULL,
  scanned_at timestamptz NOT NULL,
  strategy_name text NOT NULL,
  symbol text NOT NULL,
  signal boolean NOT NULL,
  score numeric NOT NULL,
  last_price numeric NOT NULL,
  bid numeric,
  ask numeric,
  volume bigint NOT NULL,
  turnover numeric NOT NULL,
  change_rate numeric NOT NULL,
  indicators jsonb NOT NULL DEFAULT '{}',
  why_not jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (scan_id, strategy_name, symbol)
);
CREATE INDEX candidates_with_signal ON candidates (scan_id, strategy_name, score DESC) WHERE signal;

CREATE TABLE strategies (
  name text PRIMARY KEY,
  version text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE strategy_params (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  strategy_name text NOT NULL REFERENCES strategies (name),
  strategy_version text NOT NULL,
  params_version int NOT NULL CHECK (params_version > 0),
  status text NOT NULL CHECK (status IN ('ACTIVE', 'RETIRED')),
  -- ACTIVE from this trading day on, until a newer one is.
  active_from date NOT NULL,
  values jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (strategy_name, params_version)
);

-- Pinned at the open, never changed during the day.
CREATE TABLE pinned_params (
  trade_date date NOT NULL,
  strategy_name text NOT NULL,
  strategy_version text NOT NULL,
  params_version int NOT NULL,
  values jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (trade_date, strategy_name)
);
CREATE TRIGGER pinned_params_kept BEFORE UPDATE OR DELETE ON pinned_params
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE ai_job_runs (
  job_id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('TRADE_JOURNAL', 'STRATEGY_PARAMS')),
  trade_date date NOT NULL,
  status text NOT NULL CHECK (status IN ('RUNNING', 'SUCCEEDED', 'FAILED')),
  model text,
  request jsonb NOT NULL DEFAULT '{}',
  response jsonb,
  error text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);

CREATE TABLE strategy_param_drafts (
  draft_id uuid PRIMARY KEY,
  job_id uuid REFERENCES ai_job_runs,
  strategy_name text NOT NULL REFERENCES strategies (name),
  strategy_version text NOT NULL,
  for_date date NOT NULL,
  values jsonb NOT NULL,
  reason text NOT NULL,
  status text NOT NULL CHECK (status IN ('DRAFT', 'APPROVED', 'REJECTED')),
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE trade_journals (
  journal_id uuid PRIMARY KEY,
  job_id uuid REFERENCES ai_job_runs,
  trade_date date NOT NULL,
  body text NOT NULL,
  status text NOT NULL CHECK (status IN ('DRAFT', 'APPROVED', 'REJECTED')),
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
