import type { WhyNot } from '../strategy/strategy.ts';

/** Limits that only a fault reaches: beyond them the fleet stops buying until a person has looked. */
export interface KillLimits {
  /** Placed orders of one stock within a minute of market time. */
  readonly ordersPerMinuteOfStock: number;
  /** Placed orders of the fleet within a minute of market time. */
  readonly ordersPerMinute: number;
  /** Buys in a row that the broker refused, whatever the stock. */
  readonly rejectedBuysInRow: number;
}

/**
 * A stock's exit asks at most every three seconds of market time, a stock's entry once in minutes; 32
 * workers that all turn a stock over in a minute place 64.
 */
export const DEFAULT_KILL_LIMITS: KillLimits = {
  ordersPerMinuteOfStock: 25,
  ordersPerMinute: 300,
  rejectedBuysInRow: 5,
};

export interface KillConditionFacts {
  readonly ordersOfStock: number;
  readonly orders: number;
  readonly rejectedBuysInRow: number;
}

export type KillConditionCode = 'ORDER_RATE' | 'REJECT_STREAK';

/** The first limit that the next order would pass; undefined when all is well. */
export function judgeKillConditions(
  facts: KillConditionFacts,
  limits: KillLimits = DEFAULT_KILL_LIMITS,
): { readonly code: KillConditionCode; readonly detail: WhyNot } | undefined {
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
  return undefined;
}

function breach(code: KillConditionCode, what: string, actual: number, limit: number) {
  return { code, detail: { code: what, actual: String(actual), limit: String(limit) } };
}
