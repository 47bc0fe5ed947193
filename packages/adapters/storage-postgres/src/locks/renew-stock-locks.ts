import type { Pool } from '../make-pool.ts';

export interface RenewRequest {
  readonly workerId: string;
  readonly locks: readonly { readonly symbol: string; readonly fence: number }[];
  readonly ttlMs: number;
}

// Locked in symbol order (no deadlock); an expired lock is not revived. The second look at the expiry
// is for a row that had to be waited for.
const RENEW = {
  name: 'renew_stock_locks',
  text: `
  WITH mine AS (
    SELECT l.symbol FROM stock_locks l
    JOIN unnest($2::text[], $3::bigint[]) AS held(symbol, fence) USING (symbol, fence)
    WHERE l.worker_id = $1 AND l.ttl > clock_timestamp()
    ORDER BY l.symbol FOR NO KEY UPDATE OF l)
  UPDATE stock_locks l
  SET heartbeat_at = clock_timestamp(), updated_at = clock_timestamp(),
      ttl = clock_timestamp() + $4::int * interval '1 millisecond'
  FROM mine WHERE l.symbol = mine.symbol AND l.ttl > clock_timestamp()
  RETURNING l.symbol`,
};

/** All of a worker's locks in one statement; returns the symbols that it does not hold any more. */
export async function renewStockLocks(pool: Pool, request: RenewRequest): Promise<string[]> {
  if (request.locks.length === 0) return [];
  const symbols = request.locks.map(({ symbol }) => symbol);
  const fences = request.locks.map(({ fence }) => fence);
  const { rows } = await pool.query<{ symbol: string }>({
    ...RENEW,
    values: [request.workerId, symbols, fences, request.ttlMs],
  });
  const renewed = new Set(rows.map(({ symbol }) => symbol));
  return symbols.filter((symbol) => !renewed.has(symbol));
}
