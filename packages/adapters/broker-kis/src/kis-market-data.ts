import { type Candle, NO_SHARES, type Quote } from '@fleet/domain';
import { kstDate, type TradeDate } from '@fleet/krx';
import {
  BrokerError,
  type CallOptions,
  type Instrument,
  type MarketClock,
  type MarketDataPort,
  type OrderBook,
  type QuoteListener,
  type RankedSymbol,
} from '@fleet/service-layer';
import type { KisFeed } from './feed/kis-feed.ts';
import { QuoteSubscriptions } from './feed/quote-subscriptions.ts';
import type { MasterFiles } from './master/master-files.ts';
import type { MarketDays } from './quotes/holidays.ts';
import {
  collectMinuteCandles,
  minuteCandlesQuery,
  parseMinuteCandles,
} from './quotes/minute-candles.ts';
import { parseOrderBook } from './quotes/order-book.ts';
import { parseQuote, parseQuotes, quoteQuery, QUOTES_A_CALL, quotesQuery } from './quotes/quote.ts';
import { parseTurnoverRank, volumeRankQuery } from './quotes/turnover-rank.ts';
import type { MarketReads } from './rest/market-reads.ts';
import { rankMarket } from './profile.ts';
import type { SymbolSpelling } from './symbol-spelling.ts';

export interface KisMarketDataDependencies {
  readonly reads: MarketReads;
  readonly days: MarketDays;
  readonly feed: KisFeed;
  readonly masters: MasterFiles;
  readonly spelling: SymbolSpelling;
  readonly brokerClock: MarketClock;
  /** Ten flags, see COMMON_STOCK_ONLY. */
  readonly rankExclusions: string;
}

/** Market data over KIS's REST server, master files and feed. */
export class KisMarketData implements MarketDataPort {
  readonly #with: KisMarketDataDependencies;
  readonly #subscriptions: QuoteSubscriptions;

  constructor(dependencies: KisMarketDataDependencies) {
    this.#with = dependencies;
    this.#subscriptions = new QuoteSubscriptions({
      ...dependencies,
      profile: dependencies.reads.profile,
    });
  }

  async getInstruments(options?: CallOptions): Promise<readonly Instrument[]> {
    const instruments = await this.#with.masters.instruments(options?.signal);
    this.#with.spelling.learn(instruments);
    return instruments;
  }

  async getQuote(symbol: string, options?: CallOptions): Promise<Quote> {
    const { reads, brokerClock } = this.#with;
    // The reply has no time of its own; asking time is the latest that cannot flatter it.
    const at = brokerClock.now();
    return parseQuote(symbol, await reads.read('quote', this.#query(symbol), 'scan', options), at);
  }

  async getQuotes(symbols: readonly string[], options?: CallOptions): Promise<readonly Quote[]> {
    const { reads, brokerClock, spelling } = this.#with;
    if (!reads.offers('quotes')) return await this.#quotesOneByOne(symbols, options);
    // All calls at once: the call budget spaces them, and their answers need not wait for each other.
    const pages = await Promise.all(
      pagesOf(symbols, QUOTES_A_CALL).map(async (page) => {
        const at = brokerClock.now();
        const codes = page.map((symbol) => spelling.toKis(symbol));
        const query = quotesQuery(codes, reads.profile.marketCode);
        return parseQuotes(await reads.read('quotes', query, 'scan', options), at);
      }),
    );
    return pages.flat();
  }

  async getOrderBook(symbol: string, options?: CallOptions): Promise<OrderBook> {
    const { reads, brokerClock } = this.#with;
    const body = await reads.read('orderBook', this.#query(symbol), 'scan', options);
    return parseOrderBook(symbol, body, kstDate(brokerClock.now()));
  }

  async getMinuteCandles(
    symbol: string,
    count: number,
    options?: CallOptions,
  ): Promise<readonly Candle[]> {
    const { reads, brokerClock, spelling } = this.#with;
    const code = spelling.toKis(symbol);
    return await collectMinuteCandles(count, brokerClock.now(), async (until) => {
      const query = minuteCandlesQuery(code, reads.profile.marketCode, until);
      return parseMinuteCandles(await reads.read('minuteCandles', query, 'backfill', options));
    });
  }

  async getTurnoverRank(options?: CallOptions): Promise<readonly RankedSymbol[]> {
    const { reads, rankExclusions } = this.#with;
    if (!reads.offers('volumeRank')) return [];
    const query = volumeRankQuery(rankMarket(reads.profile), 'TURNOVER', rankExclusions);
    return parseTurnoverRank(await reads.read('volumeRank', query, 'scan', options));
  }

  async isMarketOpenOn(date: TradeDate, options?: CallOptions): Promise<boolean | undefined> {
    const { reads, days } = this.#with;
    return reads.offers('holidays') ? await days.isOpen(date, options) : undefined;
  }

  async subscribeQuotes(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    await this.#subscriptions.subscribe(symbols, listener);
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    await this.#subscriptions.unsubscribe(symbols);
  }

  /**
   * Where there is no multi-quote. What it says of bid and ask, a single quote does not: the book does,
   * so a stock costs two calls. They are asked for together; the call budget spaces them.
   */
  async #quotesOneByOne(
    symbols: readonly string[],
    options: CallOptions | undefined,
  ): Promise<readonly Quote[]> {
    const rest = new AbortController();
    const given = options?.signal;
    const signal = given === undefined ? rest.signal : AbortSignal.any([given, rest.signal]);
    try {
      const quotes = await Promise.all(
        symbols.map((symbol) => this.#quoteWithBook(symbol, { ...options, signal })),
      );
      return quotes.flatMap((quote) => quote ?? []);
    } catch (error) {
      // Nobody waits for the others any more.
      rest.abort(error);
      throw error;
    }
  }

  /** Undefined: KIS does not know the stock. Without a readable book there is no bid or ask. */
  async #quoteWithBook(symbol: string, options: CallOptions): Promise<Quote | undefined> {
    const [quote, book] = await Promise.all([
      unlessRefused(this.getQuote(symbol, options)),
      unlessRefused(this.getOrderBook(symbol, options)),
    ]);
    const [ask] = book?.asks ?? [];
    const [bid] = book?.bids ?? [];
    return (
      quote && {
        ...quote,
        bid: bid?.price,
        ask: ask?.price,
        bidSize: bid?.size ?? NO_SHARES,
        askSize: ask?.size ?? NO_SHARES,
      }
    );
  }

  #query(symbol: string): Record<string, string> {
    const { reads, spelling } = this.#with;
    return quoteQuery(spelling.toKis(symbol), reads.profile.marketCode);
  }
}

function pagesOf(symbols: readonly string[], length: number): readonly (readonly string[])[] {
  const count = Math.ceil(symbols.length / length);
  return Array.from({ length: count }, (_, page) =>
    symbols.slice(page * length, (page + 1) * length),
  );
}

/** Undefined for what KIS refuses or says unreadably of this one stock. */
async function unlessRefused<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    const isOfStock = error instanceof BrokerError && ['REFUSED', 'BAD_REPLY'].includes(error.code);
    if (isOfStock) return undefined;
    throw error;
  }
}
