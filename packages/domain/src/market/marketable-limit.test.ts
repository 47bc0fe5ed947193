import { describe, expect, it } from '@jest/globals';
import { isOnTick, parseTradeDate, priceLimits } from '@fleet/krx';
import * as fc from 'fast-check';
import { price } from '../money.ts';
import { SAMPLE_DATE, sampleQuote } from '../testing/samples.ts';
import { marketableLimit } from './marketable-limit.ts';

const KOSPI = { market: 'KOSPI', kind: 'COMMON' } as const;

describe('marketable limit', () => {
  it('crosses by ticks from the other side’s best price', () => {
    const quote = sampleQuote();
    expect(marketableLimit('BUY', quote, 2, KOSPI, SAMPLE_DATE).toNumber()).toBe(70_200);
    expect(marketableLimit('SELL', quote, 2, KOSPI, SAMPLE_DATE).toNumber()).toBe(69_700);
    expect(marketableLimit('SELL', quote, 0, KOSPI, SAMPLE_DATE).toNumber()).toBe(69_900);
  });

  it('changes its step where the band changes', () => {
    const limits = { upperLimit: price(260_000), lowerLimit: price(140_000) };
    const quote = sampleQuote({ ask: price(199_900), bid: price(200_000), ...limits });
    expect(marketableLimit('BUY', quote, 2, KOSPI, SAMPLE_DATE).toNumber()).toBe(200_500);
    expect(marketableLimit('SELL', quote, 1, KOSPI, SAMPLE_DATE).toNumber()).toBe(199_900);
  });

  it('stays inside the day’s limits', () => {
    const atTop = sampleQuote({ ask: price(90_300) });
    const atBottom = sampleQuote({ bid: undefined, lastPrice: price(48_700) });
    expect(marketableLimit('BUY', atTop, 5, KOSPI, SAMPLE_DATE).toNumber()).toBe(90_300);
    expect(marketableLimit('SELL', atBottom, 5, KOSPI, SAMPLE_DATE).toNumber()).toBe(48_700);
  });

  it('brings a half-tick last price to the tick, towards the cross', () => {
    const quote = sampleQuote({ ask: undefined, bid: undefined, lastPrice: price(70_050) });
    expect(marketableLimit('BUY', quote, 0, KOSPI, SAMPLE_DATE).toNumber()).toBe(70_100);
    expect(marketableLimit('SELL', quote, 0, KOSPI, SAMPLE_DATE).toNumber()).toBe(70_000);
  });

  it('is always a valid price, inside the limits, at or through the best price', () => {
    const dates = ['2019-09-20', '2026-03-12'].map(parseTradeDate);
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 1_000_000 }),
        fc.integer({ min: -2_900, max: 2_900 }),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom('KOSPI' as const, 'KOSDAQ' as const),
        fc.constantFrom(...dates),
        (reference, moveBasisPoints, ticks, market, date) => {
          const instrument = { market, kind: 'COMMON' } as const;
          const { upper, lower } = priceLimits(reference, instrument, date);
          const moved = Math.round(reference * (1 + moveBasisPoints / 10_000));
          const last = Math.max(lower, Math.min(upper, moved));
          const quote = sampleQuote({
            ask: undefined,
            bid: undefined,
            lastPrice: price(last),
            upperLimit: price(upper),
            lowerLimit: price(lower),
          });
          for (const side of ['BUY', 'SELL'] as const) {
            const limit = marketableLimit(side, quote, ticks, instrument, date).toNumber();
            expect(isOnTick(limit, instrument, date)).toBe(true);
            expect(limit).toBeGreaterThanOrEqual(lower);
            expect(limit).toBeLessThanOrEqual(upper);
            expect(side === 'BUY' ? limit >= last : limit <= last).toBe(true);
          }
        },
      ),
    );
  });
});
