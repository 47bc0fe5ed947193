import {
  bookBrokerRow,
  type CostRates,
  type FillStep,
  isTerminal,
  NO_SHARES,
  type Order,
  quantity,
  type Trade,
  won,
} from '@fleet/domain';
import type { BookedRow, BrokerOrder, FleetEvent } from '@fleet/service-layer';
import { bookFill } from '../ledger/book-fill.ts';
import type { Client, Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';
import { continueOrder, lastOfChain } from './continue-order.ts';
import { endRequestsOf, lockOpenRequestsOf } from './end-requests-of.ts';
import { lockOrder } from './lock-order.ts';
import { endEvent, orderEvent } from './order-event.ts';
import { orderOf, type OrderRow } from './order-row.ts';
import { readOrder } from './read-orders.ts';
import { acceptOrder } from './record-order-answer.ts';
import { updateOrder } from './update-order.ts';

export interface BookRequest {
  readonly orderId: string;
  readonly row: BrokerOrder;
  /** Real ms; a row that knows less than we do never lowers anything, whenever it was read. */
  readonly readStartedAt: number;
  readonly marketAt: number;
  /** Read after the order's venue had closed: its rest is over. */
  readonly isOver?: boolean;
}

/**
 * Books what one list row says: step = the list's cumulative quantity - ours. Order, fill, position,
 * trade, the day's sums and summary, and their events change together, once, whatever repeats.
 */
export async function bookBrokerOrder(
  pool: Pool,
  request: BookRequest,
  rates: CostRates,
): Promise<BookedRow> {
  // Most rows of a slow beat are known: answered without a lock. Only an older state could be read
  // here, and a row that tells an older state nothing tells a newer one nothing either.
  const seen = await readOrder(pool, request.orderId);
  if (seen !== undefined && tellsNothing(seen, request)) return bookedRow(orderOf(seen));
  return await inTransaction(pool, async (client) => {
    const root = await lockRoot(client, request.orderId);
    const chain = await lastOfChain(client, root);
    const row = chain.before.reduce(lessBooked, request.row);
    return await book(client, chain.row, { ...request, row, rates });
  });
}

interface Booking extends BookRequest {
  readonly rates: CostRates;
}

function tellsNothing(seen: OrderRow, { row, isOver }: BookRequest): boolean {
  return (
    seen.continues_order_id === null &&
    seen.answered_at !== null &&
    bookBrokerRow(orderOf(seen), row, isOver).kind === 'unchanged'
  );
}

async function lockRoot(client: Client, orderId: string): Promise<OrderRow> {
  const row = await lockOrder(client, orderId);
  return row.continues_order_id === null ? row : await lockRoot(client, row.continues_order_id);
}

/** The list goes on counting where an ended row of ours stopped: the continuation books the rest. */
function lessBooked(row: BrokerOrder, ended: OrderRow): BrokerOrder {
  return {
    ...row,
    quantity: quantity(Math.max(0, row.quantity - ended.filled_qty)),
    filledQuantity: quantity(Math.max(0, row.filledQuantity - ended.filled_qty)),
    filledAmount: won(row.filledAmount.minus(ended.filled_amount)),
  };
}

async function book(client: Client, before: OrderRow, booking: Booking): Promise<BookedRow> {
  const known = await answered(client, before, booking);
  const outcome = bookBrokerRow(orderOf(known), booking.row, booking.isOver);
  if (outcome.kind === 'unchanged') return bookedRow(outcome.order);
  if (outcome.kind === 'late') {
    const rest = quantity(known.qty - known.filled_qty);
    const { key: broker } = booking.row;
    const { marketAt } = booking;
    const next = await continueOrder(client, known, { quantity: rest, broker, marketAt });
    return await book(client, next, { ...booking, row: lessBooked(booking.row, known) });
  }
  return await change(client, known, booking, outcome);
}

/** The list shows the order alive: that answers its open question, and gives the number if it was lost. */
async function answered(client: Client, before: OrderRow, booking: Booking): Promise<OrderRow> {
  if (before.status !== 'SENT' || before.answered_at !== null) return before;
  const { row, marketAt } = booking;
  await acceptOrder(client, before, { broker: row.key, how: 'ADOPTED', marketAt });
  return await lockOrder(client, before.order_id);
}

async function change(
  client: Client,
  before: OrderRow,
  booking: Booking,
  outcome: { readonly order: Order; readonly step: FillStep | undefined },
): Promise<BookedRow> {
  const { marketAt, rates } = booking;
  const requests = await lockOpenRequestsOf(client, before.order_id);
  const after = byWhom(outcome.order, requests, booking.row);
  const stored = await updateOrder(client, before, { after, answered: true, marketAt });
  const booked =
    outcome.step === undefined
      ? { closedTrade: undefined, events: [] }
      : await bookFill(client, before, outcome.step, { rates, marketAt });
  const events = [...booked.events, ...statusEvents(before, stored, marketAt)];
  await recordEvents(client, events);
  if (isTerminal(stored.status)) await endRequestsOf(client, stored, requests, marketAt);
  return bookedRow(stored, outcome.step, booked.closedTrade);
}

/** The list does not say who canceled; a request of ours that has left does. */
function byWhom(order: Order, requests: readonly OrderRow[], row: BrokerOrder): Order {
  const { endReason } = order;
  const isTaken = endReason === 'CANCELED_AT_BROKER' || endReason === 'EXPIRED';
  const sent = requests.find((request) => request.status === 'SENT');
  if (!isTaken || row.canceledQuantity === 0 || sent === undefined) return order;
  return { ...order, endReason: sent.request === 'CANCEL' ? 'CANCELED_BY_US' : 'REPLACED' };
}

function statusEvents(before: OrderRow, stored: Order, marketAt: number): readonly FleetEvent[] {
  if (before.status === stored.status) return [];
  if (stored.status === 'CANCELED' || stored.status === 'REJECTED') {
    return [endEvent(stored, marketAt)];
  }
  const type = stored.status === 'FILLED' ? 'OrderFilledEvent' : 'OrderPartiallyFilledEvent';
  const payload = {
    side: stored.side,
    quantity: stored.quantity,
    filledQuantity: stored.filledQuantity,
    filledAmount: stored.filledAmount.toFixed(),
  };
  return [orderEvent(stored, { type, level: 'INFO', marketAt, payload })];
}

function bookedRow(order: Order, step?: FillStep, closedTrade?: Trade): BookedRow {
  const { orderId, symbol, workerId, status } = order;
  const filledStep = step?.quantity ?? NO_SHARES;
  return { orderId, symbol, workerId, filledStep, status, closedTrade };
}
