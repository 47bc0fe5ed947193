import { Decimal } from 'decimal.js';
import { SMA } from 'trading-signals';
import type { Candle, Indicators, IndicatorWindows } from '@fleet/domain';

/**
 * Indicators of full one-minute bars, oldest first. Averages come from the library; they are
 * statistics for a decision, not money, so the library's numbers are enough.
 */
export function computeIndicators(
  candles: readonly Candle[],
  windows: IndicatorWindows,
): Indicators {
  const closes = candles.map((candle) => candle.close.toNumber());
  const window = candles.slice(-windows.lookBack);
  const before = window.slice(0, -1);
  const newest = window.at(-1);
  return {
    fastAverage: average(closes, windows.fastAverage),
    slowAverage: average(closes, windows.slowAverage),
    breakoutHigh: before.length === 0 ? undefined : Decimal.max(...before.map((c) => c.high)),
    volumeRatio: newest === undefined ? undefined : volumeRatio(newest, before),
    averageRange: averageRange(candles.slice(-windows.averageRange)),
    bars: candles.length,
  };
}

function average(values: readonly number[], length: number): Decimal | undefined {
  const sma = new SMA(length);
  let result: number | null = null;
  for (const value of values.slice(-length)) result = sma.add(value);
  return result === null ? undefined : new Decimal(result);
}

function volumeRatio(newest: Candle, before: readonly Candle[]): Decimal | undefined {
  const total = before.reduce((sum, candle) => sum + candle.volume, 0);
  if (total === 0) return undefined;
  return new Decimal(newest.volume).times(before.length).div(total);
}

function averageRange(window: readonly Candle[]): Decimal | undefined {
  if (window.length === 0) return undefined;
  const total = window.reduce((sum, c) => sum.plus(c.high.minus(c.low)), new Decimal(0));
  return total.div(window.length);
}

/** Won traded a minute over the newest bars. */
export function turnoverPerMinute(candles: readonly Candle[], lookBack: number): Decimal {
  const window = candles.slice(-lookBack);
  if (window.length === 0) return new Decimal(0);
  const total = window.reduce((sum, c) => sum.plus(c.close.times(c.volume)), new Decimal(0));
  return total.div(window.length);
}
