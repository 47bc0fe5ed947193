import { gateAllows, isTerminal } from '@fleet/domain';
import type { CancelIntent, DenialCode, IntentResult, ModifyIntent } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { numericOrNull } from '../sql/row-values.ts';
import { inTransaction, sqlState, UNIQUE_VIOLATION } from '../sql/transaction.ts';
import { lockOpenRequestsOf } from './end-requests-of.ts';
import type { Judgement } from './judge-intent.ts';
import { type IntentFacts, lockForIntent } from './lock-for-intent.ts';
import { lockOrder } from './lock-order.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';
import { readOrder } from './read-orders.ts';
import { recordDenial } from './record-denial.ts';

type Denied = Extract<Judgement, { ok: false }> & { readonly symbol: string };

type ChangeIntent =
  | ({ readonly request: 'CANCEL' } & CancelIntent)
  | ({ readonly request: 'MODIFY' } & ModifyIntent);

/**
 * A cancel or a modify of all that is left of an accepted order, as NEW. Cancels are allowed at every
 * gate but OBSERVE, a modify where its order's side is.
 */
export async function storeChangeIntent(pool: Pool, intent: ChangeIntent): Promise<IntentResult> {
  const result = await inTransaction(pool, (client) => store(client, intent)).catch(
    async (error: unknown) => {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      return await inTransaction(pool, (client) => store(client, intent));
    },
  );
  if ('outcome' in result) return result;
  await inTransaction(pool, (client) =>
    recordDenial(client, { ...intent, symbol: result.symbol }, result, {
      request: intent.request,
      parentOrderId: intent.parentOrderId,
      fence: intent.fence,
    }),
  );
  return { outcome: 'denied', code: result.code, detail: result.detail };
}

async function store(client: Client, intent: ChangeIntent): Promise<IntentResult | Denied> {
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
  const refused =
    judgeChange(intent, facts, parent, openRequests.length) ?? judgePrice(intent, parent);
  if (refused !== undefined) return { ...refused, symbol };
  return { outcome: 'stored', order: orderOf(await insertChange(client, intent, parent)) };
}

function judgeChange(
  intent: ChangeIntent,
  facts: IntentFacts,
  parent: OrderRow,
  openRequests: number,
): Extract<Judgement, { ok: false }> | undefined {
  const action = intent.request === 'CANCEL' ? 'CANCEL' : parent.side;
  if (!gateAllows(facts.gate, action)) return denied('GATE', facts.gate, action);
  if (!facts.owns_lock || facts.worker_status === 'EXIT') {
    return denied('FENCE_LOST', 'not held', 'held');
  }
  if (isTerminal(parent.status)) return denied('ORDER_ENDED', parent.status, 'open');
  if (facts.open_question || openRequests > 0 || parent.broker_order_id === null) {
    return denied('OPEN_QUESTION', parent.broker_order_id ?? 'no broker number', 'answered');
  }
  return undefined;
}

/** What a buy was judged by and has reserved stays its limit: risk is not judged a second time. */
function judgePrice(intent: ChangeIntent, parent: OrderRow): ReturnType<typeof judgeChange> {
  if (intent.request === 'CANCEL' || parent.side === 'SELL') return undefined;
  const { limitPrice } = intent;
  const limit = parent.judged_price ?? '0';
  if (limitPrice?.lte(limit) === true) return undefined;
  return denied('BUYING_POWER', limitPrice?.toFixed() ?? 'market', limit);
}

function denied(
  code: DenialCode,
  actual: string,
  limit: string,
): Extract<Judgement, { ok: false }> {
  return { ok: false, code, detail: { code, actual, limit }, accountWide: false, risk: false };
}

const INSERT = {
  name: 'store_change_intent',
  text: `
  WITH stored AS (
    INSERT INTO orders (order_id, idempotency_key, request, parent_order_id, trade_date, symbol,
      market, instrument_kind, side, order_type, venue, qty, limit_price, judged_price, purpose,
      strategy_name, strategy_version, params_version, status, worker_id, fence, created_market_at)
    SELECT $1, $2, $7, order_id, trade_date, symbol, market, instrument_kind, side, $8, venue,
      qty - filled_qty, $9, judged_price, $10, strategy_name, strategy_version, params_version, 'NEW',
      $4, $5, from_ms($6)
    FROM orders WHERE order_id = $3
    RETURNING ${ORDER_COLUMNS})
  SELECT stored.*, record_event('OrderCreatedEvent', 'INFO', worker_id::text, symbol, order_id, $6,
    jsonb_build_object('request', request, 'parentOrderId', parent_order_id, 'side', side,
      'qty', qty, 'limitPrice', limit_price::text, 'fence', fence, 'status', status)) AS recorded
  FROM stored`,
};

async function insertChange(
  client: Client,
  intent: ChangeIntent,
  parent: OrderRow,
): Promise<OrderRow> {
  const isCancel = intent.request === 'CANCEL';
  const result = await client.query<OrderRow>({
    ...INSERT,
    values: [
      intent.orderId,
      intent.idempotencyKey,
      intent.parentOrderId,
      intent.workerId,
      intent.fence,
      intent.marketAt,
      intent.request,
      isCancel ? parent.order_type : intent.type,
      isCancel ? parent.limit_price : numericOrNull(intent.limitPrice),
      isCancel ? 'CANCEL' : parent.purpose,
    ],
  });
  return oneRow(result, `stored ${intent.request}`);
}
