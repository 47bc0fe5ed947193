-- One row per stock ever claimed, never deleted: the row worth FOR UPDATE. Whoever changes anything of
-- a stock (lock, order, fill, position) locks it first, so a claim that has it sees the truth on it.
CREATE TABLE symbol_fences (
  symbol text PRIMARY KEY CHECK (symbol ~ '^[0-9A-Z]{6,9}$'),
  fence bigint NOT NULL DEFAULT 0,
  -- Orphan marks, kept by the triggers of orders and positions.
  open_orders int NOT NULL DEFAULT 0 CHECK (open_orders >= 0),
  position_qty bigint NOT NULL DEFAULT 0 CHECK (position_qty >= 0),
  frozen boolean NOT NULL DEFAULT false,
  frozen_reason text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

CREATE FUNCTION guard_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.fence < OLD.fence THEN
    RAISE EXCEPTION 'fence of % cannot fall from % to %', OLD.symbol, OLD.fence, NEW.fence
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER symbol_fences_guard BEFORE UPDATE ON symbol_fences
  FOR EACH ROW EXECUTE FUNCTION guard_fence();
CREATE TRIGGER symbol_fences_kept BEFORE DELETE OR TRUNCATE ON symbol_fences
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- `ttl` is the instant of expiry. Released = deleted; the fence stays in symbol_fences.
CREATE TABLE stock_locks (
  symbol text PRIMARY KEY REFERENCES symbol_fences,
  worker_id uuid NOT NULL REFERENCES workers,
  locked_at timestamptz NOT NULL,
  ttl timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  fence bigint NOT NULL CHECK (fence > 0),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (symbol, fence),
  CHECK (ttl > heartbeat_at)
) WITH (fillfactor = 50);
CREATE INDEX stock_locks_of_worker ON stock_locks (worker_id);

-- An owner never changes in place and a lock is always at its stock's newest fence.
CREATE FUNCTION guard_stock_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.symbol <> OLD.symbol OR NEW.worker_id <> OLD.worker_id OR NEW.fence <> OLD.fence THEN
      RAISE EXCEPTION 'lock of % cannot change hands in place', OLD.symbol USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NOT EXISTS (SELECT FROM symbol_fences f WHERE f.symbol = NEW.symbol AND f.fence = NEW.fence) THEN
    RAISE EXCEPTION 'lock of % at fence %, which is not the newest', NEW.symbol, NEW.fence
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stock_locks_guard BEFORE INSERT OR UPDATE ON stock_locks
  FOR EACH ROW EXECUTE FUNCTION guard_stock_lock();
