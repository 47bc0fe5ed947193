-- What happened, written in the transaction of the change it tells of: audit trail, lock history and
-- outbox in one. Readers follow (xid, id): ids alone are given out before they commit.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  type text NOT NULL CHECK (type ~ '^[A-Z][A-Za-z0-9]*Event$'),
  level text NOT NULL CHECK (level IN ('INFO', 'WARN', 'ERROR')),
  worker_id text,
  symbol text,
  order_id uuid,
  trade_date date NOT NULL,
  market_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  payload jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_in_commit_order ON events (xid, id);
CREATE INDEX events_of_date ON events (trade_date, type);
CREATE INDEX events_of_order ON events (order_id) WHERE order_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION record_event(
  p_type text, p_level text, p_worker_id text, p_symbol text, p_order_id uuid,
  p_market_at bigint, p_payload jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO events (type, level, worker_id, symbol, order_id, trade_date, market_at, payload)
  VALUES (p_type, p_level, p_worker_id, p_symbol, p_order_id, kst_date(from_ms(p_market_at)),
          from_ms(p_market_at), coalesce(p_payload, '{}'));
END $$;
