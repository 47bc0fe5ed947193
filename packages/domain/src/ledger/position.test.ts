import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { InvariantViolation } from '../errors.ts';
import { quantity, won } from '../money.ts';
import { sampleFill } from '../testing/samples.ts';
import type { Fill } from './fill.ts';
import {
  applyFillToPosition,
  flatPosition,
  type Position,
  positionsFromFills,
} from './position.ts';

const context = {
  tradeId: 'trade-1',
  workerId: 'worker-1',
  strategyName: 'momentum-breakout',
  strategyVersion: '1.0.0',
  paramsVersion: 3,
};

function buy(shares: number, unitPrice: number, marketAt = 1_000): Fill {
  return sampleFill({ quantity: quantity(shares), price: won(unitPrice), marketAt });
}

function sell(shares: number, unitPrice: number): Fill {
  return sampleFill({ side: 'SELL', quantity: quantity(shares), price: won(unitPrice) });
}

function fold(fills: readonly Fill[]): Position {
  return fills.reduce(
    (position, fill) => applyFillToPosition(position, fill, context),
    flatPosition('005930'),
  );
}

describe('position', () => {
  it('SC-005: records entry price, entry time, strategy and parameter versions at the first fill', () => {
    expect(fold([buy(3, 70_000, 5), buy(1, 80_000, 9)])).toMatchObject({
      ...context,
      quantity: 4,
      enteredAt: 5,
      entryPrice: won(70_000),
      averageEntryPrice: won(72_500),
    });
  });

  it('keeps the average and the entry while selling, and is flat at the last share', () => {
    const part = fold([buy(3, 70_000), buy(1, 80_000), sell(2, 60_000)]);
    expect(part.averageEntryPrice?.toFixed()).toBe('72500');
    expect(part).toMatchObject({ quantity: 2, tradeId: 'trade-1' });
    expect(applyFillToPosition(part, sell(2, 60_000), context)).toEqual(flatPosition('005930'));
  });

  it('counts a buy after a part was sold from the average of what is left', () => {
    const position = fold([buy(4, 100), sell(2, 120), buy(2, 200)]);
    expect(position.averageEntryPrice?.toFixed()).toBe('150');
  });

  it.each([
    ['selling more than held', [buy(3, 70_000), sell(4, 70_000)]],
    ['selling without a position', [sell(1, 70_000)]],
    ['another stock', [sampleFill({ symbol: '000660' })]],
    ['a step without shares', [sampleFill({ quantity: quantity(0) })]],
  ])('refuses %s', (_what, fills) => {
    expect(() => fold(fills)).toThrow(InvariantViolation);
  });

  it('gives the exact average of any split of the same buys', () => {
    const buys = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 3_000_000 })),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(buys, (rows) => {
        const position = fold(rows.map(([shares, unitPrice]) => buy(shares, unitPrice)));
        const shares = rows.reduce((sum, [n]) => sum + n, 0);
        const cost = rows.reduce((sum, [n, unit]) => sum + n * unit, 0);
        const exact = new (Decimal.clone({ precision: 60 }))(cost)
          .div(shares)
          .toDecimalPlaces(12, Decimal.ROUND_HALF_EVEN);
        expect(position.averageEntryPrice?.toFixed()).toBe(exact.toFixed());
      }),
    );
  });

  it('keeps the average unchanged through any sells, and quantity = bought - sold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 5 }),
        (shares, unitPrice, sells) => {
          let position = fold([buy(shares, unitPrice), buy(7, 33)]);
          const average = position.averageEntryPrice?.toFixed();
          let left = shares + 7;
          for (const each of sells) {
            if (each >= left) break;
            position = applyFillToPosition(position, sell(each, 50), context);
            left -= each;
            expect(position.averageEntryPrice?.toFixed()).toBe(average);
          }
          expect(position.quantity).toBe(left);
        },
      ),
    );
  });
});

it('keeps the fraction of a won that the rest of a position costs after a sell', () => {
  // Three for 100 won; two of them cost 66.67, and with a third at 50 the average is 38.89.
  const { averageEntryPrice } = fold([buy(1, 34), buy(2, 33), sell(1, 50), buy(1, 50)]);
  expect(averageEntryPrice?.toDecimalPlaces(2).toFixed()).toBe('38.89');
});

describe('positions from fills', () => {
  it('sums every stock from its fills alone', () => {
    const other = sampleFill({ symbol: '000660', quantity: quantity(2), price: won(100_000) });
    const totals = positionsFromFills([buy(3, 70_000), other, sell(1, 71_000), buy(1, 69_000)]);
    expect([...totals.keys()]).toEqual(['005930', '000660']);
    expect(totals.get('005930')).toMatchObject({
      quantity: 3,
      boughtQuantity: 4,
      soldQuantity: 1,
      boughtAmount: won(279_000),
      soldAmount: won(71_000),
    });
    expect(totals.get('000660')?.averageEntryPrice?.toFixed()).toBe('100000');
  });

  it('agrees with the position that was kept step by step', () => {
    const steps = fc.array(
      fc.record({
        isBuy: fc.boolean(),
        shares: fc.integer({ min: 1, max: 50 }),
        unitPrice: fc.integer({ min: 1, max: 500_000 }),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, (rows) => {
        let position = flatPosition('005930');
        const fills: Fill[] = [];
        for (const { isBuy, shares, unitPrice } of rows) {
          if (!isBuy && position.quantity === 0) continue;
          const fill = isBuy
            ? buy(shares, unitPrice)
            : sell(Math.min(shares, position.quantity), unitPrice);
          fills.push(fill);
          position = applyFillToPosition(position, fill, context);
        }
        const totals = positionsFromFills(fills).get('005930');
        expect(totals?.quantity ?? 0).toBe(position.quantity);
        expect(totals?.averageEntryPrice).toEqual(position.averageEntryPrice);
        expect((totals?.boughtQuantity ?? 0) - (totals?.soldQuantity ?? 0)).toBe(position.quantity);
      }),
    );
  });

  it('refuses fills that sell more than was bought', () => {
    expect(() => positionsFromFills([sell(1, 70_000)])).toThrow(InvariantViolation);
  });
});
