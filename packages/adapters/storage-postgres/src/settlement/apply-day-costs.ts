import type { CostShare } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { DaySummary } from '@fleet/service-layer';
import { readSummary, rebuildDailySummary } from '../ledger/daily-summary.ts';
import type { Client } from '../make-pool.ts';
import { lockAccountDay } from '../orders/lock-order.ts';
import { recordEvents } from '../sql/record-event.ts';
import { numeric } from '../sql/row-values.ts';
import { StorageError } from '../storage-error.ts';

const SAVE = {
  name: 'save_trade_costs',
  text: `INSERT INTO trade_costs (trade_id, trade_date, commission, transaction_tax, cost_adjustment)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (trade_id, trade_date) DO UPDATE SET commission = excluded.commission,
           transaction_tax = excluded.transaction_tax, cost_adjustment = excluded.cost_adjustment`,
};

/** A trade bears the real costs of its settled days and the estimates of the others. */
const REPRICE = {
  name: 'reprice_trade',
  text: `
  WITH days AS (
    SELECT coalesce(c.commission, f.commission) AS commission,
      coalesce(c.transaction_tax, f.transaction_tax) AS transaction_tax,
      coalesce(c.cost_adjustment, 0) AS cost_adjustment
    FROM (SELECT trade_date, sum(commission) AS commission, sum(transaction_tax) AS transaction_tax
          FROM fills WHERE trade_id = $1 GROUP BY trade_date) f
    LEFT JOIN trade_costs c ON c.trade_id = $1 AND c.trade_date = f.trade_date),
  costs AS (
    SELECT sum(commission) AS commission, sum(transaction_tax) AS transaction_tax,
      sum(cost_adjustment) AS cost_adjustment FROM days)
  UPDATE trades t SET commission = costs.commission, transaction_tax = costs.transaction_tax,
    cost_adjustment = costs.cost_adjustment,
    pnl = CASE WHEN t.pnl IS NULL THEN NULL ELSE t.sold_amount - t.bought_amount - costs.commission
      - costs.transaction_tax - costs.cost_adjustment END,
    updated_at = clock_timestamp()
  FROM costs WHERE t.trade_id = $1`,
};

/** Shares the day's real costs out over its trades and makes the summary anew; repeatable. */
export async function applyDayCosts(
  client: Client,
  request: {
    readonly tradeDate: TradeDate;
    readonly shares: readonly CostShare[];
    readonly marketAt: number;
  },
): Promise<DaySummary> {
  const { tradeDate, shares, marketAt } = request;
  for (const share of shares.toSorted((a, b) => (a.tradeId < b.tradeId ? -1 : 1))) {
    const { tradeId, commission, transactionTax, costAdjustment } = share;
    const values = [
      tradeId,
      tradeDate,
      numeric(commission),
      numeric(transactionTax),
      numeric(costAdjustment),
    ];
    await client.query({ ...SAVE, values });
    await client.query({ ...REPRICE, values: [tradeId] });
  }
  await lockAccountDay(client, tradeDate);
  await recordEvents(client, [await rebuildDailySummary(client, tradeDate, marketAt)]);
  const summary = await readSummary(client, tradeDate);
  if (summary === undefined) throw new StorageError('BAD_ROW', `no summary of ${tradeDate}`);
  return summary;
}
