import type { CostRates, KillBreach, KillLimits, Order, Won } from '@fleet/domain';
import type { DayBaseline, IntentResult, OrderIntent } from '@fleet/service-layer';
import { tripKill } from '../fleet/set-gate.ts';
import type { Client, Pool } from '../make-pool.ts';
import { readBaseline } from '../settlement/baseline.ts';
import { oneRow } from '../sql/one-row.ts';
import { numeric, numericOrNull } from '../sql/row-values.ts';
import { inTransaction, sqlState, UNIQUE_VIOLATION } from '../sql/transaction.ts';
import { checkKillConditions } from './check-kill-conditions.ts';
import { readForeignShares } from './foreign-things.ts';
import { judgeIntent, type Judgement } from './judge-intent.ts';
import { lockForIntent } from './lock-for-intent.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';
import { readOrder } from './read-orders.ts';
import { recordDenial } from './record-denial.ts';

type Denied = Extract<Judgement, { ok: false }>;

/** By which an intent is judged, besides the morning's limits. */
export interface IntentRules {
  readonly rates: CostRates;
  readonly kill: KillLimits;
}

/**
 * Checks gate, lock and fence, open question, shares or cash and risk limits, and stores NEW with its
 * reservation: all in one transaction, so that whatever changes afterwards found the order there.
 */
export async function storeOrderIntent(
  pool: Pool,
  intent: OrderIntent,
  rules: IntentRules,
): Promise<IntentResult> {
  const result = await inTransaction(pool, (client) => store(client, intent, rules)).catch(
    async (error: unknown) => {
      // The same key at the same moment: the other one is there now.
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      return await inTransaction(pool, (client) => store(client, intent, rules));
    },
  );
  if ('outcome' in result) {
    if (result.killed !== undefined) await closeFor(pool, result.killed, intent);
    return result.killed === undefined ? result : { outcome: result.outcome, order: result.order };
  }
  // A second transaction: the gate is locked exclusively before anything else, as its order demands.
  await inTransaction(pool, (client) =>
    recordDenial(client, intent, result, {
      side: intent.side,
      quantity: intent.quantity,
      judgedPrice: numeric(intent.judgedPrice),
      purpose: intent.purpose,
      fence: intent.fence,
    }),
  );
  return { outcome: 'denied', code: result.code, detail: result.detail };
}

type Stored = Exclude<IntentResult, { outcome: 'denied' }> & {
  /** A sell is stored all the same: the position must go. */
  readonly killed?: KillBreach;
};

/** Once: the next sells find the gate closed already. */
async function closeFor(pool: Pool, breach: KillBreach, intent: OrderIntent): Promise<void> {
  const { workerId, symbol, marketAt } = intent;
  await inTransaction(pool, (client) =>
    tripKill(client, { breach, workerId, symbol, marketAt, isNew: false }),
  );
}

async function store(
  client: Client,
  intent: OrderIntent,
  { rates, kill }: IntentRules,
): Promise<Stored | Denied> {
  const isBuy = intent.side === 'BUY';
  // Never changes once it is there, so it need not be read under the locks.
  const baseline = isBuy ? await readLimits(client, intent) : undefined;
  const facts = await lockForIntent(client, { ...intent, isBuy });
  if (facts.existing_order_id !== null) {
    const row = await readOrder(client, facts.existing_order_id);
    if (row !== undefined) return { outcome: 'existing', order: orderOf(row) };
  }
  const judgement = judgeIntent(intent, facts, baseline, rates);
  if (!judgement.ok) return judgement;
  const killed = await checkKillConditions(client, intent, kill);
  if (isBuy && killed) return { ok: false, ...killed, accountWide: true, risk: true };
  const order = await insertOrder(client, intent, judgement.reserved);
  return { outcome: 'stored', order, ...(killed === undefined ? {} : { killed }) };
}

/** The morning's baseline, with the foreign shares of the stock that have turned up since. */
async function readLimits(
  client: Client,
  { tradeDate, symbol }: OrderIntent,
): Promise<DayBaseline | undefined> {
  const baseline = await readBaseline(client, tradeDate);
  const foreign = baseline && (await readForeignShares(client, tradeDate, symbol));
  if (!baseline || !foreign) return baseline;
  return { ...baseline, foreignHoldings: { ...baseline.foreignHoldings, [symbol]: foreign } };
}

const INSERT = {
  name: 'store_order_intent',
  text: `
  WITH stored AS (
    INSERT INTO orders (order_id, idempotency_key, request, trade_date, symbol, market,
      instrument_kind, side, order_type, venue, qty, limit_price, judged_price, expected_loss,
      reserved_amount, purpose, strategy_name, strategy_version, params_version, status, worker_id,
      fence, created_market_at)
    VALUES ($1, $2, 'PLACE', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
      'NEW', $19, $20, from_ms($21))
    RETURNING ${ORDER_COLUMNS})
  SELECT stored.*, record_event('OrderCreatedEvent', 'INFO', worker_id::text, symbol, order_id, $21,
    jsonb_build_object('request', request, 'side', side, 'type', order_type, 'qty', qty,
      'limitPrice', limit_price::text, 'reserved', reserved_amount::text, 'purpose', purpose,
      'fence', fence, 'status', status, 'strategyName', strategy_name, 'strategyVersion', strategy_version,
      'paramsVersion', params_version)) AS recorded
  FROM stored`,
};

async function insertOrder(client: Client, intent: OrderIntent, reserved: Won): Promise<Order> {
  const result = await client.query<OrderRow>({
    ...INSERT,
    values: [
      intent.orderId,
      intent.idempotencyKey,
      intent.tradeDate,
      intent.symbol,
      intent.instrument.market,
      intent.instrument.kind,
      intent.side,
      intent.type,
      intent.venue,
      intent.quantity,
      numericOrNull(intent.limitPrice),
      numeric(intent.judgedPrice),
      numeric(intent.expectedLoss),
      numeric(reserved),
      intent.purpose,
      intent.strategyName,
      intent.strategyVersion,
      intent.paramsVersion,
      intent.workerId,
      intent.fence,
      intent.marketAt,
    ],
  });
  return orderOf(oneRow(result, 'stored intent'));
}
