import { minuteOf } from '@fleet/krx';
import { NO_SHARES, type Price, quantity, type Quantity } from '../money.ts';
import type { Candle } from './candle.ts';
import type { Quote } from './quote.ts';

const MINUTE_MS = 60_000;

/** One symbol's minutes, oldest first. Minutes without a trade have no candle. */
export interface CandleSeries {
  readonly candles: readonly Candle[];
  readonly lengthMax: number;
  /** The day's volume by the last quote; undefined until one came. */
  readonly dayVolume: Quantity | undefined;
}

export interface TickView {
  readonly at: number;
  readonly price: Price;
  readonly volume: Quantity;
  /** The day's volume after this trade, where the feed tells it: shows repeated and lost ticks. */
  readonly dayVolume?: Quantity;
}

const LENGTH_MAX_DEFAULT = 120;

/** @param candles known minutes (a backfill), oldest first */
export function candleSeries(
  candles: readonly Candle[] = [],
  lengthMax: number = LENGTH_MAX_DEFAULT,
): CandleSeries {
  return { candles: candles.slice(-lengthMax), lengthMax, dayVolume: undefined };
}

/**
 * A trade. Changes nothing when its day volume was told already, or when its minute is before the
 * newest candle's. Volume that was lost before it is counted with it.
 */
export function addTick(series: CandleSeries, tick: TickView): CandleSeries {
  const { dayVolume } = tick;
  if (dayVolume === undefined) return withTrade(series, tick);
  if (series.dayVolume === undefined) return withTrade({ ...series, dayVolume }, tick);
  if (dayVolume <= series.dayVolume) return series;
  const volume = quantity(dayVolume - series.dayVolume);
  return withTrade({ ...series, dayVolume }, { ...tick, volume });
}

/**
 * A quote whose `volume` is the day's: the difference to the one before is what traded. The first
 * quote only sets the base; one without a trade since, or an older one, changes nothing.
 */
export function addQuote(
  series: CandleSeries,
  quote: Pick<Quote, 'at' | 'lastPrice' | 'volume'>,
): CandleSeries {
  const { at, lastPrice, volume } = quote;
  if (series.dayVolume === undefined) return { ...series, dayVolume: volume };
  return addTick(series, { at, price: lastPrice, volume: NO_SHARES, dayVolume: volume });
}

/** Only the minutes that are over. */
export function fullCandles(series: CandleSeries, now: number): readonly Candle[] {
  const newestFull = series.candles.findLastIndex((candle) => candle.start + MINUTE_MS <= now);
  return series.candles.slice(0, newestFull + 1);
}

function withTrade(series: CandleSeries, tick: TickView): CandleSeries {
  const start = minuteOf(tick.at);
  const newest = series.candles.at(-1);
  if (newest === undefined || start > newest.start) {
    const { price, volume } = tick;
    const opened: Candle = { start, open: price, high: price, low: price, close: price, volume };
    return { ...series, candles: [...series.candles, opened].slice(-series.lengthMax) };
  }
  if (start < newest.start) return series;
  return { ...series, candles: [...series.candles.slice(0, -1), withTick(newest, tick)] };
}

function withTick(candle: Candle, tick: TickView): Candle {
  return {
    ...candle,
    high: tick.price.gt(candle.high) ? tick.price : candle.high,
    low: tick.price.lt(candle.low) ? tick.price : candle.low,
    close: tick.price,
    volume: quantity(candle.volume + tick.volume),
  };
}
