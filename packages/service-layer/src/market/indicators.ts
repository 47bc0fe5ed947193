import { Decimal } from 'decimal.js';
import { SMA } from 'trading-signals';
import type { Candle, Indicators, IndicatorWindows } from '@fleet/domain';
import { type BarNumbers, numbersOf } from './bar-numbers.ts';
import { widest } from './watched-stock.ts';

/**
 * Indicators of full one-minute bars, oldest first. Averages come from the library; they are
 * statistics for a decision, not money, so the library's numbers are enough.
 */
export function computeIndicators(
  candles: readonly Candle[],
  windows: IndicatorWindows,
): Indicators {
  const bars = candles.slice(-widest(windows)).map(numbersOf);
  const window = candles.slice(-windows.lookBack);
  return {
    fastAverage: average(bars, windows.fastAverage),
    slowAverage: average(bars, windows.slowAverage),
    breakoutHigh: highest(window.slice(0, -1), bars.slice(-window.length, -1)),
    volumeRatio: volumeRatio(window),
    averageRange: averageRange(bars.slice(-windows.averageRange)),
    bars: candles.length,
  };
}

function average(bars: readonly BarNumbers[], length: number): Decimal | undefined {
  if (bars.length < length) return undefined;
  const sma = new SMA(length);
  let result: number | null = null;
  for (const { close } of bars.slice(-length)) result = sma.add(close);
  return result === null ? undefined : new Decimal(result);
}

/** The price itself, found by its number. */
function highest(candles: readonly Candle[], bars: readonly BarNumbers[]): Decimal | undefined {
  const high = bars.reduce((most, bar) => Math.max(most, bar.high), 0);
  return candles[bars.findIndex((bar) => bar.high === high)]?.high;
}

function volumeRatio(window: readonly Candle[]): Decimal | undefined {
  const newest = window.at(-1);
  const before = window.slice(0, -1);
  const total = before.reduce((sum, candle) => sum + candle.volume, 0);
  if (newest === undefined || total === 0) return undefined;
  return new Decimal(newest.volume).times(before.length).div(total);
}

function averageRange(bars: readonly BarNumbers[]): Decimal | undefined {
  if (bars.length === 0) return undefined;
  const total = bars.reduce((sum, { high, low }) => sum + high - low, 0);
  return new Decimal(total / bars.length);
}

/** Won traded a minute over the newest bars. */
export function turnoverPerMinute(candles: readonly Candle[], lookBack: number): Decimal {
  const window = candles.slice(-lookBack);
  if (window.length === 0) return new Decimal(0);
  let total = 0;
  for (const candle of window) total += numbersOf(candle).turnover;
  return new Decimal(total / window.length);
}
