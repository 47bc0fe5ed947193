import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { InvariantViolation } from '../errors.ts';
import { price, won } from '../money.ts';
import { sampleQuote } from '../testing/samples.ts';
import { defaultStrategy } from './registry.ts';
import {
  type BuyDecision,
  type CandidateView,
  type ParameterValues,
  UNTOUCHED_STOCK,
} from './strategy.ts';
import { defaultParameters, validateParameters } from './validate-parameters.ts';

const MINUTE = 60_000;

/** A plain good candidate: rising well above its average, near its high, liquid, tight. */
const candidate: CandidateView = {
  quote: sampleQuote(),
  indicators: {
    fastAverage: new Decimal(69_700),
    slowAverage: new Decimal(69_300),
    breakoutHigh: new Decimal(70_000),
    volumeRatio: undefined,
    averageRange: new Decimal(100),
    bars: 20,
  },
  turnoverPerMinute: new Decimal(20_000_000),
  tickSize: 100,
  stockDay: UNTOUCHED_STOCK,
  now: 15 * MINUTE,
  openAt: 0,
  liquidationAt: 375 * MINUTE,
};

describe('momentum breakout: buying (SC-002)', () => {
  it('SC-002: signals a buy, with the numbers that led to it', () => {
    const decision = decide({});
    expect(decision.signal).toBe(true);
    expect(decision.score.gt(0)).toBe(true);
    expect(decision.signal && decision.reasons).toEqual([
      { code: 'TREND', actual: '0.005772', limit: '0' },
      { code: 'MOMENTUM', actual: '0.010101', limit: '0.008' },
      { code: 'BREAKOUT', actual: '0.001427', limit: '0.03' },
      { code: 'TURNOVER', actual: '20000000', limit: '20000000' },
    ]);
  });

  it.each<[string, Partial<CandidateView>, string, string]>([
    ['HALTED', { quote: sampleQuote({ halted: true }) }, 'true', 'false'],
    [
      'VOLATILITY_INTERRUPTION',
      { quote: sampleQuote({ volatilityInterrupted: true }) },
      'true',
      'false',
    ],
    ['TOO_EARLY', { now: 15 * MINUTE - 1 }, '899999', '900000'],
    ['TOO_LATE', { now: 360 * MINUTE }, '900000', '900000'],
    ['ENTRIES_OF_STOCK', { stockDay: { ...UNTOUCHED_STOCK, entries: 3 } }, '3', '3'],
    ['STOP_OUTS_OF_STOCK', { stockDay: { ...UNTOUCHED_STOCK, stopOuts: 1 } }, '1', '1'],
    ['BARS', { indicators: { ...candidate.indicators, bars: 19 } }, '19', '20'],
    ['TURNOVER', { turnoverPerMinute: new Decimal(19_999_999) }, '19999999', '20000000'],
    ['DAY_TURNOVER', { quote: sampleQuote({ turnover: won(149_999_985) }) }, '9999999', '10000000'],
    ['NO_BOOK', { quote: sampleQuote({ bid: undefined }) }, 'bid none ask 70000', 'both'],
    ['SPREAD_TICKS', { quote: sampleQuote({ bid: price(69_840) }), tickSize: 40 }, '4', '3'],
    [
      'SPREAD_RATE',
      { quote: sampleQuote({ bid: price(69_800) }), tickSize: 100 },
      '0.002857',
      '0.0025',
    ],
    ['UPPER_LIMIT_NEAR', { quote: sampleQuote({ upperLimit: price(71_000) }) }, '0.014085', '0.02'],
    ['CHANGE_LOW', { quote: sampleQuote({ previousClose: price(74_000) }) }, '-0.054054', '-0.05'],
    ['CHANGE_HIGH', { quote: sampleQuote({ previousClose: price(58_000) }) }, '0.206897', '0.2'],
    [
      'VOLATILITY',
      { indicators: { ...candidate.indicators, averageRange: new Decimal(491) } },
      '0.007014',
      '0.007',
    ],
    [
      'TREND',
      { indicators: { ...candidate.indicators, fastAverage: new Decimal(69_300) } },
      '0',
      '0',
    ],
    [
      'MOMENTUM',
      { indicators: { ...candidate.indicators, slowAverage: new Decimal(69_500) } },
      '0.007194',
      '0.008',
    ],
    ['BREAKOUT', { quote: sampleQuote({ high: price(72_200) }) }, '0.030471', '0.03'],
    [
      'BREAKOUT',
      {
        quote: sampleQuote({ high: undefined }),
        indicators: { ...candidate.indicators, breakoutHigh: new Decimal(72_200) },
      },
      '0.030471',
      '0.03',
    ],
  ])(
    'SC-002: refuses with %s and its numbers, and with nothing else',
    (code, change, actual, limit) => {
      const decision = decide(change);
      expect(decision).toMatchObject({ signal: false, whyNot: [{ code, actual, limit }] });
    },
  );

  it('takes a spread, a momentum, a range and a distance to the high exactly at their limits', () => {
    const quote = sampleQuote({ bid: price(69_825) });
    expect(decide({ quote, tickSize: 175 }).signal).toBe(true);
    expect(decide({ quote: sampleQuote({ bid: price(69_850) }), tickSize: 50 }).signal).toBe(true);
    const turnover = won(150_000_000);
    expect(decide({ quote: sampleQuote({ turnover }) }).signal).toBe(true);
    const atLimits = {
      quote: sampleQuote({ lastPrice: price(70_560), high: undefined }),
      indicators: {
        ...candidate.indicators,
        slowAverage: new Decimal(70_000),
        fastAverage: new Decimal(70_001),
        breakoutHigh: new Decimal(70_560).div('0.97'),
        averageRange: new Decimal('493.92'),
      },
    };
    expect(decide(atLimits).signal).toBe(true);
  });

  it.each([
    ['up by a fifth', 75_000, 90_000],
    ['down by a twentieth', 100_000, 95_000],
  ])('takes a change of the day exactly at its limit, %s', (_how, previousClose, lastPrice) => {
    const found = sampleQuote({
      previousClose: price(previousClose),
      lastPrice: price(lastPrice),
      bid: price(lastPrice - 100),
      ask: price(lastPrice),
      high: price(lastPrice),
      upperLimit: price(130_000),
    });
    const decision = decide({ quote: found });
    const codes = decision.signal ? [] : decision.whyNot.map(({ code }) => code);
    expect(codes.filter((code) => code.startsWith('CHANGE'))).toEqual([]);
  });

  it('prefers the high of the day, and asks for none where nobody knows one', () => {
    const { indicators } = candidate;
    const lowerBars = { ...indicators, breakoutHigh: new Decimal(69_000) };
    const beyond = { quote: sampleQuote({ high: price(72_200) }), indicators: lowerBars };
    expect(decide(beyond).signal).toBe(false);
    const unknown = { ...indicators, breakoutHigh: undefined };
    const decision = decide({ quote: sampleQuote({ high: undefined }), indicators: unknown });
    expect(decision.signal && decision.reasons).toContainEqual({
      code: 'BREAKOUT',
      actual: '0',
      limit: '0.03',
    });
  });

  it('tells every refusal at once, and has no score without averages', () => {
    const decision = decide({
      indicators: { ...candidate.indicators, fastAverage: undefined, bars: 2 },
      turnoverPerMinute: new Decimal(0),
      now: 0,
    });
    expect(decision).toMatchObject({ signal: false, score: new Decimal(0) });
    expect(!decision.signal && decision.whyNot.map(({ code }) => code)).toEqual([
      'TOO_EARLY',
      'TURNOVER',
      'BARS',
    ]);
  });

  it('ranks more turnover, more momentum and less noise higher', () => {
    const base = decide({}).score;
    const busier = decide({ turnoverPerMinute: new Decimal(80_000_000) }).score;
    expect(busier.div(base).toNumber()).toBeCloseTo(2, 4);
    const faster = { ...candidate.indicators, fastAverage: new Decimal(69_950) };
    expect(decide({ indicators: faster }).score.gt(base)).toBe(true);
    const noisier = { ...candidate.indicators, averageRange: new Decimal(500) };
    expect(decide({ indicators: noisier }).score.lt(base)).toBe(true);
    const unknown = { ...candidate.indicators, averageRange: undefined };
    expect(decide({ indicators: unknown }).score.gte(base)).toBe(true);
    expect(decide({ turnoverPerMinute: new Decimal(-1) }).score.isZero()).toBe(true);
  });

  it('never signals into a falling short average, a halt or the last minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 68_000, max: 71_000 }),
        fc.integer({ min: 68_000, max: 71_000 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 380 }),
        (fast, slow, halted, minute) => {
          const decision = decide({
            quote: sampleQuote({ halted }),
            indicators: {
              ...candidate.indicators,
              fastAverage: new Decimal(fast),
              slowAverage: new Decimal(slow),
            },
            now: minute * MINUTE,
          });
          const mayBuy = fast > slow && !halted && minute >= 15 && minute < 360;
          expect(decision.signal && !mayBuy).toBe(false);
          expect(decision.signal || decision.whyNot.length > 0).toBe(true);
        },
      ),
    );
  });

  it('refuses values that were not validated', () => {
    expect(() => defaultStrategy.evaluateBuy(candidate, {})).toThrow(InvariantViolation);
  });
});

function decide(change: Partial<CandidateView>): BuyDecision {
  return defaultStrategy.evaluateBuy({ ...candidate, ...change }, defaults());
}

function defaults(): ParameterValues {
  const check = validateParameters(defaultStrategy, defaultParameters(defaultStrategy));
  if (!check.ok) throw new Error(check.problems.join('; '));
  return check.values;
}
