import type { Evidence, LockEvent, OurOrder, Violation } from './evidence.ts';
import { matchArrivals } from './match-arrivals.ts';

/** Every request that arrived was sent once, by the newest owner, and was the stock's only open one. */
export function checkOrders(evidence: Evidence): readonly Violation[] {
  const { pairs, unexplained } = matchArrivals(evidence.arrivals, evidence.orders);
  const grantsOf = Map.groupBy(
    evidence.locks.filter(({ kind }) => kind === 'GRANTED'),
    ({ symbol }) => symbol,
  );
  const stale = pairs.flatMap(({ arrival, order }): Violation[] => {
    const newer = newerGrant(grantsOf.get(order.symbol) ?? [], order.fence, arrival.at);
    if (newer === undefined) return [];
    const late = Math.round(arrival.at - newer.at);
    const what = `${order.request} ${order.side} of ${order.symbol} at fence ${order.fence} arrived ${late} ms after fence ${newer.fence} was granted (order ${order.orderId})`;
    return [{ kind: 'STALE_SEND', what }];
  });
  const twice = unexplained.map((arrival): Violation => ({
    kind: 'DOUBLE_ORDER',
    what: `${arrival.request} ${arrival.side ?? ''} ${arrival.quantity ?? ''} of ${arrival.symbol} (arrival ${arrival.sequence}, number ${arrival.number ?? 'none'}) is no order of ours, or one that had arrived before`,
  }));
  return [...stale, ...twice, ...openQuestions(evidence.orders), ...ownersOf(evidence)];
}

/** The first newer grant is the earliest: grants of a stock are in the order of their fences. */
function newerGrant(
  grants: readonly LockEvent[],
  fence: number,
  arrivedAt: number,
): LockEvent | undefined {
  const next = grants[lowerBound(grants, fence)];
  return next !== undefined && next.at < arrivedAt ? next : undefined;
}

/** Where the first grant above the fence is. */
function lowerBound(grants: readonly LockEvent[], fence: number): number {
  let low = 0;
  let high = grants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((grants[middle]?.fence ?? 0) > fence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function openQuestions(orders: readonly OurOrder[]): readonly Violation[] {
  const bySymbol = Map.groupBy(
    orders.filter(({ sentAt, continues }) => sentAt !== undefined && continues === undefined),
    ({ symbol }) => symbol,
  );
  return [...bySymbol.values()].flatMap((ofStock) => {
    const inTime = ofStock.toSorted((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0));
    return inTime.flatMap((order, index): Violation[] => {
      const before = inTime[index - 1];
      if (before === undefined || settled(before) <= (order.sentAt ?? 0)) return [];
      const what = `${order.symbol}: ${order.orderId} was sent while ${before.orderId} was unanswered`;
      return [{ kind: 'TWO_OPEN_QUESTIONS', what }];
    });
  });
}

function settled({ settledAt }: OurOrder): number {
  return settledAt ?? Number.POSITIVE_INFINITY;
}

/** An order is its fence's, and its fence is its worker's. */
function ownersOf({ locks, orders }: Evidence): readonly Violation[] {
  const ownerOf = new Map(
    locks
      .filter(({ kind }) => kind === 'GRANTED')
      .map(({ symbol, fence, workerId }) => [`${symbol} at fence ${fence}`, workerId]),
  );
  return orders.flatMap(({ symbol, fence, workerId, orderId }): Violation[] => {
    const lock = `${symbol} at fence ${fence}`;
    if (ownerOf.get(lock) === workerId) return [];
    const what = `${lock} is ${ownerOf.get(lock) ?? "nobody's"}, order ${orderId} is of ${workerId}`;
    return [{ kind: 'FENCE_WITH_TWO_WORKERS', what }];
  });
}
