import type { Order, OrderEndReason } from '@fleet/domain';
import type { FleetEvent } from '@fleet/service-layer';

/** An event of an order, with what identifies it. */
export function orderEvent(
  order: Pick<Order, 'orderId' | 'workerId' | 'symbol'>,
  event: Pick<FleetEvent, 'type' | 'level' | 'marketAt' | 'payload'>,
): FleetEvent {
  return { ...event, workerId: order.workerId, symbol: order.symbol, orderId: order.orderId };
}

const ENDS: Readonly<Record<OrderEndReason, Pick<FleetEvent, 'type' | 'level'>>> = {
  REJECTED_BY_BROKER: { type: 'OrderRejectedEvent', level: 'WARN' },
  NOT_EXECUTED: { type: 'OrderNotExecutedEvent', level: 'WARN' },
  NEVER_ARRIVED: { type: 'OrderNeverArrivedEvent', level: 'WARN' },
  NOT_SENT: { type: 'OrderNotSentEvent', level: 'INFO' },
  EXPIRED: { type: 'OrderExpiredEvent', level: 'INFO' },
  CANCELED_BY_US: { type: 'OrderCanceledEvent', level: 'INFO' },
  CANCELED_AT_BROKER: { type: 'OrderCanceledEvent', level: 'INFO' },
  REPLACED: { type: 'OrderCanceledEvent', level: 'INFO' },
};

/** The event of an order that has just ended other than by a full fill. */
export function endEvent(order: Order, marketAt: number, detail?: string): FleetEvent {
  return orderEvent(order, {
    ...ENDS[order.endReason ?? 'CANCELED_AT_BROKER'],
    marketAt,
    payload: {
      request: order.request,
      side: order.side,
      status: order.status,
      reason: order.endReason,
      filledQuantity: order.filledQuantity,
      ...(detail === undefined ? {} : { detail }),
    },
  });
}
