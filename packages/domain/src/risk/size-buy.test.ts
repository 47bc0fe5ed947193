import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { amountOf, price, quantity, won } from '../money.ts';
import { sizeBuy, type SizingInput, type SizingPolicy } from './size-buy.ts';

const input: SizingInput = {
  capital: won(1_000_000),
  price: price(70_100),
  instrument: { market: 'KOSPI', kind: 'COMMON' },
  buyingPowerQuantity: quantity(1_000),
  turnoverPerMinute: new Decimal(1_000_000_000),
};

describe('sizing a buy', () => {
  it('SC-005: takes capital / price by default', () => {
    expect(sizeBuy(input)).toEqual({ quantity: 14, limitedBy: 'CAPITAL' });
  });

  it('is capped by the broker’s buying power', () => {
    expect(sizeBuy({ ...input, buyingPowerQuantity: quantity(5) })).toEqual({
      quantity: 5,
      limitedBy: 'BUYING_POWER',
    });
  });

  it('is capped by the stock’s turnover, down to nothing', () => {
    const thin = { ...input, turnoverPerMinute: new Decimal(800_000) };
    expect(sizeBuy(thin)).toEqual({ quantity: 2, limitedBy: 'LIQUIDITY' });
    expect(sizeBuy(thin, { kind: 'ALL_IN' }, { turnoverMinutes: '1' }).quantity).toBe(11);
    expect(sizeBuy({ ...input, turnoverPerMinute: new Decimal(0) }).quantity).toBe(0);
  });

  it('takes a fixed fraction', () => {
    expect(sizeBuy(input, { kind: 'FIXED_FRACTION', fraction: '0.25' })).toEqual({
      quantity: 3,
      limitedBy: 'POLICY',
    });
  });

  it('buys less of what moves more, and nothing of what it cannot judge', () => {
    const policy: SizingPolicy = {
      kind: 'VOLATILITY_SCALED',
      riskFraction: '0.01',
      rangeMultiple: '3',
    };
    const sized = (range: number | undefined) =>
      sizeBuy(
        { ...input, averageRange: range === undefined ? undefined : new Decimal(range) },
        policy,
      );
    expect(sized(500)).toEqual({ quantity: 6, limitedBy: 'POLICY' });
    expect(sized(1_000)).toEqual({ quantity: 3, limitedBy: 'POLICY' });
    expect(sized(10)).toEqual({ quantity: 14, limitedBy: 'CAPITAL' });
    expect(sized(0).quantity).toBe(0);
    expect(sized(undefined).quantity).toBe(0);
  });

  it('keeps to the unit of ELW', () => {
    const elw = { ...input, instrument: { market: 'KOSPI', kind: 'ELW' } as const };
    expect(sizeBuy(elw).quantity).toBe(10);
  });

  it('EC-004: never asks for more than the capital, whatever the inputs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.integer({ min: 1, max: 3_000_000 }),
        fc.nat({ max: 100_000 }),
        fc.integer({ min: 0, max: 2_000_000_000 }),
        (capital, unitPrice, power, turnover) => {
          const asked = {
            ...input,
            capital: won(capital),
            price: price(unitPrice),
            buyingPowerQuantity: quantity(power),
            turnoverPerMinute: new Decimal(turnover),
          };
          const size = sizeBuy(asked);
          expect(amountOf(asked.price, size.quantity).lte(capital)).toBe(true);
          expect(size.quantity).toBeLessThanOrEqual(power);
          expect(amountOf(asked.price, size.quantity).lte(turnover * 0.2)).toBe(true);
        },
      ),
    );
  });
});
