import type { Candle, Price, Quantity, Quote } from '@fleet/domain';
import type { InstrumentClass, TradeDate } from '@fleet/krx';
import type { CallOptions } from './broker.ts';

/** From the broker's master files. */
export interface Instrument extends InstrumentClass {
  readonly symbol: string;
  readonly name: string;
  readonly referencePrice: Price | undefined;
  readonly previousVolume: Quantity;
  readonly listedOn: TradeDate | undefined;
  readonly halted: boolean;
  /** 정리매매, 관리종목, 투자경고/위험, 투자주의환기, 단기과열, 저유동성: reason codes, empty when clean. */
  readonly warnings: readonly string[];
}

export interface Tick {
  readonly symbol: string;
  /** Market epoch ms, to the second. */
  readonly at: number;
  readonly price: Price;
  readonly volume: Quantity;
  readonly dayVolume: Quantity;
  readonly bid: Price | undefined;
  readonly ask: Price | undefined;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  readonly halted: boolean;
}

export interface BookLevel {
  readonly price: Price;
  readonly size: Quantity;
}

export interface OrderBook {
  readonly symbol: string;
  readonly at: number;
  readonly asks: readonly BookLevel[];
  readonly bids: readonly BookLevel[];
}

/** How current a symbol's feed is: `live` by a slot, `polled` without one. */
export type FeedStatus = 'live' | 'polled' | 'rotatedOut' | 'stale';

export interface QuoteListener {
  onTick(tick: Tick): void;
  onFeedStatus(symbol: string, status: FeedStatus): void;
}

export interface RankedSymbol {
  readonly symbol: string;
  readonly rank: number;
}

/** Market data; all reads throw `BrokerError`. */
export interface MarketDataPort {
  getInstruments(options?: CallOptions): Promise<readonly Instrument[]>;
  /** Without bid and ask. */
  getQuote(symbol: string, options?: CallOptions): Promise<Quote>;
  /**
   * With the best bid and ask, where there is a book; unknown symbols are left out. Thirty a call at
   * the broker, on paper two calls each. Halt flags may be absent (false).
   */
  getQuotes(symbols: readonly string[], options?: CallOptions): Promise<readonly Quote[]>;
  getOrderBook(symbol: string, options?: CallOptions): Promise<OrderBook>;
  /** Oldest first, today only, at most `count`, the running minute left out. */
  getMinuteCandles(
    symbol: string,
    count: number,
    options?: CallOptions,
  ): Promise<readonly Candle[]>;
  /** Most traded by turnover, at most 30; `[]` where the broker has no ranks (paper). */
  getTurnoverRank(options?: CallOptions): Promise<readonly RankedSymbol[]>;
  /** Whether the exchange opens on the date; undefined where the broker cannot tell (paper). */
  isMarketOpenOn(date: TradeDate, options?: CallOptions): Promise<boolean | undefined>;
  /** Ticks of these symbols until `unsubscribe`; the status says how they come. */
  subscribeQuotes(symbols: readonly string[], listener: QuoteListener): Promise<void>;
  unsubscribe(symbols: readonly string[]): Promise<void>;
}
