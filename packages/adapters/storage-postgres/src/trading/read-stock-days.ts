import type { StockDay } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { Pool } from '../make-pool.ts';

interface StockDayRow {
  readonly symbol: string;
  readonly held: boolean;
  readonly entries: number;
  readonly stop_outs: number;
}

const READ = {
  name: 'read_stock_days',
  text: `
  SELECT symbol, bool_or(pnl IS NULL) AS held,
    count(*) FILTER (WHERE trade_date = $1) AS entries,
    count(*) FILTER (WHERE closed_on = $1 AND exit_reason = 'STOP_LOSS') AS stop_outs
  FROM trades
  WHERE (trade_date = $1 OR closed_on = $1 OR pnl IS NULL) AND ($2::text IS NULL OR symbol = $2)
  GROUP BY symbol`,
};

/** What the fleet holds or has traded on the date, by stock. */
export async function readStockDays(
  pool: Pool,
  tradeDate: TradeDate,
  symbol: string | undefined,
): Promise<ReadonlyMap<string, StockDay>> {
  const { rows } = await pool.query<StockDayRow>({ ...READ, values: [tradeDate, symbol ?? null] });
  return new Map(
    rows.map((row) => [
      row.symbol,
      { held: row.held, entries: row.entries, stopOuts: row.stop_outs },
    ]),
  );
}
