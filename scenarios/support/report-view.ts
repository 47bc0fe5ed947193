import type { Query } from '../../packages/testkit/src/index.ts';

const KEYS = `runId tradeDate mode seed workers orders fills trades realizedPnl commission transactionTax
  winRate maxLoss tieOut openPositions openOrders stockLocks unsellable events lag`;

/** Every field that a report promises. */
export const REPORT_KEYS: readonly string[] = KEYS.split(/\s+/);

/** What the tables say about everything that the report counts. */
export async function readReportedNumbers(query: Query): Promise<object> {
  const [orders] = await query(`select count(*)::int as total,
      count(*) filter (where status = 'FILLED')::int as filled,
      count(*) filter (where filled_qty > 0 and filled_qty < qty)::int as partial,
      count(*) filter (where status = 'CANCELED')::int as canceled,
      count(*) filter (where status = 'REJECTED')::int as rejected,
      count(*) filter (where status = 'SENT' and answered_at is null)::int as unknown
    from orders where request = 'PLACE'`);
  const [sums] = await query(`select (select count(*)::int from fills) as fills,
      count(*)::int as trades, sum(pnl)::float8 as "realizedPnl",
      sum(commission)::float8 as commission, sum(transaction_tax)::float8 as "transactionTax",
      least(min(pnl), 0)::float8 as "maxLoss"
    from trades`);
  const workers = await query(`select w.worker_id as "workerId", w.pid,
      w.capital_limit::float8 as capital, count(t.trade_id)::int as trades,
      coalesce(sum(t.pnl), 0)::float8 as "realizedPnl"
    from workers w left join trades t on t.exit_worker_id = w.worker_id
    group by w.worker_id order by w.created_at, w.worker_id`);
  return { orders, ...sums, workers };
}
