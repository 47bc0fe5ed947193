import type { ClaimResult, LockStore, ReapedWorker, ReleaseResult } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { claimStockLock, type ClaimRequest } from './claim-stock-lock.ts';
import { cleanUpExpired, reapDeadWorker } from './reap-worker.ts';
import { abandonStockLock, type ReleaseRequest, releaseStockLock } from './release-stock-lock.ts';
import { renewStockLocks, type RenewRequest } from './renew-stock-locks.ts';

const LOCKED = 'SELECT symbol FROM stock_locks ORDER BY symbol';
const ORPHANS = `
  SELECT f.symbol FROM symbol_fences f
  WHERE (f.open_orders > 0 OR f.position_qty > 0) AND NOT f.frozen
    AND NOT EXISTS (SELECT FROM stock_locks l WHERE l.symbol = f.symbol)
    AND NOT is_in_flight(f.symbol, $1)
  ORDER BY f.symbol`;

/** Stock locks on one pool, renewals on another: slow queries must not cost leases. */
export class PostgresLockStore implements LockStore {
  readonly #pool: Pool;
  readonly #renewalPool: Pool;

  constructor(pools: { readonly pool: Pool; readonly renewalPool: Pool }) {
    this.#pool = pools.pool;
    this.#renewalPool = pools.renewalPool;
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    return await claimStockLock(this.#pool, request);
  }

  async renew(request: RenewRequest): Promise<readonly string[]> {
    return await renewStockLocks(this.#renewalPool, request);
  }

  async release(request: ReleaseRequest): Promise<ReleaseResult> {
    return await releaseStockLock(this.#pool, request);
  }

  async abandon(request: ReleaseRequest): Promise<boolean> {
    return await abandonStockLock(this.#pool, request);
  }

  async getLockedSymbols(): Promise<readonly string[]> {
    return await this.#symbols(LOCKED);
  }

  async getOrphans(graceMs: number): Promise<readonly string[]> {
    return await this.#symbols(ORPHANS, [graceMs]);
  }

  async cleanUpExpired(request: {
    term: number;
    graceMs: number;
    marketAt: number;
  }): Promise<readonly ReapedWorker[]> {
    return await cleanUpExpired(this.#pool, request);
  }

  async reapDeadWorker(request: {
    term: number;
    workerId: string;
    proof: string;
    marketAt: number;
  }): Promise<ReapedWorker> {
    return await reapDeadWorker(this.#pool, request);
  }

  async #symbols(text: string, values: readonly number[] = []): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ symbol: string }>(text, [...values]);
    return rows.map(({ symbol }) => symbol);
  }
}
