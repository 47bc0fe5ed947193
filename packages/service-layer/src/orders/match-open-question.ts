import type { Order } from '@fleet/domain';
import type { BrokerOrder } from '../ports/broker.ts';

/** Broker and fleet clocks differ by at most this when an order's acceptance is looked for, real ms. */
const CLOCK_SKEW_MS = 3_000;
/** Later than this after sending, an order in the list is not the one that was sent, real ms. */
const ARRIVAL_MS_MAX = 60_000;
/** The list tells acceptance to the second, cut off. */
const LIST_SECOND_MS = 1_000;

export interface OpenQuestion {
  readonly order: Order;
  /** The order that a cancel or a modify is about. */
  readonly parent: Order | undefined;
  /** Numbers of other orders of ours. */
  readonly takenNumbers: ReadonlySet<string>;
  /** Market ms per real ms: packets and clocks err in real time, the list tells market time. */
  readonly speed: number;
}

export type QuestionMatch =
  | { readonly kind: 'one'; readonly row: BrokerOrder }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly rows: readonly BrokerOrder[] };

/**
 * Which list row is the order whose answer was lost (DESIGN section 8.4): same symbol, side,
 * quantity, price and type, accepted in its time window, and not the number of another order of ours.
 * A cancel or a modify is recognised by the number of its parent instead, a modify by its terms too.
 */
export function matchOpenQuestion(
  question: OpenQuestion,
  rows: readonly BrokerOrder[],
): QuestionMatch {
  const { order, parent, takenNumbers, speed } = question;
  const fits = order.request === 'PLACE' ? isSameOrder(order) : isChangeOf(order, parent);
  const found = rows.filter(
    (row) => !takenNumbers.has(row.key.number) && fits(row) && isInWindow(order, row, speed),
  );
  const [only, ...others] = found;
  if (!only) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', row: only } : { kind: 'several', rows: found };
}

function isSameOrder(order: Order): (row: BrokerOrder) => boolean {
  return (row) =>
    row.request === 'PLACE' &&
    row.symbol === order.symbol &&
    row.side === order.side &&
    row.quantity === order.quantity &&
    (row.type === undefined || row.type === order.type) &&
    hasPriceOf(order, row);
}

function isChangeOf(order: Order, parent: Order | undefined): (row: BrokerOrder) => boolean {
  return (row) =>
    row.request === 'CHANGE' &&
    parent?.broker !== undefined &&
    row.original?.number === parent.broker.number &&
    (order.request === 'CANCEL' || (row.quantity === order.quantity && hasPriceOf(order, row)));
}

function hasPriceOf({ limitPrice }: Order, { price }: BrokerOrder): boolean {
  return limitPrice === undefined || (price?.equals(limitPrice) ?? false);
}

function isInWindow(order: Order, row: BrokerOrder, speed: number): boolean {
  const sentAt = order.sentMarketAt ?? order.createdMarketAt;
  return (
    row.acceptedAt >= sentAt - LIST_SECOND_MS - CLOCK_SKEW_MS * speed &&
    row.acceptedAt <= sentAt + ARRIVAL_MS_MAX * speed
  );
}
