import { holding, type Order, type State } from './state.ts';
import { type Rules, stepsFrom } from './steps.ts';

export interface Finding {
  readonly states: number;
  /** Undefined when every reachable state keeps every promise. */
  readonly violation: { readonly promise: Promised; readonly trace: readonly string[] } | undefined;
}

/** Breadth first over all that can happen, so a trace is as short as they come. */
export function search(
  start: State,
  rules: Rules,
  promises: readonly PromiseOf<Promised>[] = PROMISES,
): Finding {
  const known = new Set<string>([keyOf(start)]);
  const from: { readonly parent: number; readonly step: string }[] = [
    { parent: -1, step: 'start' },
  ];
  let layer: readonly (readonly [State, number])[] = [[start, 0]];
  while (layer.length > 0) {
    const next: (readonly [State, number])[] = [];
    for (const [state, at] of layer) {
      for (const [step, reached] of stepsFrom(state, rules)) {
        const key = keyOf(reached);
        if (known.has(key)) continue;
        const index = from.push({ parent: at, step }) - 1;
        known.add(key);
        const promise = promises.find(({ isKept }) => !isKept(state, reached))?.name;
        if (promise)
          return { states: known.size, violation: { promise, trace: traceTo(from, index) } };
        next.push([reached, index]);
      }
    }
    layer = next;
  }
  return { states: known.size, violation: undefined };
}

/** Worker names do not matter: a state and its mirror image are one. */
function keyOf(state: State): string {
  const [a, b] = [keyAs(state, 0), keyAs(state, 1)];
  return a < b ? a : b;
}

function keyAs(
  { lock, fence, workers, orders, requests, gatewayFence }: State,
  swap: number,
): string {
  const name = (worker: number): number => worker ^ swap;
  const crew = swap === 0 ? workers : workers.toReversed();
  return [
    lock ? `${name(lock.worker)}${lock.fence}${lock.left}` : '-',
    `${fence}${gatewayFence}`,
    ...crew.map(
      (w) => `${w.phase[0]}${w.fence}${w.trustLeft}${w.answerAge}${+w.isRenewed}${+w.mayBuy}`,
    ),
    ...orders.map(
      (o) => `${name(o.worker)}${o.fence}${o.side}${o.status}${o.sentAge}${o.arrivals}${o.booked}`,
    ),
    '',
    ...requests.map((r) => `${r.order}${r.age}${r.stage[0]}`).toSorted(),
  ].join();
}

interface PromiseOf<Name extends string> {
  readonly name: Name;
  readonly isKept: (before: State, after: State) => boolean;
}

/** What no step may break. */
export const PROMISES = [
  {
    name: 'no order is stored but by the owner',
    isKept: (before, after) =>
      after.orders.length === before.orders.length ||
      after.orders.at(-1)?.fence === (after.lock && after.lock.left > 0 ? after.lock.fence : 0),
  },
  {
    name: 'no order reaches the broker twice',
    isKept: (_, { orders }) => orders.every(({ arrivals }) => arrivals <= 1),
  },
  {
    name: 'no order arrives after a higher fence was granted',
    isKept: (before, after) => arrivedIn(before, after).every(({ fence }) => fence === after.fence),
  },
  {
    name: 'no order arrives after one of a higher fence',
    isKept: (before, after) =>
      arrivedIn(before, after).every(({ fence }) =>
        before.orders.every((other) => other.arrivals === 0 || other.fence <= fence),
      ),
  },
  {
    name: 'no order that arrived is given up',
    isKept: (_, { orders }) =>
      orders.every(({ status, arrivals }) => status !== 'ENDED' || arrivals === 0),
  },
  {
    name: 'no fill is booked twice',
    isKept: (_, { orders }) => orders.every(({ booked, arrivals }) => booked <= arrivals),
  },
  {
    name: 'no stock has two open questions',
    isKept: (_, { orders }) => orders.filter(({ status }) => status === 'SENT').length <= 1,
  },
  {
    name: 'no stock is bought or sold twice',
    isKept: (_, after) => holding(after) === 0 || holding(after) === 1,
  },
  {
    name: 'no stock has two owners who trust their lock',
    isKept: (_, { workers }) => workers.filter(({ trustLeft }) => trustLeft > 0).length <= 1,
  },
] as const satisfies readonly PromiseOf<string>[];

export type Promised = (typeof PROMISES)[number]['name'];

function arrivedIn(before: State, after: State): readonly Order[] {
  return after.orders.filter(({ arrivals }, at) => arrivals > (before.orders[at]?.arrivals ?? 0));
}

function traceTo(
  from: readonly { readonly parent: number; readonly step: string }[],
  index: number,
): string[] {
  const trace: string[] = [];
  for (let at = from[index]; at && at.parent >= 0; at = from[at.parent]) trace.unshift(at.step);
  return trace;
}
