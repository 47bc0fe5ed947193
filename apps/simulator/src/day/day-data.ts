import type { CircuitBreakerStage, Market, Session, TimeSpan, TradeDate } from '@fleet/krx';

import type { Texts } from '../control/input-error.ts';
import type { DailyBar, Instrument } from '../exchange/types.ts';

/**
 * One symbol's bars of a day, sorted by minute. `minute` counts from the open; the closing auction's
 * bar has the minute of the close (390 on a normal day). Bars without volume are fillers: they
 * carry a price, they never trade.
 */
export interface BarSeries {
  readonly minute: Int16Array;
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  readonly volume: Int32Array;
}

export interface ListedInstrument extends Instrument {
  /** The instrument does not exist for anybody before this instant. */
  readonly visibleFrom: number;
  /** Trading halts, known only as they happen. */
  readonly halts: readonly TimeSpan[];
}

/** What a symbol trades outside the regular session. */
export interface OffHoursTrading {
  /** At the reference price before the open, and at the close after it, shares in all. */
  readonly preOpenVolume: number;
  readonly postCloseVolume: number;
  /** The single-price auctions after hours, in order. */
  readonly singlePrices: readonly { readonly movePercent: number; readonly volume: number }[];
}

export interface DaySymbol {
  readonly instrument: ListedInstrument;
  readonly bars: BarSeries;
  /** Absent when the source tells nothing of it. */
  readonly offHours?: OffHoursTrading;
  /** Days before this one, oldest first; may be empty. */
  readonly history: readonly DailyBar[];
}

/** A circuit breaker of one market: a halt, then a call auction. */
export interface MarketBreak {
  readonly market: Market;
  readonly level: 1 | 2 | 3;
  readonly from: number;
  /** End of the halt; Infinity when the market closes for the day. */
  readonly auctionFrom: number;
  readonly auctionTo: number;
}

/** How a market breaks at a stage; after a stage without a halt it stays closed. */
export function makeBreak(market: Market, stage: CircuitBreakerStage, from: number): MarketBreak {
  const { level, haltMs = Infinity, auctionMs = 0 } = stage;
  return { market, level, from, auctionFrom: from + haltMs, auctionTo: from + haltMs + auctionMs };
}

export interface DayData {
  readonly date: TradeDate;
  readonly session: Session;
  /** Circuit breakers that were ordered, beside those that the day's own prices trip. */
  readonly breaks?: readonly MarketBreak[];
  readonly symbols: ReadonlyMap<string, DaySymbol>;
  /** What the reader must know about this input, one sentence each. */
  readonly notes: readonly Texts[];
}

/** A source of trading days: a file or a generator. The same source gives the same days. */
export interface DayInput {
  /** Differs when the days would differ; a resumed run must find the one it began with. */
  readonly fingerprint: string;
  readonly firstDate: TradeDate;
  /** @throws InputError */
  load(date: TradeDate): DayData;
  /** Undefined when this source has no further day. */
  nextDate(date: TradeDate): TradeDate | undefined;
}

export const MINUTE_MS = 60_000;

/** Start of a bar, epoch milliseconds. */
export function barStart(session: Session, minute: number): number {
  return session.regular.from + minute * MINUTE_MS;
}

/** The minute that stands for the closing auction. */
export function closingMinute(session: Session): number {
  return (session.closingAuction.to - session.regular.from) / MINUTE_MS;
}
