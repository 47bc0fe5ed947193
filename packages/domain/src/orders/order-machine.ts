import { IllegalTransitionError, InvariantViolation } from '../errors.ts';
import type { Order, OrderEndReason, OrderEvent, OrderStatus } from './order.ts';

export type OrderEventType = OrderEvent['type'];

/**
 * The whole machine as data: what each event makes of each status. A pair that is not here is
 * illegal. Equal statuses (ACCEPTED) mean "known, nothing changes". A CANCEL or MODIFY request ends as
 * CANCELED when it took effect and as REJECTED when it came too late.
 */
export const ORDER_TRANSITIONS: Readonly<
  Record<OrderStatus, Readonly<Partial<Record<OrderEventType, readonly OrderStatus[]>>>>
> = {
  NEW: { SENT: ['SENT'], DROPPED: ['CANCELED'] },
  SENT: {
    ACCEPTED: ['SENT'],
    REJECTED: ['REJECTED'],
    NOT_EXECUTED: ['REJECTED'],
    NEVER_ARRIVED: ['REJECTED'],
    // Marked, but the connection was refused: it is proved that no byte left.
    DROPPED: ['CANCELED'],
    FILLED_TO: ['SENT', 'PARTIAL', 'FILLED'],
    CANCELED: ['CANCELED'],
    EXPIRED: ['CANCELED'],
  },
  PARTIAL: {
    // The list may have spoken before the answer came.
    ACCEPTED: ['PARTIAL'],
    FILLED_TO: ['PARTIAL', 'FILLED'],
    CANCELED: ['CANCELED'],
    EXPIRED: ['CANCELED'],
  },
  FILLED: { ACCEPTED: ['FILLED'], FILLED_TO: ['FILLED'] },
  // A fill of an order that has ended is a new row linked to this one: history is never turned back.
  CANCELED: {},
  REJECTED: {},
};

/** Which status may follow which, without the ones that stay: the database's trigger knows the same. */
export const ORDER_STEPS: readonly { readonly from: OrderStatus; readonly to: OrderStatus }[] =
  stepsOf(ORDER_TRANSITIONS);

/**
 * The order after the event: status, end reason and cumulative fill. Instants and the broker's key
 * are the caller's. The same cumulative fill again returns the same order.
 * @throws IllegalTransitionError, InvariantViolation when a cumulative fill falls or exceeds the quantity
 */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, the compiler checks it
export function transitionOrder(order: Order, event: OrderEvent): Order {
  if (ORDER_TRANSITIONS[order.status][event.type] === undefined) {
    throw new IllegalTransitionError('order', order.status, event.type, {
      orderId: order.orderId,
    });
  }
  switch (event.type) {
    case 'SENT':
      return { ...order, status: 'SENT' };
    case 'ACCEPTED':
      return order;
    case 'REJECTED':
      return ended(order, 'REJECTED', 'REJECTED_BY_BROKER');
    case 'NOT_EXECUTED':
      return ended(order, 'REJECTED', 'NOT_EXECUTED');
    case 'NEVER_ARRIVED':
      return ended(order, 'REJECTED', 'NEVER_ARRIVED');
    case 'DROPPED':
      return ended(order, 'CANCELED', 'NOT_SENT');
    case 'CANCELED':
      return ended(order, 'CANCELED', event.reason ?? 'CANCELED_AT_BROKER');
    case 'EXPIRED':
      return ended(order, 'CANCELED', 'EXPIRED');
    case 'FILLED_TO':
      return filledTo(order, event);
  }
}

function ended(order: Order, status: 'CANCELED' | 'REJECTED', endReason: OrderEndReason): Order {
  return { ...order, status, endReason };
}

function filledTo(order: Order, fill: Extract<OrderEvent, { type: 'FILLED_TO' }>): Order {
  const context = {
    orderId: order.orderId,
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    filledAmount: order.filledAmount.toString(),
    toldQuantity: fill.quantity,
    toldAmount: fill.amount.toString(),
  };
  if (order.request !== 'PLACE' && fill.quantity > 0) {
    throw new InvariantViolation('a cancel or a modify has no fills of its own', context);
  }
  if (fill.quantity > order.quantity) {
    throw new InvariantViolation('filled beyond the quantity of the order', context);
  }
  if (fill.quantity < order.filledQuantity) {
    throw new InvariantViolation('a cumulative fill only grows', context);
  }
  const isMore = fill.quantity > order.filledQuantity;
  if (isMore ? fill.amount.lte(order.filledAmount) : !fill.amount.eq(order.filledAmount)) {
    throw new InvariantViolation('amount and quantity of a fill must grow together', context);
  }
  if (!isMore) return order;
  return {
    ...order,
    status: fill.quantity === order.quantity ? 'FILLED' : 'PARTIAL',
    filledQuantity: fill.quantity,
    filledAmount: fill.amount,
  };
}

function stepsOf(table: typeof ORDER_TRANSITIONS): { from: OrderStatus; to: OrderStatus }[] {
  const statuses: readonly OrderStatus[] = [
    'NEW',
    'SENT',
    'PARTIAL',
    'FILLED',
    'CANCELED',
    'REJECTED',
  ];
  return statuses.flatMap((from) => {
    const reached = new Set(Object.values(table[from]).flat());
    reached.delete(from);
    return statuses.filter((to) => reached.has(to)).map((to) => ({ from, to }));
  });
}
