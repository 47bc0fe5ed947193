import { Decimal } from 'decimal.js';
import type { Price } from '../money.ts';
import type { Side } from './order.ts';
import type { WhyNot } from '../strategy/strategy.ts';

/** Limits that only a fault reaches: beyond them the fleet stops buying until a person has looked. */
export interface KillLimits {
  /** Placed orders of one stock within a minute of market time. */
  readonly ordersPerMinuteOfStock: number;
  /** Placed orders of the fleet within a minute of market time. */
  readonly ordersPerMinute: number;
  /** Buys in a row that the broker refused, whatever the stock. */
  readonly rejectedBuysInRow: number;
  /** A limit above (buy) or below (sell) the last mark by more than this fraction of it, decimal text. */
  readonly priceGapRate: string;
}

/** What is watched all the time, real ms. */
export interface WatchLimits {
  /** Without a feed, or without any timely word of a held stock, for so long. */
  readonly feedSilentMs: number;
  /** Between two of the clocks: this host's, the database's, the broker's. */
  readonly clockSkewMs: number;
  /** A round trip to the database, three in a row. */
  readonly databaseLatencyMs: number;
}

/**
 * Feed: a reconnect takes seconds, a restart of the gateway too. Clock: below the margin that a holder
 * keeps before its lock's end (4 s). Database: below the send deadline (3 s), beyond which nothing leaves.
 */
export const DEFAULT_WATCH_LIMITS: WatchLimits = {
  feedSilentMs: 30_000,
  clockSkewMs: 3_000,
  databaseLatencyMs: 2_000,
};

/**
 * A stock's exit asks at most every three seconds of market time, a stock's entry once in minutes; 32
 * workers that all turn a stock over in a minute place 64. A price that moves 10 % meets a volatility
 * interruption of two minutes first; a mark is at most one old.
 */
export const DEFAULT_KILL_LIMITS: KillLimits = {
  ordersPerMinuteOfStock: 25,
  ordersPerMinute: 300,
  rejectedBuysInRow: 5,
  priceGapRate: '0.1',
};

export interface KillConditionFacts {
  readonly ordersOfStock: number;
  readonly orders: number;
  readonly rejectedBuysInRow: number;
  /** Absent: not a limit order, or nobody has seen its stock's price lately. */
  readonly price?: { readonly side: Side; readonly limit: Price; readonly mark: Price };
}

export type KillConditionCode =
  | 'ORDER_RATE'
  | 'REJECT_STREAK'
  | 'PRICE_GAP'
  | 'FEED_STALE'
  | 'CLOCK_SKEW'
  | 'DATABASE_SLOW';

export interface KillBreach {
  readonly code: KillConditionCode;
  readonly detail: WhyNot;
}

/** The first limit that the next order would pass; undefined when all is well. */
export function judgeKillConditions(
  facts: KillConditionFacts,
  limits: KillLimits = DEFAULT_KILL_LIMITS,
): KillBreach | undefined {
  const { ordersOfStock, orders, rejectedBuysInRow } = facts;
  if (ordersOfStock >= limits.ordersPerMinuteOfStock) {
    return breach('ORDER_RATE', 'ORDERS_OF_STOCK', ordersOfStock, limits.ordersPerMinuteOfStock);
  }
  if (orders >= limits.ordersPerMinute) {
    return breach('ORDER_RATE', 'ORDERS_OF_FLEET', orders, limits.ordersPerMinute);
  }
  if (rejectedBuysInRow >= limits.rejectedBuysInRow) {
    const { rejectedBuysInRow: limit } = limits;
    return breach('REJECT_STREAK', 'REJECTED_BUYS_IN_ROW', rejectedBuysInRow, limit);
  }
  return judgePrice(facts, limits);
}

const GAP_DECIMALS = 6;

/** Towards the other side alone: a price that waits harms nobody. */
function judgePrice({ price }: KillConditionFacts, limits: KillLimits): KillBreach | undefined {
  if (price === undefined) return undefined;
  const { side, limit, mark } = price;
  const away = side === 'BUY' ? limit.minus(mark) : mark.minus(limit);
  const gap = away.div(mark).toDecimalPlaces(GAP_DECIMALS, Decimal.ROUND_UP);
  if (gap.lte(limits.priceGapRate)) return undefined;
  return breach('PRICE_GAP', 'LIMIT_BEYOND_MARK', gap.toFixed(), limits.priceGapRate);
}

/** Undefined at the limit and below it. @param actual real ms */
export function judgeWatched(
  code: KillConditionCode,
  what: string,
  actual: number,
  limit: number,
): KillBreach | undefined {
  return actual > limit ? breach(code, what, Math.round(actual), limit) : undefined;
}

function breach(
  code: KillConditionCode,
  what: string,
  actual: number | string,
  limit: number | string,
): KillBreach {
  return { code, detail: { code: what, actual: String(actual), limit: String(limit) } };
}
