import { Decimal } from 'decimal.js';
import { SMA } from 'trading-signals';
import type { Candle, Indicators, IndicatorWindows } from '@fleet/domain';
import { numbersOf } from './bar-numbers.ts';

/**
 * Indicators of full one-minute bars, oldest first. Averages come from the library; they are
 * statistics for a decision, not money, so the library's numbers are enough.
 */
export function computeIndicators(
  candles: readonly Candle[],
  windows: IndicatorWindows,
): Indicators {
  const window = candles.slice(-windows.lookBack);
  const before = window.slice(0, -1);
  const newest = window.at(-1);
  return {
    fastAverage: average(candles, windows.fastAverage),
    slowAverage: average(candles, windows.slowAverage),
    breakoutHigh: highest(before),
    volumeRatio: newest === undefined ? undefined : volumeRatio(newest, before),
    averageRange: averageRange(candles.slice(-windows.averageRange)),
    bars: candles.length,
  };
}

function average(candles: readonly Candle[], length: number): Decimal | undefined {
  if (candles.length < length) return undefined;
  const sma = new SMA(length);
  let result: number | null = null;
  for (const candle of candles.slice(-length)) result = sma.add(numbersOf(candle).close);
  return result === null ? undefined : new Decimal(result);
}

function highest(candles: readonly Candle[]): Decimal | undefined {
  let [found] = candles;
  for (const candle of candles) {
    if (found !== undefined && numbersOf(candle).high > numbersOf(found).high) found = candle;
  }
  return found?.high;
}

function volumeRatio(newest: Candle, before: readonly Candle[]): Decimal | undefined {
  const total = before.reduce((sum, candle) => sum + candle.volume, 0);
  if (total === 0) return undefined;
  return new Decimal(newest.volume).times(before.length).div(total);
}

function averageRange(window: readonly Candle[]): Decimal | undefined {
  if (window.length === 0) return undefined;
  let total = 0;
  for (const candle of window) total += numbersOf(candle).high - numbersOf(candle).low;
  return new Decimal(total / window.length);
}

/** Won traded a minute over the newest bars. */
export function turnoverPerMinute(candles: readonly Candle[], lookBack: number): Decimal {
  const window = candles.slice(-lookBack);
  if (window.length === 0) return new Decimal(0);
  let total = 0;
  for (const candle of window) total += numbersOf(candle).turnover;
  return new Decimal(total / window.length);
}
