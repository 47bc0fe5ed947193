/**
 * A model of locks and orders, small enough to be searched whole: two workers, one stock, one gateway,
 * a broker that takes every order that reaches it. Anything may be late, lost or dead. Time is in ticks
 * and always counted from now, so that states repeat and the search ends.
 */
export interface Timing {
  readonly ttl: number;
  readonly margin: number;
  readonly sendDeadline: number;
  /** From the gateway's last look to the broker, at most. */
  readonly flight: number;
  readonly grace: number;
  /** From the mark: only then may the broker's list speak of an unanswered order. */
  readonly answerDeadline: number;
}

/** The proportions of the real ones: margin > send deadline, grace >= send deadline + flight. */
export const TIMING: Timing = {
  ttl: 4,
  margin: 2,
  sendDeadline: 1,
  flight: 1,
  grace: 2,
  answerDeadline: 3,
};

/** Each is one line of defence; the search is told to break without it. */
export interface Guards {
  /** The intent checks lock, fence and expiry in its own transaction. */
  readonly fenceAtIntent: boolean;
  /** So does the mark, just before the bytes leave. */
  readonly fenceAtMark: boolean;
  /** A worker asks to send only while it trusts its lock by its own clock. */
  readonly trustWindow: boolean;
  /** After the mark the gateway looks once more whether the send deadline has passed. */
  readonly lastLook: boolean;
  /** The gateway refuses a fence below one that it has sent for. */
  readonly highestFence: boolean;
  /** One unanswered request a stock. */
  readonly openQuestion: boolean;
  /** An expired lock is taken over only after a while. */
  readonly grace: boolean;
  /** A stock whose marked order may still be leaving is not granted to anybody. */
  readonly departure: boolean;
  /** A sell counts the open sells of the stock. */
  readonly sellOnce: boolean;
  /** A claim is told of open orders and of the position. */
  readonly orphanMark: boolean;
  /** A fill is booked by its cumulative quantity, once. */
  readonly fillOnce: boolean;
}

export const ALL_GUARDS: Guards = {
  fenceAtIntent: true,
  fenceAtMark: true,
  trustWindow: true,
  lastLook: true,
  highestFence: true,
  openQuestion: true,
  grace: true,
  departure: true,
  sellOnce: true,
  orphanMark: true,
  fillOnce: true,
};

export interface Order {
  readonly worker: number;
  readonly fence: number;
  readonly side: 'BUY' | 'SELL';
  readonly status: 'NEW' | 'SENT' | 'ACCEPTED' | 'ENDED';
  /** Ticks since it was marked. */
  readonly sentAge: number;
  /** How often its bytes reached the broker. */
  readonly arrivals: number;
  readonly booked: number;
}

/**
 * A request and its answer by the database are one step here: asking earlier than the database answers
 * only shortens the trust.
 */
export interface Worker {
  readonly phase: 'IDLE' | 'GRANTED' | 'OWNER' | 'DEAD';
  /** A renewal that the database has made and the worker has not read yet. */
  readonly isRenewed: boolean;
  /** Ticks since the unread grant or renewal. */
  readonly answerAge: number;
  readonly fence: number;
  readonly trustLeft: number;
  /** Took the stock as flat: it may buy, once. */
  readonly mayBuy: boolean;
}

/** An order in the gateway's hands. */
export interface Request {
  readonly order: number;
  /** Ticks since the worker asked. */
  readonly age: number;
  readonly stage: 'WAITING' | 'MARKED' | 'LEFT' | 'ARRIVED';
}

export interface State {
  readonly lock: { readonly worker: number; readonly fence: number; readonly left: number } | null;
  readonly fence: number;
  readonly workers: readonly Worker[];
  readonly orders: readonly Order[];
  readonly requests: readonly Request[];
  readonly gatewayFence: number;
}

export const IDLE: Worker = {
  phase: 'IDLE',
  isRenewed: false,
  answerAge: 0,
  fence: 0,
  trustLeft: 0,
  mayBuy: false,
};

export const NOBODY: State = {
  lock: null,
  fence: 0,
  workers: [IDLE, IDLE],
  orders: [],
  requests: [],
  gatewayFence: 0,
};

/** A owns the stock, trusts its lock and has bought: one share, booked. */
export const A_HOLDS: State = {
  ...NOBODY,
  lock: { worker: 0, fence: 1, left: TIMING.ttl },
  fence: 1,
  workers: [{ ...IDLE, phase: 'OWNER', fence: 1, trustLeft: TIMING.ttl - TIMING.margin }, IDLE],
  orders: [
    { worker: 0, fence: 1, side: 'BUY', status: 'ACCEPTED', sentAge: 0, arrivals: 1, booked: 1 },
  ],
  gatewayFence: 1,
};

export const isOpen = (order: Order): boolean =>
  order.status === 'NEW' ||
  order.status === 'SENT' ||
  (order.status === 'ACCEPTED' && order.booked === 0);

/** Shares by our books, one an order. */
export function position(state: State): number {
  return state.orders.reduce(
    (sum, { side, booked }) => sum + (side === 'BUY' ? booked : -booked),
    0,
  );
}

/** Shares by the broker's. */
export function holding(state: State): number {
  return state.orders.reduce(
    (sum, { side, arrivals }) => sum + (side === 'BUY' ? arrivals : -arrivals),
    0,
  );
}

export const workerAt = ({ workers }: State, index: number): Worker => workers[index] ?? IDLE;

export function orderAt({ orders }: State, index: number): Order {
  const order = orders[index];
  if (!order) throw new Error(`there is no order ${index}`);
  return order;
}

export function withWorker(state: State, index: number, change: Partial<Worker>): State {
  return {
    ...state,
    workers: state.workers.map((worker, at) => (at === index ? { ...worker, ...change } : worker)),
  };
}

export function withOrder(state: State, index: number, change: Partial<Order>): State {
  return {
    ...state,
    orders: state.orders.map((order, at) => (at === index ? { ...order, ...change } : order)),
  };
}

const up = (age: number, most: number): number => Math.min(age + 1, most);

/** One tick of everybody's clock; what can no longer matter stops being counted. */
export function tick(state: State, { ttl, sendDeadline, grace, answerDeadline }: Timing): State {
  return {
    ...state,
    lock: state.lock && { ...state.lock, left: Math.max(state.lock.left - 1, -grace) },
    workers: state.workers.map((worker) => ({
      ...worker,
      answerAge: worker.phase === 'GRANTED' || worker.isRenewed ? up(worker.answerAge, ttl) : 0,
      trustLeft: Math.max(worker.trustLeft - 1, 0),
    })),
    orders: state.orders.map((order) =>
      order.status === 'SENT' ? { ...order, sentAge: up(order.sentAge, answerDeadline) } : order,
    ),
    requests: state.requests.map((request) =>
      request.stage === 'ARRIVED'
        ? request
        : { ...request, age: up(request.age, sendDeadline + 1) },
    ),
  };
}
