import { type Order, transitionOrder } from '@fleet/domain';
import type { Client } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { endEvent } from './order-event.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';
import { updateOrder } from './update-order.ts';

const OPEN_REQUESTS = {
  name: 'lock_open_requests_of',
  text: `SELECT ${ORDER_COLUMNS} FROM orders
         WHERE parent_order_id = $1 AND status IN ('NEW', 'SENT') ORDER BY order_id FOR UPDATE`,
};

/** Cancels and modifies of an order that are still open; the stock's row is locked. */
export async function lockOpenRequestsOf(client: Client, orderId: string): Promise<OrderRow[]> {
  const { rows } = await client.query<OrderRow>({ ...OPEN_REQUESTS, values: [orderId] });
  return rows;
}

/**
 * An ended order answers the requests about it, whatever their own reply was: one that took effect
 * ends as CANCELED, one that came too late as REJECTED, one that never left as not sent. Only a modify
 * without an answer stays open while its order may have been replaced: the list knows its number.
 */
export async function endRequestsOf(
  client: Client,
  parent: Order,
  requests: readonly OrderRow[],
  marketAt: number,
): Promise<void> {
  for (const row of requests) {
    const request = orderOf(row);
    const isOpenModify =
      row.request === 'MODIFY' && row.status === 'SENT' && row.answered_at === null;
    if (isOpenModify && parent.status !== 'FILLED') continue;
    const after = ended(request, parent);
    const detail = `its order ended as ${parent.status}`;
    const stored = await updateOrder(client, row, {
      after,
      answered: row.status === 'SENT',
      detail,
      marketAt,
    });
    await recordEvents(client, [endEvent(stored, marketAt, detail)]);
  }
}

function ended(request: Order, parent: Order): Order {
  if (request.status === 'NEW') return transitionOrder(request, { type: 'DROPPED' });
  if (request.request === 'MODIFY') {
    return parent.status === 'FILLED'
      ? transitionOrder(request, { type: 'REJECTED' })
      : transitionOrder(request, { type: 'CANCELED', reason: 'REPLACED' });
  }
  return parent.endReason === 'CANCELED_BY_US'
    ? transitionOrder(request, { type: 'CANCELED', reason: 'CANCELED_BY_US' })
    : transitionOrder(request, { type: 'REJECTED' });
}
