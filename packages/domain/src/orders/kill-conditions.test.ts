import { describe, expect, it } from '@jest/globals';
import { price } from '../money.ts';
import type { Side } from './order.ts';
import { judgeKillConditions, judgeWatched } from './kill-conditions.ts';

const limits = {
  ordersPerMinuteOfStock: 3,
  ordersPerMinute: 10,
  rejectedBuysInRow: 2,
  priceGapRate: '0.1',
};
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

  it.each<[Side, number, boolean]>([
    ['BUY', 11_000, false],
    ['BUY', 11_010, true],
    ['BUY', 5_000, false],
    ['SELL', 9_000, false],
    ['SELL', 8_990, true],
    ['SELL', 20_000, false],
  ])('%s at %d on a mark of 10,000: too far is %p', (side, limit, isTooFar) => {
    const facts = { side, limit: price(limit), mark: price(10_000) };
    const found = judgeKillConditions({ ...quiet, price: facts }, limits);
    expect(found).toEqual(
      isTooFar
        ? {
            code: 'PRICE_GAP',
            detail: { code: 'LIMIT_BEYOND_MARK', actual: '0.101', limit: '0.1' },
          }
        : undefined,
    );
  });

  it('what is watched is a breach above its limit, with its numbers', () => {
    expect(judgeWatched('CLOCK_SKEW', 'DATABASE_CLOCK', 3_000, 3_000)).toBeUndefined();
    expect(judgeWatched('CLOCK_SKEW', 'DATABASE_CLOCK', 3_000.7, 3_000)).toEqual({
      code: 'CLOCK_SKEW',
      detail: { code: 'DATABASE_CLOCK', actual: '3001', limit: '3000' },
    });
  });
});
