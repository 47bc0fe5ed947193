import { quantity, type Candle, type Price, type Quote } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import {
  BrokerError,
  type CallOptions,
  type Instrument,
  type MarketDataPort,
  type OrderBook,
  type QuoteListener,
  type RankedSymbol,
  type Tick,
} from '@fleet/service-layer';
import { Failures } from './failures.ts';

/** Quotes that the test sets, and ticks that it sends. Unknown symbols are left out, as at the broker. */
export class FakeMarketData implements MarketDataPort {
  readonly failures = new Failures();
  readonly quotes = new Map<string, Quote>();
  readonly candles = new Map<string, readonly Candle[]>();
  instruments: readonly Instrument[] = [];
  ranks: readonly RankedSymbol[] = [];
  openOn: (date: TradeDate) => boolean | undefined = () => true;
  books = new Map<string, Pick<OrderBook, 'bids' | 'asks'>>();
  /** Symbols of each `getQuotes`. */
  readonly asked: (readonly string[])[] = [];
  readonly unsubscribed: (readonly string[])[] = [];
  readonly #listeners = new Map<string, QuoteListener>();

  setQuote(quote: Quote): void {
    this.quotes.set(quote.symbol, quote);
  }

  /** A trade at the price, told to who listens; the best prices go with it. */
  tick(symbol: string, at: number, tradePrice: Price, shares = 10): void {
    const before = this.quotes.get(symbol);
    if (!before) throw new Error(`no quote of ${symbol}`);
    const volume = quantity(before.volume + shares);
    const quote = {
      ...before,
      at,
      lastPrice: tradePrice,
      bid: tradePrice,
      ask: tradePrice,
      volume,
    };
    this.setQuote(quote);
    const { bid, ask, bidSize, askSize, halted } = quote;
    const sizes = { bidSize, askSize, volume: quantity(shares), dayVolume: volume };
    const tick: Tick = { symbol, at, price: tradePrice, bid, ask, ...sizes, halted };
    this.#listeners.get(symbol)?.onTick(tick);
  }

  async getInstruments(): Promise<readonly Instrument[]> {
    this.failures.throwIfDue('getInstruments');
    return this.instruments;
  }

  async getQuote(symbol: string, options?: CallOptions): Promise<Quote> {
    options?.signal?.throwIfAborted();
    this.failures.throwIfDue('getQuote');
    const quote = this.quotes.get(symbol);
    if (!quote) throw new BrokerError('REFUSED', `no quote of ${symbol}`);
    return quote;
  }

  async getQuotes(symbols: readonly string[], options?: CallOptions): Promise<readonly Quote[]> {
    options?.signal?.throwIfAborted();
    this.asked.push(symbols);
    this.failures.throwIfDue('getQuotes');
    return symbols.flatMap((symbol) => this.quotes.get(symbol) ?? []);
  }

  async getOrderBook(symbol: string, options?: CallOptions): Promise<OrderBook> {
    options?.signal?.throwIfAborted();
    this.failures.throwIfDue('getOrderBook');
    const { bids, asks } = this.books.get(symbol) ?? { bids: [], asks: [] };
    return { symbol, at: 0, bids, asks };
  }

  async getMinuteCandles(
    symbol: string,
    count: number,
    options?: CallOptions,
  ): Promise<readonly Candle[]> {
    options?.signal?.throwIfAborted();
    this.failures.throwIfDue('getMinuteCandles');
    return (this.candles.get(symbol) ?? []).slice(-count);
  }

  async getTurnoverRank(): Promise<readonly RankedSymbol[]> {
    this.failures.throwIfDue('getTurnoverRank');
    return this.ranks;
  }

  async isMarketOpenOn(date: TradeDate): Promise<boolean | undefined> {
    return this.openOn(date);
  }

  async subscribeQuotes(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    for (const symbol of symbols) {
      this.#listeners.set(symbol, listener);
      listener.onFeedStatus(symbol, 'live');
    }
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    this.unsubscribed.push(symbols);
    for (const symbol of symbols) this.#listeners.delete(symbol);
  }

  get subscribed(): readonly string[] {
    return [...this.#listeners.keys()];
  }
}
