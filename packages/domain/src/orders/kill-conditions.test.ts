import { describe, expect, it } from '@jest/globals';
import { judgeKillConditions } from './kill-conditions.ts';

const limits = { ordersPerMinuteOfStock: 3, ordersPerMinute: 10, rejectedBuysInRow: 2 };
const quiet = { ordersOfStock: 2, orders: 9, rejectedBuysInRow: 1 };

describe('kill conditions of orders', () => {
  it('say nothing below every limit', () => {
    expect(judgeKillConditions(quiet, limits)).toBeUndefined();
  });

  it.each([
    [{ ordersOfStock: 3 }, 'ORDER_RATE', 'ORDERS_OF_STOCK', '3'],
    [{ orders: 10 }, 'ORDER_RATE', 'ORDERS_OF_FLEET', '10'],
    [{ rejectedBuysInRow: 2 }, 'REJECT_STREAK', 'REJECTED_BUYS_IN_ROW', '2'],
  ])('tell %p with its numbers', (facts, code, what, limit) => {
    expect(judgeKillConditions({ ...quiet, ...facts }, limits)).toEqual({
      code,
      detail: { code: what, actual: limit, limit },
    });
  });
});
