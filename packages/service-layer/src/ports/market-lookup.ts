import type { Candle, Price, Quantity, Won } from '@fleet/domain';
import type { Market, TradeDate } from '@fleet/krx';
import type { CallOptions } from './broker.ts';
import type { RankedSymbol } from './market-data.ts';

/** One day of trading. On a day without a trade the four prices are the same and volume is zero. */
export interface DailyCandle {
  readonly date: TradeDate;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  readonly volume: Quantity;
  readonly turnover: Won;
}

export interface DailyCandleQuery {
  readonly symbol: string;
  /** Both days included. */
  readonly from: TradeDate;
  readonly to: TradeDate;
  /** As traded, or adjusted for splits, rights and dividends since. */
  readonly prices: 'adjusted' | 'raw';
}

/** A condition search that the user has saved at the broker (조건검색). */
export interface SavedCondition {
  /** What `searchByCondition` wants. */
  readonly key: string;
  readonly group: string;
  readonly name: string;
}

export interface VolatilityInterruption {
  readonly symbol: string;
  readonly kind: 'STATIC' | 'DYNAMIC' | 'BOTH';
  /** Market epoch ms, to the second. */
  readonly triggeredAt: number;
  /** Undefined while it lasts. */
  readonly releasedAt: number | undefined;
  readonly triggerPrice: Price | undefined;
  readonly referencePrice: Price | undefined;
  /** Which one of the day for this stock. */
  readonly count: number;
}

export interface InstrumentInfo {
  readonly symbol: string;
  readonly name: string;
  /** Undefined for boards that are none of KRX's stock boards. */
  readonly market: Market | undefined;
  readonly listedShares: Quantity;
  readonly listedOn: TradeDate | undefined;
  readonly delistedOn: TradeDate | undefined;
  readonly halted: boolean;
  /** 관리종목 */
  readonly administrative: boolean;
  readonly tradableOnNxt: boolean;
  readonly haltedOnNxt: boolean;
}

/** The broker's own idea of the day; `at` is its clock, market epoch ms to the second. */
export interface MarketTime {
  readonly at: number;
  readonly businessDay: TradeDate;
  /** Two before, the day itself, two after. */
  readonly businessDays: readonly TradeDate[];
  readonly opensAt: number;
  readonly closesAt: number;
}

export interface MarketDay {
  readonly date: TradeDate;
  readonly isOpen: boolean;
}

/**
 * What can be looked up about the market beside the trading loop. All reads throw `BrokerError`;
 * UNSUPPORTED where the broker's server does not offer one (most of them on paper).
 */
export interface MarketLookupPort {
  /** Oldest first, the whole range however many calls it takes; today's candle is still growing. */
  getDailyCandles(query: DailyCandleQuery, options?: CallOptions): Promise<readonly DailyCandle[]>;
  /** All minutes of a day, oldest first; today without the running one. A year back at most. */
  getMinuteCandlesOf(
    symbol: string,
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly Candle[]>;
  /** Most traded by shares, at most 30. */
  getVolumeRank(options?: CallOptions): Promise<readonly RankedSymbol[]>;
  /** Strongest against the previous close, at most 30. */
  getFluctuationRank(
    direction: 'RISE' | 'FALL',
    options?: CallOptions,
  ): Promise<readonly RankedSymbol[]>;
  /** `[]` when the user has saved none. */
  getConditions(options?: CallOptions): Promise<readonly SavedCondition[]>;
  /** Symbols that meet it now, at most 100. */
  searchByCondition(key: string, options?: CallOptions): Promise<readonly string[]>;
  /** The day's last 30, newest first. */
  getVolatilityInterruptions(
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly VolatilityInterruption[]>;
  getInstrumentInfo(symbol: string, options?: CallOptions): Promise<InstrumentInfo>;
  getMarketTime(options?: CallOptions): Promise<MarketTime>;
  /** Some weeks of consecutive days from the date on. */
  getMarketDays(from: TradeDate, options?: CallOptions): Promise<readonly MarketDay[]>;
}
