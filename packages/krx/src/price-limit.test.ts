import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { InstrumentClass, InstrumentKind, Market } from './instrument.ts';
import { NO_UPPER_LIMIT, afterHoursPriceLimits, priceLimits } from './price-limit.ts';
import { isOnTick, roundToTick, tickSize } from './tick-size.ts';
import { parseTradeDate } from './trade-date.ts';

const KOSPI: InstrumentClass = { market: 'KOSPI', kind: 'COMMON' };
const KOSDAQ: InstrumentClass = { market: 'KOSDAQ', kind: 'COMMON' };
const on = parseTradeDate;

describe('price limits', () => {
  it.each([
    // What the broker reported for these reference prices.
    ['2026-03-12', 138_600, 180_100, 97_100],
    ['2026-03-12', 24_350, 31_650, 17_050],
    ['2026-03-12', 1_234, 1_604, 864],
    ['2022-06-08', 111_000, 144_000, 78_000],
    ['2022-05-10', 128_500, 167_000, 90_000],
  ])('on %s around %d: %d and %d', (date, reference, upper, lower) => {
    expect(priceLimits(reference, KOSPI, on(date))).toEqual({ upper, lower });
  });

  it('brings the upper limit inward when it falls off the ticks of a higher band', () => {
    // 1,990 × 0.3 = 597; 2,587 is off the 5-won tick from 2,000 up.
    expect(priceLimits(1_990, KOSPI, on('2026-03-12'))).toEqual({ upper: 2_585, lower: 1_393 });
  });

  it('was 15 % before 2015-06-15', () => {
    expect(priceLimits(10_000, KOSPI, on('2015-06-12'))).toEqual({ upper: 11_500, lower: 8_500 });
    expect(priceLimits(10_000, KOSDAQ, on('2015-06-12'))).toEqual({ upper: 11_500, lower: 8_500 });
    expect(priceLimits(10_000, KOSPI, on('2015-06-15'))).toEqual({ upper: 13_000, lower: 7_000 });
    expect(priceLimits(10_000, KOSDAQ, on('2015-06-15'))).toEqual({ upper: 13_000, lower: 7_000 });
  });

  it('is 15 % on KONEX to this day', () => {
    const konex: InstrumentClass = { market: 'KONEX', kind: 'COMMON' };
    expect(priceLimits(10_000, konex, on('2026-03-12'))).toEqual({ upper: 11_500, lower: 8_500 });
  });

  it('multiplies by the leverage of an ETF, also of an inverse one', () => {
    const etf: InstrumentClass = { market: 'KOSPI', kind: 'ETF' };
    const doubled = { upper: 16_000, lower: 4_000 };
    expect(priceLimits(10_000, etf, on('2026-03-12'), { leverage: 2 })).toEqual(doubled);
    expect(priceLimits(10_000, etf, on('2026-03-12'), { leverage: -2 })).toEqual(doubled);
    expect(priceLimits(10_000, etf, on('2026-03-12'), { leverage: 0.5 })).toEqual({
      upper: 13_000,
      lower: 7_000,
    });
  });

  it('does not exist for ELW', () => {
    const elw: InstrumentClass = { market: 'KOSPI', kind: 'ELW' };
    expect(priceLimits(100, elw, on('2026-03-12'))).toEqual({ upper: NO_UPPER_LIMIT, lower: 5 });
    expect(isOnTick(NO_UPPER_LIMIT, elw, on('2026-03-12'))).toBe(true);
  });

  it('stays a valid price next to zero', () => {
    expect(priceLimits(1, KOSPI, on('2026-03-12'))).toEqual({ upper: 1, lower: 1 });
  });

  it.each([0, -1, 1.5])('refuses the reference price %p', (price) => {
    expect(() => priceLimits(price, KOSPI, on('2026-03-12'))).toThrow(
      expect.objectContaining({ code: 'BAD_PRICE' }),
    );
  });

  it('keeps after-hours prices within 10 % of the close and inside the day', () => {
    const date = on('2026-03-12');
    const dayLimits = priceLimits(10_000, KOSPI, date);
    const question = { dayLimits, instrument: KOSPI, date };
    expect(afterHoursPriceLimits({ ...question, close: 10_500 })).toEqual({
      upper: 11_550,
      lower: 9_450,
    });
    expect(afterHoursPriceLimits({ ...question, close: 13_000 })).toEqual({
      upper: 13_000,
      lower: 11_700,
    });
    expect(afterHoursPriceLimits({ ...question, close: 7_000 })).toEqual({
      upper: 7_700,
      lower: 7_000,
    });
  });

  it('are valid prices inside the rate, at most a tick of the reference short of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 3_000_000 }),
        fc.constantFrom<Market>('KOSPI', 'KOSDAQ', 'KONEX'),
        fc.constantFrom<InstrumentKind>('COMMON', 'PREFERRED', 'ETF', 'REIT'),
        fc.constantFrom('2015-06-12', '2019-09-20', '2023-01-25', '2026-03-12'),
        (price, market, kind, day) => {
          const date = on(day);
          const instrument = { market, kind };
          const reference = roundToTick(price, 'nearest', instrument, date);
          const percent = market === 'KONEX' || day < '2015-06-15' ? 15 : 30;
          const { upper, lower } = priceLimits(reference, instrument, date);
          const slack = tickSize(reference, instrument, date) + tickSize(upper, instrument, date);

          expect(isOnTick(upper, instrument, date)).toBe(true);
          expect(isOnTick(lower, instrument, date)).toBe(true);
          expect(upper * 100).toBeLessThanOrEqual(reference * (100 + percent));
          expect(lower * 100).toBeGreaterThanOrEqual(reference * (100 - percent));
          expect((upper + slack) * 100).toBeGreaterThan(reference * (100 + percent));
          expect((lower - slack) * 100).toBeLessThan(reference * (100 - percent));
        },
      ),
      { numRuns: 500 },
    );
  });
});
