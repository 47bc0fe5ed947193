import {
  type BrokerOrderKey,
  isTerminal,
  type Order,
  type OrderEvent,
  quantity,
  transitionOrder,
} from '@fleet/domain';
import type { SubmitOutcome } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';
import { continueOrder, lastOfChain } from './continue-order.ts';
import { lockOrder } from './lock-order.ts';
import { endEvent, orderEvent } from './order-event.ts';
import { orderOf, type OrderRow } from './order-row.ts';
import { updateOrder } from './update-order.ts';

type Ending = Exclude<SubmitOutcome, { kind: 'accepted' | 'unknown' }>;

const EVENT_OF: Readonly<Record<Ending['kind'], OrderEvent>> = {
  rejected: { type: 'REJECTED' },
  notExecuted: { type: 'NOT_EXECUTED' },
  notSent: { type: 'DROPPED' },
};

/** Repeatable: an answer that is known already changes nothing. */
export async function recordOrderAnswer(
  pool: Pool,
  request: {
    readonly orderId: string;
    readonly outcome: SubmitOutcome;
    readonly marketAt: number;
  },
): Promise<Order> {
  const { orderId, outcome, marketAt } = request;
  return await inTransaction(pool, async (client) => {
    const row = await lockOrder(client, orderId);
    if (outcome.kind === 'accepted') {
      return await acceptOrder(client, row, { broker: outcome.broker, how: 'ANSWER', marketAt });
    }
    return outcome.kind === 'unknown'
      ? await leaveUnknown(client, row, outcome.reason, marketAt)
      : await end(client, row, outcome, marketAt);
  });
}

/** The broker's number is known: by its answer, or by the list (`ADOPTED`). */
export async function acceptOrder(
  client: Client,
  row: OrderRow,
  accepted: {
    readonly broker: BrokerOrderKey;
    readonly how: 'ANSWER' | 'ADOPTED';
    readonly marketAt: number;
  },
): Promise<Order> {
  const { broker, how, marketAt } = accepted;
  if (row.broker_order_id !== null) return orderOf(row);
  if (isTerminal(row.status)) return await showUp(client, row, broker, marketAt);
  const order = transitionOrder(orderOf(row), { type: 'ACCEPTED' });
  const stored = await updateOrder(client, row, { after: order, answered: true, broker, marketAt });
  await recordEvents(client, [
    orderEvent(stored, {
      type: 'OrderAcceptedEvent',
      level: 'INFO',
      marketAt,
      payload: {
        request: row.request,
        brokerOrderId: broker.number,
        branch: broker.branch,
        date: broker.date,
        how,
      },
    }),
  ]);
  if (row.request === 'MODIFY') {
    await continueOrder(client, row, { quantity: quantity(row.qty), broker, marketAt });
  }
  return stored;
}

/** Ended here, alive at the broker. A cancel has no life of its own: its parent's row tells the rest. */
async function showUp(
  client: Client,
  row: OrderRow,
  broker: BrokerOrderKey,
  marketAt: number,
): Promise<Order> {
  if (row.request === 'CANCEL') return orderOf(row);
  const { row: last } = await lastOfChain(client, row);
  if (last.order_id !== row.order_id) return orderOf(last);
  const rest = quantity(row.qty - row.filled_qty);
  return orderOf(await continueOrder(client, row, { quantity: rest, broker, marketAt }));
}

async function leaveUnknown(
  client: Client,
  row: OrderRow,
  reason: string,
  marketAt: number,
): Promise<Order> {
  const order = orderOf(row);
  if (order.status === 'SENT' && order.answeredAt === undefined) {
    await recordEvents(client, [
      orderEvent(order, {
        type: 'OrderUnknownEvent',
        level: 'ERROR',
        marketAt,
        payload: { request: order.request, side: order.side, reason },
      }),
    ]);
  }
  return order;
}

async function end(
  client: Client,
  row: OrderRow,
  outcome: Ending,
  marketAt: number,
): Promise<Order> {
  const order = orderOf(row);
  if (isTerminal(order.status)) return order;
  const detail = outcome.kind === 'notSent' ? outcome.reason : `${outcome.code} ${outcome.message}`;
  // The list has shown it alive: the broker's books outweigh an answer.
  if (order.broker !== undefined || order.status === 'PARTIAL') {
    const payload = { outcome: outcome.kind, detail, status: order.status };
    const type = 'OrderAnswerContradictedEvent';
    await recordEvents(client, [orderEvent(order, { type, level: 'ERROR', marketAt, payload })]);
    return order;
  }
  const after = transitionOrder(order, EVENT_OF[outcome.kind]);
  const answered = outcome.kind !== 'notSent';
  const stored = await updateOrder(client, row, { after, answered, detail, marketAt });
  await recordEvents(client, [endEvent(stored, marketAt, detail)]);
  return stored;
}
