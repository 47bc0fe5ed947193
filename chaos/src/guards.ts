/**
 * Guards switched off in one run's database, for the negative controls. The product has no switch for
 * them: its functions are changed here, and it is an error when there is nothing to change.
 */

/** The SQL side of the fence: owner, fence and expiry at the intent and before the bytes leave. */
export const WITHOUT_FENCE = [
  tamper(
    'lock_for_intent',
    'RETURN NEXT;',
    "owns_lock := true; worker_status := 'SCAN'; RETURN NEXT;",
  ),
  tamper(
    'guard_new_order',
    'NOT EXISTS \\(SELECT FROM stock_locks.*?clock_timestamp\\(\\)\\)',
    'false',
  ),
  tamper('mark_order_sent', 'NOT EXISTS \\(SELECT FROM stock_locks.*?v_deadline\\)', 'false'),
].join('\n');

/** What else asks for open questions, so that the index is alone. */
export const WITHOUT_QUESTION_CHECKS = [
  tamper('lock_for_intent', 'RETURN NEXT;', 'open_question := false; RETURN NEXT;'),
  tamper(
    'mark_order_sent',
    'EXISTS \\(SELECT FROM orders o WHERE o\\.symbol = v_symbol.*?answered_at IS NULL\\)',
    'false',
  ),
].join('\n');

/** A claim does not wait for a packet that a dead owner has left on the wire. */
export const WITHOUT_FLIGHT_CHECK = tamper(
  'claim_stock_lock',
  'WHEN is_in_flight\\(p_symbol, p_grace_ms\\)',
  'WHEN false',
);

export const WITHOUT_QUESTION_INDEX = 'DROP INDEX one_open_question;';

/** Orders forget what was booked for them, and nothing refuses to book it again. */
export const WITHOUT_FILL_MEMORY = `
  DO $do$ DECLARE c text; BEGIN
    FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'c'
    LOOP EXECUTE format('ALTER TABLE orders DROP CONSTRAINT %I', c); END LOOP;
    FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'fills'::regclass AND contype = 'u'
    LOOP EXECUTE format('ALTER TABLE fills DROP CONSTRAINT %I', c); END LOOP;
    FOR c IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'fills'::regclass AND NOT tgisinternal
    LOOP EXECUTE format('DROP TRIGGER %I ON fills', c); END LOOP;
  END $do$;
  CREATE FUNCTION forget_fills() RETURNS trigger LANGUAGE plpgsql AS $f$
  BEGIN
    NEW.filled_qty := OLD.filled_qty;
    NEW.filled_amount := OLD.filled_amount;
    RETURN NEW;
  END $f$;
  CREATE TRIGGER a_forget_fills BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION forget_fills();`;

function tamper(name: string, pattern: string, replacement: string): string {
  return `
  DO $do$ DECLARE v_before text; v_after text; BEGIN
    SELECT pg_get_functiondef(p.oid) INTO v_before FROM pg_proc p
      WHERE p.proname = '${name}' AND p.pronamespace = current_schema()::regnamespace;
    v_after := regexp_replace(v_before, $p$${pattern}$p$, $r$${replacement}$r$);
    IF v_after IS NULL OR v_after = v_before THEN
      RAISE EXCEPTION 'nothing to change in ${name}';
    END IF;
    EXECUTE v_after;
  END $do$;`;
}
