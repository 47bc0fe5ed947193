import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import { flatPosition } from '../ledger/position.ts';
import type { Candle } from '../market/candle.ts';
import { price, quantity, won } from '../money.ts';
import { sampleQuote } from '../testing/samples.ts';
import { defaultStrategy } from './registry.ts';
import type { HoldingView, ParameterValues, SellSignal } from './strategy.ts';
import { defaultParameters, validateParameters } from './validate-parameters.ts';

const MINUTE = 60_000;

/** Bought at 70,000 ten minutes ago, nothing happened since. */
const holding: HoldingView = {
  position: {
    ...flatPosition('005930'),
    quantity: quantity(10),
    averageEntryPrice: won(70_000),
    enteredAt: 0,
  },
  quote: sampleQuote(),
  indicators: {
    fastAverage: new Decimal(70_000),
    slowAverage: new Decimal(69_900),
    breakoutHigh: undefined,
    volumeRatio: undefined,
    averageRange: undefined,
    bars: 30,
  },
  candlesSinceEntry: closes(70_000, 69_900),
  now: 10 * MINUTE,
  liquidationAt: 375 * MINUTE,
};

describe('momentum breakout: holding (SC-006)', () => {
  it('SC-006: says nothing while no condition is met', () => {
    expect(decide({})).toBeUndefined();
  });

  it('SC-006: says nothing one step before each condition', () => {
    expect(decide({ quote: sampleQuote({ lastPrice: price(68_951) }) })).toBeUndefined();
    expect(decide({ quote: sampleQuote({ bid: price(72_099) }) })).toBeUndefined();
    expect(decide({ now: 25 * MINUTE - 1 })).toBeUndefined();
    expect(decide({ liquidationAt: 10 * MINUTE + 1 })).toBeUndefined();
    expect(decide({ candlesSinceEntry: closes(69_720, 69_719) })).toBeUndefined();
  });

  it('says nothing about a flat position', () => {
    expect(decide({ position: flatPosition('005930'), liquidationAt: 0 })).toBeUndefined();
  });
});

describe('momentum breakout: selling (SC-007)', () => {
  it.each<[string, Partial<HoldingView>, SellSignal]>([
    [
      'stop loss',
      { quote: sampleQuote({ lastPrice: price(68_950) }) },
      {
        reason: 'STOP_LOSS',
        urgency: 'URGENT',
        detail: { code: 'STOP_LOSS', actual: '-0.015', limit: '-0.015' },
      },
    ],
    [
      'take profit',
      { quote: sampleQuote({ bid: price(72_100) }) },
      {
        reason: 'TAKE_PROFIT',
        urgency: 'NORMAL',
        detail: { code: 'TAKE_PROFIT', actual: '0.03', limit: '0.03' },
      },
    ],
    [
      'trend break',
      { candlesSinceEntry: closes(70_500, 69_719, 69_700) },
      {
        reason: 'TREND_BREAK',
        urgency: 'NORMAL',
        detail: { code: 'TREND_BREAK', actual: '69700', limit: '69720' },
      },
    ],
    [
      'time exit',
      { now: 25 * MINUTE },
      {
        reason: 'TIME_EXIT',
        urgency: 'PATIENT',
        detail: { code: 'HOLD_TIME', actual: '1500000', limit: '1500000' },
      },
    ],
    [
      'liquidation time',
      { now: 375 * MINUTE },
      {
        reason: 'MANDATORY_LIQUIDATION',
        urgency: 'URGENT',
        detail: { code: 'LIQUIDATION_TIME', actual: '22500000', limit: '22500000' },
      },
    ],
  ])('SC-007: %s', (_what, change, signal) => {
    expect(decide(change)).toEqual(signal);
  });

  it('SC-007: the more urgent reason wins', () => {
    const worst = {
      quote: sampleQuote({ lastPrice: price(60_000) }),
      candlesSinceEntry: closes(60_000, 60_000),
      now: 40 * MINUTE,
    };
    expect(decide(worst)?.reason).toBe('STOP_LOSS');
    expect(decide({ ...worst, liquidationAt: 0 })?.reason).toBe('MANDATORY_LIQUIDATION');
  });

  it('a thin bid is no stop loss, and a last price that nobody bids is no profit', () => {
    expect(decide({ quote: sampleQuote({ bid: price(60_000) }) })).toBeUndefined();
    expect(decide({ quote: sampleQuote({ lastPrice: price(75_000) }) })).toBeUndefined();
    expect(decide({ quote: sampleQuote({ bid: undefined }) })).toBeUndefined();
  });

  it('waits with a trend break for the minimum time, enough bars and an average', () => {
    const broken = { candlesSinceEntry: closes(69_000, 69_000) };
    expect(decide({ ...broken, now: 10 * MINUTE - 1 })).toBeUndefined();
    expect(decide({ ...broken, now: 10 * MINUTE })?.reason).toBe('TREND_BREAK');
    expect(decide({ candlesSinceEntry: closes(69_000) })).toBeUndefined();
    expect(decide({ candlesSinceEntry: [] })).toBeUndefined();
    expect(
      decide({ ...broken, indicators: { ...holding.indicators, fastAverage: undefined } }),
    ).toBeUndefined();
  });

  it('counts a position of unknown entry as just entered', () => {
    const position = { ...holding.position, enteredAt: undefined, averageEntryPrice: undefined };
    expect(decide({ position, now: 300 * MINUTE })).toBeUndefined();
    expect(decide({ position, now: 375 * MINUTE })?.reason).toBe('MANDATORY_LIQUIDATION');
  });
});

function decide(change: Partial<HoldingView>): SellSignal | undefined {
  return defaultStrategy.evaluateSell({ ...holding, ...change }, defaults());
}

function closes(...values: number[]): Candle[] {
  return values.map((value, index) => {
    const close = price(value);
    const volume = quantity(1);
    return { start: index * MINUTE, open: close, high: close, low: close, close, volume };
  });
}

function defaults(): ParameterValues {
  const check = validateParameters(defaultStrategy, defaultParameters(defaultStrategy));
  if (!check.ok) throw new Error(check.problems.join('; '));
  return check.values;
}
