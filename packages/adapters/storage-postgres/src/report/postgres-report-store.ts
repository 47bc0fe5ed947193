import { won } from '@fleet/domain';
import type { DayCounts, ReportStore, WorkerResult } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';

interface CountRow {
  readonly total: number;
  readonly filled: number;
  readonly partial: number;
  readonly canceled: number;
  readonly rejected: number;
  readonly unknown: number;
  readonly open_orders: number;
  readonly fills: number;
  readonly stock_locks: number;
  readonly open_positions: number;
  readonly trades: number;
  readonly pnl: string;
}

interface WorkerRow {
  readonly worker_id: string;
  readonly pid: number;
  readonly capital: string;
  readonly trades: number;
  readonly pnl: string;
}

/** Orders that were placed; cancels and modifies are requests about them. */
const COUNTS = `
select
  count(*)::int as total,
  count(*) filter (where status = 'FILLED')::int as filled,
  count(*) filter (where filled_qty between 1 and qty - 1)::int as partial,
  count(*) filter (where status = 'CANCELED')::int as canceled,
  count(*) filter (where status = 'REJECTED')::int as rejected,
  count(*) filter (where status = 'SENT' and answered_at is null)::int as unknown,
  count(*) filter (where status in ('NEW', 'SENT', 'PARTIAL'))::int as open_orders,
  (select count(*)::int from fills where trade_date = $1) as fills,
  (select count(*)::int from stock_locks) as stock_locks,
  (select count(*)::int from positions where qty > 0) as open_positions,
  (select count(*)::int from trades where closed_on = $1) as trades,
  (select coalesce(sum(pnl), 0)::text from trades where closed_on = $1) as pnl
from orders where trade_date = $1 and request = 'PLACE'`;

const EXTREMES = `
(select symbol, pnl::text as pnl from trades where closed_on = $1 order by trades.pnl desc, symbol limit 1)
union all
(select symbol, pnl::text as pnl from trades where closed_on = $1 order by trades.pnl, symbol limit 1)`;

const WORKERS = `
select w.worker_id, w.pid, w.capital_limit::text as capital,
  count(t.trade_id)::int as trades, coalesce(sum(t.pnl), 0)::text as pnl
from workers w left join trades t on t.exit_worker_id = w.worker_id and t.closed_on = $1
group by w.worker_id, w.pid, w.capital_limit, w.created_at
order by w.created_at, w.worker_id`;

export class PostgresReportStore implements ReportStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async readCounts(tradeDate: string): Promise<DayCounts> {
    const counts = await this.#pool.query<CountRow>({
      name: 'read-day-counts',
      text: COUNTS,
      values: [tradeDate],
    });
    const workers = await this.#pool.query<WorkerRow>({
      name: 'read-worker-results',
      text: WORKERS,
      values: [tradeDate],
    });
    const extremes = await this.#pool.query<{ symbol: string; pnl: string }>({
      name: 'read-extreme-trades',
      text: EXTREMES,
      values: [tradeDate],
    });
    const [best, worst] = extremes.rows.map(({ symbol, pnl }) => ({ symbol, pnl: won(pnl) }));
    const [row] = counts.rows;
    if (!row) throw new Error('a count without a row');
    const { total, filled, partial, canceled, rejected, unknown } = row;
    return {
      orders: { total, filled, partial, canceled, rejected, unknown },
      openOrders: row.open_orders,
      fills: row.fills,
      stockLocks: row.stock_locks,
      openPositions: row.open_positions,
      trades: row.trades,
      realizedPnl: won(row.pnl),
      bestTrade: best,
      worstTrade: worst,
      workers: workers.rows.map(workerResult),
    };
  }
}

function workerResult(row: WorkerRow): WorkerResult {
  return {
    workerId: row.worker_id,
    pid: row.pid,
    capital: won(row.capital),
    trades: row.trades,
    realizedPnl: won(row.pnl),
  };
}
