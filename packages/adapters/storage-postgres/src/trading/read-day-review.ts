import type { TradeDate } from '@fleet/krx';
import type { DayReview } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { dateOf, wonOf } from '../sql/row-values.ts';

interface ReviewRow {
  readonly date: string;
  readonly pnl: string;
  readonly win_rate: number;
  readonly trades_count: number;
  readonly improvement: Readonly<Record<string, unknown>>;
  readonly refusals: DayReview['refusals'] | null;
}

const READ = `
  SELECT d.date, d.pnl, d.win_rate, d.trades_count, d.improvement,
    (SELECT jsonb_object_agg(by_strategy.strategy, by_strategy.codes) FROM (
       SELECT by_code.strategy, jsonb_object_agg(by_code.code, by_code.times) AS codes FROM (
         SELECT s.key AS strategy, c.key AS code, sum(c.value::bigint) AS times
         FROM scans, jsonb_each(refusals) s, jsonb_each_text(s.value) c
         WHERE scans.trade_date = d.date GROUP BY 1, 2) by_code
       GROUP BY 1) by_strategy) AS refusals
  FROM daily_summaries d WHERE d.date < $1 ORDER BY d.date DESC LIMIT 1`;

const RATE_DECIMALS = 6;

/** The newest day with a summary before the date. */
export async function readDayReview(pool: Pool, before: TradeDate): Promise<DayReview | undefined> {
  const { rows } = await pool.query<ReviewRow>(READ, [before]);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    date: dateOf(row.date),
    pnl: wonOf(row.pnl),
    winRate: row.win_rate.toFixed(RATE_DECIMALS),
    tradesCount: row.trades_count,
    improvement: row.improvement,
    refusals: row.refusals ?? {},
  };
}
