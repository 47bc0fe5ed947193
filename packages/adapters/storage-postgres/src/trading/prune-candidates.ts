import type { TradeDate } from '@fleet/krx';
import type { Pool } from '../make-pool.ts';

/** So few at a time that no statement is long and no row of today waits. */
const AT_ONCE = 2_000;

const PRUNE = `
  DELETE FROM candidates WHERE id IN (
    SELECT id FROM candidates WHERE trade_date < $1::date - $2::int LIMIT ${AT_ONCE})`;

/** Candidates of days more than `keepDays` calendar days before the date. Returns how many there were. */
export async function pruneCandidates(
  pool: Pool,
  tradeDate: TradeDate,
  keepDays: number,
): Promise<number> {
  let pruned = 0;
  // Ends: every round but the last takes AT_ONCE of the rows that are there; old days get no new ones.
  for (;;) {
    const { rowCount } = await pool.query(PRUNE, [tradeDate, keepDays]);
    pruned += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return pruned;
  }
}
