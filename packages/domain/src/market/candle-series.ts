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
}

const LENGTH_MAX_DEFAULT = 120;

/** @param candles known minutes (a backfill), oldest first */
export function candleSeries(
  candles: readonly Candle[] = [],
  lengthMax: number = LENGTH_MAX_DEFAULT,
): CandleSeries {
  return { candles: candles.slice(-lengthMax), lengthMax, dayVolume: undefined };
}

/** A trade. One for a minute before the newest candle changes nothing: that minute was told already. */
export function addTick(series: CandleSeries, tick: TickView): CandleSeries {
  const start = minuteOf(tick.at);
  const newest = series.candles.at(-1);
  if (newest === undefined || start > newest.start) {
    const opened: Candle = {
      start,
      open: tick.price,
      high: tick.price,
      low: tick.price,
      close: tick.price,
      volume: tick.volume,
    };
    return { ...series, candles: [...series.candles, opened].slice(-series.lengthMax) };
  }
  if (start < newest.start) return series;
  return { ...series, candles: [...series.candles.slice(0, -1), withTick(newest, tick)] };
}

/**
 * A quote whose `volume` is the day's: the difference to the one before is what traded. The first
 * quote only sets the base; one without a trade since, or an older one, changes nothing.
 */
export function addQuote(
  series: CandleSeries,
  quote: Pick<Quote, 'at' | 'lastPrice' | 'volume'>,
): CandleSeries {
  const { dayVolume } = series;
  if (dayVolume !== undefined && quote.volume <= dayVolume) return series;
  const counted: CandleSeries = { ...series, dayVolume: quote.volume };
  if (dayVolume === undefined && quote.volume === 0) return counted;
  const traded = dayVolume === undefined ? NO_SHARES : quantity(quote.volume - dayVolume);
  return addTick(counted, { at: quote.at, price: quote.lastPrice, volume: traded });
}

/** Only the minutes that are over. */
export function fullCandles(series: CandleSeries, now: number): readonly Candle[] {
  return series.candles.filter((candle) => candle.start + MINUTE_MS <= now);
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
