import type { Arrival, OurOrder } from './evidence.ts';

/** Clocks of two processes of one host agree to this; an order is on the wire no longer than that. */
const BEFORE_MS = 50;
const ON_THE_WIRE_MS = 10_000;

export interface MatchedArrivals {
  readonly pairs: readonly { readonly arrival: Arrival; readonly order: OurOrder }[];
  /** No order of ours explains them. */
  readonly unexplained: readonly Arrival[];
}

/**
 * Which order of ours each arrival is: by the broker's number, else by its terms and the time that it
 * was sent (an order's body carries neither our id nor the fence). One arrival an order.
 */
export function matchArrivals(
  arrivals: readonly Arrival[],
  orders: readonly OurOrder[],
): MatchedArrivals {
  const sent = orders.filter((order) => order.sentAt !== undefined && !order.continues);
  const byNumber = new Map(
    orders.flatMap((order) =>
      order.brokerNumber === undefined
        ? []
        : [[order.brokerNumber, rootOf(order, orders)] as const],
    ),
  );
  const byTerms = Map.groupBy(
    sent.toSorted((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0)),
    termsOf,
  );
  const taken = new Set<string>();
  const pairs: { arrival: Arrival; order: OurOrder }[] = [];
  const left: Arrival[] = [];
  for (const arrival of arrivals) {
    const order = arrival.number === undefined ? undefined : byNumber.get(arrival.number);
    if (order === undefined || taken.has(order.orderId)) left.push(arrival);
    else {
      taken.add(order.orderId);
      pairs.push({ arrival, order });
    }
  }
  const unexplained = left.filter((arrival) => {
    const order = (byTerms.get(termsOf(arrival)) ?? []).find(
      (candidate) => !taken.has(candidate.orderId) && isInTime(candidate, arrival),
    );
    if (order === undefined) return true;
    taken.add(order.orderId);
    pairs.push({ arrival, order });
    return false;
  });
  return { pairs, unexplained };
}

function rootOf(order: OurOrder, orders: readonly OurOrder[]): OurOrder {
  const before = orders.find(({ orderId }) => orderId === order.continues);
  return before === undefined ? order : rootOf(before, orders);
}

/** A cancel's terms are its stock's: an amount or a price of its own it has not. */
function termsOf(of: OurOrder | Arrival): string {
  const { request, symbol, side, quantity, price } = of;
  return request === 'NEW'
    ? [request, symbol, side, quantity, price ?? ''].join(' ')
    : [request, symbol].join(' ');
}

function isInTime({ sentAt }: OurOrder, { at }: Arrival): boolean {
  return sentAt !== undefined && at >= sentAt - BEFORE_MS && at <= sentAt + ON_THE_WIRE_MS;
}
