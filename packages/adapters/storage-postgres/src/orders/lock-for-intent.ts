import type { Gate, WorkerState } from '@fleet/domain';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';

/** What an intent is judged by, read under the locks that keep it true until the commit. */
export interface IntentFacts {
  readonly existing_order_id: string | null;
  readonly gate: Gate;
  readonly worker_status: WorkerState | null;
  readonly stop_requested: boolean | null;
  readonly capital_limit: string | null;
  readonly owns_lock: boolean;
  readonly open_question: boolean;
  readonly position_qty: number;
  readonly open_sell_qty: number;
  /** Buys only, from here on. */
  /** Of closed trades and of the sold part of open ones. */
  readonly realized_pnl: string | null;
  readonly consecutive_losses: number | null;
  /** Sold - bought - estimated costs of the day. */
  readonly cash_moved: string | null;
  readonly reserved: string | null;
  readonly unrealized_pnl: string | null;
  readonly stale_marks: number | null;
  readonly open_risk: string | null;
  readonly open_risk_marked: string | null;
  readonly other_positions: number | null;
  readonly exposure: string | null;
  readonly exposure_qty: number | null;
  readonly last_sold_at: number | null;
  /** Null when the stock, or the market, was not looked at lately. */
  readonly stock_range_rate: string | null;
  readonly market_move_rate: string | null;
}

export async function lockForIntent(
  client: Client,
  intent: {
    readonly idempotencyKey: string;
    readonly symbol: string;
    readonly workerId: string;
    readonly fence: number;
    readonly tradeDate: string;
    readonly isBuy: boolean;
    readonly marketAt: number;
  },
): Promise<IntentFacts> {
  const { idempotencyKey, symbol, workerId, fence, tradeDate, isBuy, marketAt } = intent;
  const result = await client.query<IntentFacts>({
    name: 'lock_for_intent',
    text: 'SELECT * FROM lock_for_intent($1, $2, $3, $4, $5, $6, $7)',
    values: [idempotencyKey, symbol, workerId, fence, tradeDate, isBuy, marketAt],
  });
  return oneRow(result, 'facts of an intent');
}
