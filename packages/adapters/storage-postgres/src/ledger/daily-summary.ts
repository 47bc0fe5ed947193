import { type Summary, summaryOf, type Trade } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { DaySummary, FleetEvent } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { dateOf, numeric, wonOf } from '../sql/row-values.ts';
import { improvementOf, readOrderFacts, readTradeFacts } from './improvement.ts';
import { TRADE_COLUMNS, tradeOf, type TradeRow } from './trade-row.ts';

interface SummaryRow {
  readonly date: string;
  readonly pnl: string;
  readonly win_rate: number;
  readonly avg_pnl: string;
  readonly max_loss: string;
  readonly trades_count: number;
}

const WIN_RATE_DECIMALS = 6;

export async function readSummary(
  db: Pool | Client,
  date: TradeDate,
): Promise<DaySummary | undefined> {
  const { rows } = await db.query<SummaryRow>(
    `SELECT date, pnl, win_rate, avg_pnl, max_loss, trades_count
     FROM daily_summaries WHERE date = $1`,
    [date],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    date: dateOf(row.date),
    pnl: wonOf(row.pnl),
    winRate: row.win_rate.toFixed(WIN_RATE_DECIMALS),
    averagePnl: wonOf(row.avg_pnl),
    maxLoss: wonOf(row.max_loss),
    tradesCount: row.trades_count,
  };
}

/**
 * SC-011: the day's summary from its closed trades, in the transaction that closed one of them or
 * changed its costs. Made anew each time: whatever repeats, each trade counts once.
 */
export async function rebuildDailySummary(
  client: Client,
  date: TradeDate,
  marketAt: number,
): Promise<FleetEvent> {
  const { rows } = await client.query<TradeRow>({
    name: 'read_closed_trades',
    text: `SELECT ${TRADE_COLUMNS} FROM trades WHERE closed_on = $1 ORDER BY exited_at, trade_id`,
    values: [date],
  });
  const trades = rows.map(tradeOf);
  const summary = summaryOf(trades);
  const orders = await readOrderFacts(client, date);
  const improvement = improvementOf(trades, await readTradeFacts(client, date), orders);
  await saveSummary(client, date, summary, improvement);
  await saveResults(client, date, summary, trades);
  return {
    type: 'DailySummaryUpdatedEvent',
    level: 'INFO',
    marketAt,
    payload: {
      date,
      pnl: numeric(summary.pnl),
      winRate: summary.winRate.toFixed(),
      averagePnl: numeric(summary.averagePnl),
      maxLoss: numeric(summary.maxLoss),
      tradesCount: summary.tradesCount,
    },
  };
}

async function saveSummary(
  client: Client,
  date: TradeDate,
  summary: Summary,
  improvement: Readonly<Record<string, unknown>>,
): Promise<void> {
  const winRate = summary.tradesCount === 0 ? 0 : summary.winCount / summary.tradesCount;
  await client.query({
    name: 'save_daily_summary',
    text: `
    INSERT INTO daily_summaries (date, pnl, win_rate, avg_pnl, max_loss, trades_count, win_count, improvement)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (date) DO UPDATE SET
      pnl = excluded.pnl, win_rate = excluded.win_rate, avg_pnl = excluded.avg_pnl,
      max_loss = excluded.max_loss, trades_count = excluded.trades_count,
      win_count = excluded.win_count, improvement = excluded.improvement,
      updated_at = clock_timestamp()`,
    values: [
      date,
      numeric(summary.pnl),
      winRate,
      numeric(summary.averagePnl),
      numeric(summary.maxLoss),
      summary.tradesCount,
      summary.winCount,
      JSON.stringify(improvement),
    ],
  });
}

/** What the risk limits are judged by; the account's row is locked. */
async function saveResults(
  client: Client,
  date: TradeDate,
  summary: Summary,
  trades: readonly Trade[],
): Promise<void> {
  await client.query({
    name: 'save_day_results',
    text: `UPDATE account_days SET realized_pnl = $2, consecutive_losses = $3,
             updated_at = clock_timestamp() WHERE trade_date = $1`,
    values: [date, numeric(summary.pnl), consecutiveLosses(trades)],
  });
}

/** Losing trades in a row, the newest first; a trade that broke even neither counts nor ends them. */
function consecutiveLosses(trades: readonly Trade[]): number {
  let losses = 0;
  for (const { pnl } of trades) {
    if (pnl?.gt(0) === true) losses = 0;
    else if (pnl?.lt(0) === true) losses += 1;
  }
  return losses;
}
