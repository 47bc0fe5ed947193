import type { Order } from '@fleet/domain';
import type { FleetEvent } from '@fleet/service-layer';

/** An event of an order, with what identifies it. */
export function orderEvent(
  order: Pick<Order, 'orderId' | 'workerId' | 'symbol'>,
  event: Pick<FleetEvent, 'type' | 'level' | 'marketAt' | 'payload'>,
): FleetEvent {
  return { ...event, workerId: order.workerId, symbol: order.symbol, orderId: order.orderId };
}

/** The event of an order that has just ended other than by a full fill. */
export function endEvent(order: Order, marketAt: number, detail?: string): FleetEvent {
  const payload = {
    request: order.request,
    side: order.side,
    status: order.status,
    reason: order.endReason,
    filledQuantity: order.filledQuantity,
    ...(detail === undefined ? {} : { detail }),
  };
  switch (order.endReason) {
    case 'REJECTED_BY_BROKER':
      return orderEvent(order, { type: 'OrderRejectedEvent', level: 'WARN', marketAt, payload });
    case 'NOT_EXECUTED':
      return orderEvent(order, { type: 'OrderNotExecutedEvent', level: 'WARN', marketAt, payload });
    case 'NEVER_ARRIVED':
      return orderEvent(order, {
        type: 'OrderNeverArrivedEvent',
        level: 'WARN',
        marketAt,
        payload,
      });
    case 'NOT_SENT':
      return orderEvent(order, { type: 'OrderNotSentEvent', level: 'INFO', marketAt, payload });
    case 'EXPIRED':
      return orderEvent(order, { type: 'OrderExpiredEvent', level: 'INFO', marketAt, payload });
    case 'CANCELED_BY_US':
    case 'CANCELED_AT_BROKER':
    case undefined:
      return orderEvent(order, { type: 'OrderCanceledEvent', level: 'INFO', marketAt, payload });
  }
}
