import type { ReleaseResult } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';

export interface ReleaseRequest {
  readonly symbol: string;
  readonly workerId: string;
  readonly fence: number;
  readonly marketAt: number;
  readonly reason: string;
}

const RELEASE = {
  name: 'release_stock_lock',
  text: 'SELECT release_stock_lock($1, $2, $3, $4, $5, $6) AS result',
};

/** Only when flat and without an open order. */
export async function releaseStockLock(
  pool: Pool,
  request: ReleaseRequest,
): Promise<ReleaseResult> {
  return await release(pool, request, true);
}

/** Gives the stock up as it is: an orphan for somebody else to adopt. */
export async function abandonStockLock(pool: Pool, request: ReleaseRequest): Promise<boolean> {
  return (await release(pool, request, false)) === 'RELEASED';
}

async function release(
  pool: Pool,
  { symbol, workerId, fence, reason, marketAt }: ReleaseRequest,
  needsFlat: boolean,
): Promise<ReleaseResult> {
  const result = await pool.query<{ result: ReleaseResult }>({
    ...RELEASE,
    values: [symbol, workerId, fence, needsFlat, reason, marketAt],
  });
  return oneRow(result, 'release').result;
}
