import type { ClaimPurpose, ClaimRefusal, ClaimResult } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { recordEvents } from '../sql/record-event.ts';
import { LOCK_NOT_AVAILABLE, sqlState } from '../sql/transaction.ts';

export interface ClaimRequest {
  readonly symbol: string;
  readonly workerId: string;
  readonly purpose: ClaimPurpose;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly marketAt: number;
}

interface ClaimRow {
  readonly is_granted: boolean;
  readonly new_fence: number | null;
  readonly is_orphan: boolean;
  readonly refusal: ClaimRefusal | null;
  readonly holder: string | null;
}

const CLAIM = {
  name: 'claim_stock_lock',
  text: 'SELECT * FROM claim_stock_lock($1, $2, $3, $4, $5, $6)',
};

/**
 * One round trip (measured 2-3 times as many cycles as four). Waits for the stock's row alone, at most
 * the lock timeout.
 */
export async function claimStockLock(pool: Pool, request: ClaimRequest): Promise<ClaimResult> {
  const { symbol, workerId, purpose, ttlMs, graceMs, marketAt } = request;
  try {
    const values = [symbol, workerId, purpose, ttlMs, graceMs, marketAt];
    const row = oneRow(await pool.query<ClaimRow>({ ...CLAIM, values }), 'claim');
    if (row.is_granted && row.new_fence !== null) {
      return { granted: true, symbol, fence: row.new_fence, orphan: row.is_orphan };
    }
    return { granted: false, reason: row.refusal ?? 'HELD', heldBy: row.holder ?? undefined };
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    // The claim was rolled back with its event; the refusal is recorded on its own.
    await recordEvents(pool, [
      {
        type: 'LockRejectedEvent',
        level: 'WARN',
        workerId,
        symbol,
        marketAt,
        payload: { reason: 'BUSY', purpose },
      },
    ]);
    return { granted: false, reason: 'BUSY', heldBy: undefined };
  }
}
