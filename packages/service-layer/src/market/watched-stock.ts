import {
  addQuote,
  candleSeries,
  fullCandles,
  type Candle,
  type CandleSeries,
  type IndicatorWindows,
  type Quote,
} from '@fleet/domain';
import { minuteOf } from '@fleet/krx';
import type { Instrument } from '../ports/market-data.ts';
import { numbersOf } from './bar-numbers.ts';

/** A stock of the universe as the scans have seen it. */
export interface WatchedStock {
  readonly instrument: Instrument;
  series: CandleSeries;
  quote: Quote | undefined;
  /** Won of the day, for ranking; zero before the first look. */
  turnover: number;
  /** Market ms of the last look. */
  seenAt: number | undefined;
  /**
   * Start of the newest minute that holds the trades of several, because nobody looked in between; until
   * so many bars lie after it that no indicator sees it, the stock's bars are coarse.
   */
  coarseAt: number | undefined;
  /** Market ms before which its candles are not asked for again. */
  nextBackfillAt: number;
}

/** Looks further apart than this leave minutes out. */
const GAP_MS = 120_000;
/** A stock's candles are asked for at most this often, */
const BACKFILL_EVERY_MS = 120_000;
/** and of one that has not traded in so many minutes yet, less often. */
const THIN_MINUTES = 30;
const BACKFILL_THIN_EVERY_MS = 600_000;
const RANGE_BARS = 10;

export function watchedStock(instrument: Instrument): WatchedStock {
  return {
    instrument,
    series: candleSeries(),
    quote: undefined,
    turnover: 0,
    seenAt: undefined,
    coarseAt: undefined,
    nextBackfillAt: 0,
  };
}

/** What traded since the last look goes into the bar of now, even when minutes lie between. */
export function look(stock: WatchedStock, quote: Quote, now: number): void {
  const { seenAt, series } = stock;
  stock.series = addQuote(series, quote);
  const traded = stock.series !== series && series.dayVolume !== undefined;
  if (traded && seenAt !== undefined && now - seenAt > GAP_MS) stock.coarseAt = minuteOf(quote.at);
  stock.quote = quote;
  stock.turnover = quote.turnover.toNumber();
  stock.seenAt = now;
}

/** The broker's own minutes in place of ours; the day's volume goes on from the last quote. */
export function backfill(stock: WatchedStock, candles: readonly Candle[], now: number): void {
  const isThin = candles.length < THIN_MINUTES;
  stock.nextBackfillAt = now + (isThin ? BACKFILL_THIN_EVERY_MS : BACKFILL_EVERY_MS);
  if (candles.length === 0) return;
  const series = candleSeries(candles);
  stock.series = stock.quote ? addQuote(series, stock.quote) : series;
  stock.coarseAt = undefined;
}

/** Asked for in vain: not again at once. */
export function putOffBackfill(stock: WatchedStock, now: number): void {
  stock.nextBackfillAt = now + BACKFILL_EVERY_MS;
}

/** How many bars the widest indicator looks at. */
export function widest(windows: IndicatorWindows): number {
  return Math.max(windows.fastAverage, windows.slowAverage, windows.lookBack, windows.averageRange);
}

/** Bars since the gap, when one of the newest `bars` is before or at it; undefined: bars are fine. */
export function coarseBars(
  { coarseAt }: WatchedStock,
  candles: readonly Candle[],
  bars: number,
): number | undefined {
  if (coarseAt === undefined) return undefined;
  const oldest = candles.at(-bars) ?? candles[0];
  if (oldest === undefined || oldest.start > coarseAt) return undefined;
  return candles.filter(({ start }) => start > coarseAt).length;
}

/** (highest - lowest) / last price of the last ten full minutes; undefined with fewer than two. */
export function rangeRateOf(stock: WatchedStock, now: number): number | undefined {
  const { quote, series } = stock;
  const window = fullCandles(series, now).slice(-RANGE_BARS);
  if (quote === undefined || window.length < 2) return undefined;
  let highest = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const candle of window) {
    const { high, low } = numbersOf(candle);
    highest = Math.max(highest, high);
    lowest = Math.min(lowest, low);
  }
  return (highest - lowest) / quote.lastPrice.toNumber();
}
