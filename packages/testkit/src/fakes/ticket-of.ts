import type { Order } from '@fleet/domain';
import type { OrderTicket } from '@fleet/service-layer';

/** What a broker is told of an order. */
export function ticketOf(order: Order, original: Order | undefined): OrderTicket {
  const { orderId, request, symbol, side, type, venue, limitPrice } = order;
  return {
    orderId,
    request,
    symbol,
    side,
    type,
    venue,
    quantity: order.quantity,
    limitPrice,
    original: original?.broker,
  };
}
