import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import { price, quantity, won } from '../money.ts';
import { sampleQuote } from '../testing/samples.ts';
import { findStrategy } from './registry.ts';
import {
  type BuyDecision,
  type CandidateView,
  type ParameterValues,
  UNTOUCHED_STOCK,
} from './strategy.ts';
import { defaultParameters, validateParameters } from './validate-parameters.ts';

const MINUTE = 60_000;

function theStrategy() {
  const found = findStrategy('pullback-rebound');
  if (found === undefined) throw new Error('not registered');
  return found;
}
const strategy = theStrategy();

/** Up 4.5 % on the day, 1.7 % under its high of 71,200, average price 69,500, turning up. */
const quote = sampleQuote({
  lastPrice: price(70_000),
  high: price(71_200),
  previousClose: price(67_000),
  upperLimit: price(87_100),
  volume: quantity(1_000_000),
  turnover: won(69_500_000_000),
});
const candidate: CandidateView = {
  quote,
  indicators: {
    fastAverage: new Decimal(69_800),
    slowAverage: new Decimal(70_200),
    breakoutHigh: new Decimal(69_950),
    volumeRatio: undefined,
    averageRange: new Decimal(200),
    bars: 20,
  },
  turnoverPerMinute: new Decimal(20_000_000),
  tickSize: 100,
  stockDay: UNTOUCHED_STOCK,
  now: 60 * MINUTE,
  openAt: 0,
  liquidationAt: 375 * MINUTE,
};

describe('pullback rebound: buying (SC-002)', () => {
  it('SC-002: signals a turn after a pullback, with the numbers that led to it', () => {
    const decision = decide({});
    expect(decision.signal && decision.reasons).toEqual([
      { code: 'PULLBACK', actual: '0.016854', limit: '0.015' },
      { code: 'REBOUND', actual: '0.002865', limit: '0.002' },
      { code: 'HELD_AVERAGE', actual: '0.007194', limit: '0' },
      { code: 'TURNOVER', actual: '20000000', limit: '20000000' },
    ]);
    expect(decision.score.gt(0)).toBe(true);
  });

  it.each<[string, Partial<CandidateView>, string, string]>([
    ['PULLBACK_SMALL', { quote: { ...quote, high: price(71_000) } }, '0.014085', '0.015'],
    ['PULLBACK_DEEP', { quote: { ...quote, high: price(74_500) } }, '0.060403', '0.06'],
    [
      'REBOUND',
      { indicators: { ...candidate.indicators, fastAverage: new Decimal(69_900) } },
      '0.001431',
      '0.002',
    ],
    [
      'BREAKOUT',
      { indicators: { ...candidate.indicators, breakoutHigh: new Decimal(70_000) } },
      '0',
      '0',
    ],
    ['HELD_AVERAGE', { quote: { ...quote, turnover: won(70_000_000_000) } }, '0', '0'],
    ['CHANGE_LOW', { quote: { ...quote, previousClose: price(69_000) } }, '0.014493', '0.02'],
    ['BARS', { indicators: { ...candidate.indicators, bars: 19 } }, '19', '20'],
    ['BARS', { quote: { ...quote, high: undefined } }, '20', '20'],
    ['BARS', { quote: { ...quote, volume: quantity(0) } }, '20', '20'],
    ['TOO_EARLY', { now: 30 * MINUTE - 1 }, '1799999', '1800000'],
    ['STOP_OUTS_OF_STOCK', { stockDay: { ...UNTOUCHED_STOCK, stopOuts: 1 } }, '1', '1'],
  ])(
    'SC-002: refuses with %s and its numbers, and with nothing else',
    (code, change, ...numbers) => {
      const [actual, limit] = numbers;
      expect(decide(change)).toMatchObject({ signal: false, whyNot: [{ code, actual, limit }] });
    },
  );

  it('ranks a stronger turn and more turnover higher', () => {
    const base = decide({}).score;
    const indicators = { ...candidate.indicators, fastAverage: new Decimal(69_700) };
    expect(decide({ indicators }).score.gt(base)).toBe(true);
    const busier = decide({ turnoverPerMinute: new Decimal(80_000_000) }).score;
    expect(busier.div(base).toNumber()).toBeCloseTo(2, 4);
  });
});

describe('pullback rebound: parameters (WT-001)', () => {
  it('has valid defaults of its own and refuses contradictions', () => {
    const defaults = defaultParameters(strategy);
    expect(validateParameters(strategy, defaults).ok).toBe(true);
    const check = (change: Record<string, string>) =>
      validateParameters(strategy, { ...defaults, ...change });
    expect(check({ pullbackRateMin: '0.06' })).toEqual({
      ok: false,
      problems: ['pullbackRateMin must be less than pullbackRateMax'],
    });
    expect(check({ fastBars: '20' })).toMatchObject({ ok: false });
    expect(strategy.expectedLossRate(values()).toFixed()).toBe('0.02');
    expect(strategy.indicatorWindows(values()).lookBack).toBe(5);
  });
});

function decide(change: Partial<CandidateView>): BuyDecision {
  return strategy.evaluateBuy({ ...candidate, ...change }, values());
}

function values(): ParameterValues {
  const check = validateParameters(strategy, defaultParameters(strategy));
  if (!check.ok) throw new Error(check.problems.join('; '));
  return check.values;
}
