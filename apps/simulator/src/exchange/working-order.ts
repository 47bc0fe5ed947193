import type { OrderType } from '@fleet/krx';

import type { SymbolTape } from './symbol-tape.ts';
import type { Side } from './types.ts';

/** An order of ours that stands in the market, as the matching sees it. */
export interface WorkingOrder {
  readonly number: string;
  readonly side: Side;
  readonly type: OrderType;
  /** Undefined: takes any price. */
  readonly limit: number | undefined;
  /** A buy never pays more than what the account has locked for a share; 0 for sells. */
  readonly priceCap: number;
  rest: number;
  /** A stop order waits outside the market until a trade reaches this; undefined: it is inside. */
  trigger: number | undefined;
  /** Crossed the book when it came: takes what the other side shows, at the other side's prices. */
  isTaker: boolean;
  /** Displayed shares before it at its price; undefined until it has a place in the book. */
  queueAhead: number | undefined;
  /** The rest expires at this instant; undefined: at the symbol's close, whenever that comes. */
  readonly validUntil: number | undefined;
}

export interface OwnFill {
  readonly order: WorkingOrder;
  readonly price: number;
  readonly quantity: number;
  readonly at: number;
}

const IMMEDIATE: ReadonlySet<OrderType> = new Set([
  'LIMIT_IOC',
  'MARKET_IOC',
  'BEST_IOC',
  'MID_PRICE_IOC',
  'LIMIT_FOK',
  'MARKET_FOK',
  'BEST_FOK',
  'MID_PRICE_FOK',
]);

const ALL_OR_NOTHING: ReadonlySet<OrderType> = new Set([
  'LIMIT_FOK',
  'MARKET_FOK',
  'BEST_FOK',
  'MID_PRICE_FOK',
]);

const OUTSIDE_REGULAR: ReadonlySet<OrderType> = new Set([
  'PRE_OPEN_CLOSING_PRICE',
  'POST_CLOSE_CLOSING_PRICE',
  'AFTER_HOURS_SINGLE_PRICE',
]);

/** What is not filled at once is canceled. */
export function isImmediate(type: OrderType): boolean {
  return IMMEDIATE.has(type);
}

export function isAllOrNothing(type: OrderType): boolean {
  return ALL_OR_NOTHING.has(type);
}

/** Whether the order takes part in the auctions and continuous trading of the regular session. */
export function isRegular(type: OrderType): boolean {
  return !OUTSIDE_REGULAR.has(type);
}

/** When an order of this type ends, filled or not; undefined: at the symbol's close. */
export function validUntil(type: OrderType, { session }: SymbolTape): number | undefined {
  if (type === 'PRE_OPEN_CLOSING_PRICE') {
    return session.preOpenClosingPrice?.to ?? session.openingAuction.to;
  }
  if (type === 'POST_CLOSE_CLOSING_PRICE') return session.postCloseClosingPrice.to;
  if (type === 'AFTER_HOURS_SINGLE_PRICE') return session.afterHoursSinglePrice.to;
  return undefined;
}

/** Whether a price is good enough for the order; an order without a limit takes any. */
export function accepts(order: WorkingOrder, price: number): boolean {
  if (!isAffordable(order, price)) return false;
  if (order.limit === undefined) return true;
  return order.side === 'BUY' ? price <= order.limit : price >= order.limit;
}

export function isAffordable(order: WorkingOrder, price: number): boolean {
  return order.side === 'SELL' || price <= order.priceCap;
}

/** Price first (orders without a limit before all), then time: the array's own order. */
export function byPriority(orders: readonly WorkingOrder[]): readonly WorkingOrder[] {
  return orders.toSorted((a, b) => {
    if (a.side !== b.side) return 0;
    if (a.limit === b.limit) return 0;
    if (a.limit === undefined) return -1;
    if (b.limit === undefined) return 1;
    return a.side === 'BUY' ? b.limit - a.limit : a.limit - b.limit;
  });
}

/** Whether a trade at the price brings a stop order into the market. */
export function isReached({ side, trigger }: WorkingOrder, price: number): boolean {
  if (trigger === undefined) return false;
  return side === 'BUY' ? price >= trigger : price <= trigger;
}
