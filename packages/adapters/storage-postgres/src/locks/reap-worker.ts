import type { ReapedWorker } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { StorageError } from '../storage-error.ts';
import { sqlState, TERM_FOLLOWED } from '../sql/transaction.ts';

/** A worker without locks that has not been heard of for so long is dead, wherever it ran. */
const SILENT_MS = 60_000;

const REAP = {
  name: 'reap_worker',
  text: 'SELECT * FROM reap_worker($1, $2, $3, $4, $5)',
};

const EXPIRED = `
  SELECT worker_id FROM stock_locks
  WHERE ttl + $1::int * interval '1 millisecond' <= clock_timestamp()
  UNION
  SELECT w.worker_id FROM workers w
  WHERE w.status <> 'EXIT' AND w.heartbeat_at + $2::int * interval '1 millisecond' <= clock_timestamp()
    AND NOT EXISTS (SELECT FROM stock_locks l WHERE l.worker_id = w.worker_id)
  ORDER BY worker_id`;

/** SC-009: one transaction for each worker. @throws StorageError TERM_LOST */
export async function cleanUpExpired(
  pool: Pool,
  request: { readonly term: number; readonly graceMs: number; readonly marketAt: number },
): Promise<ReapedWorker[]> {
  const { rows } = await pool.query<{ worker_id: string }>(EXPIRED, [request.graceMs, SILENT_MS]);
  const reaped: ReapedWorker[] = [];
  for (const { worker_id: workerId } of rows) {
    reaped.push(await reap(pool, { ...request, workerId, reason: 'EXPIRED' }));
  }
  return reaped;
}

/** The death is proved: no TTL, no grace. @throws StorageError TERM_LOST */
export async function reapDeadWorker(
  pool: Pool,
  request: {
    readonly term: number;
    readonly workerId: string;
    readonly proof: string;
    readonly marketAt: number;
  },
): Promise<ReapedWorker> {
  return await reap(pool, { ...request, graceMs: null, reason: request.proof });
}

async function reap(
  pool: Pool,
  request: {
    readonly term: number;
    readonly workerId: string;
    readonly graceMs: number | null;
    readonly reason: string;
    readonly marketAt: number;
  },
): Promise<ReapedWorker> {
  const { term, workerId, graceMs, reason, marketAt } = request;
  try {
    const { rows } = await pool.query<{ released_symbol: string; orphan: boolean }>({
      ...REAP,
      values: [term, workerId, graceMs, reason, marketAt],
    });
    return {
      workerId,
      releasedSymbols: rows.map((row) => row.released_symbol),
      orphanedSymbols: rows.filter((row) => row.orphan).map((row) => row.released_symbol),
    };
  } catch (error) {
    throw termLost(error, term) ?? error;
  }
}

/** The database's refusal of a followed supervisor, as ours. */
export function termLost(error: unknown, term: number): StorageError | undefined {
  if (sqlState(error) !== TERM_FOLLOWED) return undefined;
  return new StorageError(
    'TERM_LOST',
    `another supervisor has taken over from term ${term}`,
    { term },
    error,
  );
}
