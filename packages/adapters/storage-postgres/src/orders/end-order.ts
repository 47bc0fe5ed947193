import {
  InvariantViolation,
  isTerminal,
  type Order,
  type OrderEndReason,
  type OrderEvent,
  transitionOrder,
} from '@fleet/domain';
import type { BrokerOrder } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';
import { endRequestsOf, lockOpenRequestsOf } from './end-requests-of.ts';
import { lockOrder } from './lock-order.ts';
import { endEvent } from './order-event.ts';
import { orderOf } from './order-row.ts';
import { acceptOrder } from './record-order-answer.ts';
import { updateOrder } from './update-order.ts';

/** NEW -> CANCELED (NOT_SENT). False when it was not NEW any more. */
export async function dropIntent(
  pool: Pool,
  request: { readonly orderId: string; readonly reason: string; readonly marketAt: number },
): Promise<boolean> {
  const { orderId, reason, marketAt } = request;
  return await inTransaction(pool, async (client) => {
    const row = await lockOrder(client, orderId);
    if (row.status !== 'NEW') return false;
    const after = transitionOrder(orderOf(row), { type: 'DROPPED' });
    const stored = await updateOrder(client, row, {
      after,
      answered: false,
      detail: reason,
      marketAt,
    });
    await recordEvents(client, [endEvent(stored, marketAt, reason)]);
    return true;
  });
}

/** Ends an order that the broker no longer works or never had. False when it had ended already. */
export async function endOrder(
  pool: Pool,
  request: {
    readonly orderId: string;
    readonly status: 'CANCELED' | 'REJECTED';
    readonly reason: OrderEndReason;
    readonly detail: string;
    readonly marketAt: number;
  },
): Promise<boolean> {
  const { orderId, status, reason, detail, marketAt } = request;
  return await inTransaction(pool, async (client) => {
    const row = await lockOrder(client, orderId);
    if (isTerminal(row.status)) return false;
    const after = transitionOrder(orderOf(row), EVENT_OF[reason]);
    if (after.status !== status) {
      throw new InvariantViolation('an end that its reason does not lead to', { status, reason });
    }
    const requests = await lockOpenRequestsOf(client, orderId);
    const answered = row.status === 'SENT' || row.status === 'PARTIAL';
    const stored = await updateOrder(client, row, { after, answered, detail, marketAt });
    await recordEvents(client, [endEvent(stored, marketAt, detail)]);
    await endRequestsOf(client, stored, requests, marketAt);
    return true;
  });
}

/** What each reason tells the order machine. */
const EVENT_OF: Readonly<Record<OrderEndReason, OrderEvent>> = {
  NOT_SENT: { type: 'DROPPED' },
  NOT_EXECUTED: { type: 'NOT_EXECUTED' },
  NEVER_ARRIVED: { type: 'NEVER_ARRIVED' },
  EXPIRED: { type: 'EXPIRED' },
  REJECTED_BY_BROKER: { type: 'REJECTED' },
  CANCELED_BY_US: { type: 'CANCELED', reason: 'CANCELED_BY_US' },
  CANCELED_AT_BROKER: { type: 'CANCELED', reason: 'CANCELED_AT_BROKER' },
  REPLACED: { type: 'CANCELED', reason: 'REPLACED' },
};

/** The list or a person has answered an open question: the row's number is this order's. */
export async function adoptBrokerNumber(
  pool: Pool,
  request: {
    readonly orderId: string;
    readonly row: Pick<BrokerOrder, 'key'>;
    readonly marketAt: number;
  },
): Promise<Order> {
  const { orderId, row, marketAt } = request;
  return await inTransaction(pool, async (client) =>
    acceptOrder(client, await lockOrder(client, orderId), {
      broker: row.key,
      how: 'ADOPTED',
      marketAt,
    }),
  );
}
