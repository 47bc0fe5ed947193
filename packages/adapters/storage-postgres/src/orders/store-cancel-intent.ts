import { gateAllows, isTerminal } from '@fleet/domain';
import type { CancelIntent, DenialCode, IntentResult } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { inTransaction, sqlState, UNIQUE_VIOLATION } from '../sql/transaction.ts';
import { lockOpenRequestsOf } from './end-requests-of.ts';
import type { Judgement } from './judge-intent.ts';
import { type IntentFacts, lockForIntent } from './lock-for-intent.ts';
import { lockOrder } from './lock-order.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';
import { readOrder } from './read-orders.ts';
import { recordDenial } from './record-denial.ts';

type Denied = Extract<Judgement, { ok: false }> & { readonly symbol: string };

/** A cancel of what is left of an accepted order; allowed at every gate but OBSERVE. */
export async function storeCancelIntent(pool: Pool, intent: CancelIntent): Promise<IntentResult> {
  const result = await inTransaction(pool, (client) => store(client, intent)).catch(
    async (error: unknown) => {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      return await inTransaction(pool, (client) => store(client, intent));
    },
  );
  if ('outcome' in result) return result;
  await inTransaction(pool, (client) =>
    recordDenial(client, { ...intent, symbol: result.symbol }, result, {
      request: 'CANCEL',
      parentOrderId: intent.parentOrderId,
      fence: intent.fence,
    }),
  );
  return { outcome: 'denied', code: result.code, detail: result.detail };
}

async function store(client: Client, intent: CancelIntent): Promise<IntentResult | Denied> {
  const known = oneRow(
    { rows: [await readOrder(client, intent.parentOrderId)].filter((row) => row !== undefined) },
    `order ${intent.parentOrderId}`,
  );
  const { symbol, trade_date: tradeDate } = known;
  const facts = await lockForIntent(client, { ...intent, symbol, tradeDate, isBuy: false });
  if (facts.existing_order_id !== null) {
    const row = await readOrder(client, facts.existing_order_id);
    if (row !== undefined) return { outcome: 'existing', order: orderOf(row) };
  }
  const parent = await lockOrder(client, intent.parentOrderId);
  const openRequests = await lockOpenRequestsOf(client, intent.parentOrderId);
  const refused = judgeCancel(facts, parent, openRequests.length);
  if (refused !== undefined) return { ...refused, symbol };
  return { outcome: 'stored', order: orderOf(await insertCancel(client, intent)) };
}

function judgeCancel(
  facts: IntentFacts,
  parent: OrderRow,
  openRequests: number,
): Extract<Judgement, { ok: false }> | undefined {
  if (!gateAllows(facts.gate, 'CANCEL')) return denied('GATE', facts.gate, 'CANCEL');
  if (!facts.owns_lock || facts.worker_status === 'EXIT') {
    return denied('FENCE_LOST', 'not held', 'held');
  }
  if (isTerminal(parent.status)) return denied('ORDER_ENDED', parent.status, 'open');
  if (facts.open_question || openRequests > 0 || parent.broker_order_id === null) {
    return denied('OPEN_QUESTION', parent.broker_order_id ?? 'no broker number', 'answered');
  }
  return undefined;
}

function denied(
  code: DenialCode,
  actual: string,
  limit: string,
): Extract<Judgement, { ok: false }> {
  return { ok: false, code, detail: { code, actual, limit }, accountWide: false, risk: false };
}

const INSERT = {
  name: 'store_cancel_intent',
  text: `
  WITH stored AS (
    INSERT INTO orders (order_id, idempotency_key, request, parent_order_id, trade_date, symbol,
      market, instrument_kind, side, order_type, venue, qty, limit_price, purpose, strategy_name,
      strategy_version, params_version, status, worker_id, fence, created_market_at)
    SELECT $1, $2, 'CANCEL', order_id, trade_date, symbol, market, instrument_kind, side, order_type,
      venue, qty - filled_qty, limit_price, 'CANCEL', strategy_name, strategy_version,
      params_version, 'NEW', $4, $5, from_ms($6)
    FROM orders WHERE order_id = $3
    RETURNING ${ORDER_COLUMNS})
  SELECT stored.*, record_event('OrderCreatedEvent', 'INFO', worker_id::text, symbol, order_id, $6,
    jsonb_build_object('request', request, 'parentOrderId', parent_order_id, 'side', side,
      'qty', qty, 'fence', fence)) AS recorded
  FROM stored`,
};

async function insertCancel(client: Client, intent: CancelIntent): Promise<OrderRow> {
  const result = await client.query<OrderRow>({
    ...INSERT,
    values: [
      intent.orderId,
      intent.idempotencyKey,
      intent.parentOrderId,
      intent.workerId,
      intent.fence,
      intent.marketAt,
    ],
  });
  return oneRow(result, 'stored cancel');
}
