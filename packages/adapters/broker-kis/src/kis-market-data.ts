import type { Candle, Quote } from '@fleet/domain';
import { kstDate, type TradeDate } from '@fleet/krx';
import {
  BrokerError,
  type CallLane,
  type CallOptions,
  type Instrument,
  type MarketClock,
  type MarketDataPort,
  type OrderBook,
  type QuoteListener,
  type RankedSymbol,
} from '@fleet/service-layer';
import { type Endpoint, endpointOf, findEndpoint } from './endpoints.ts';
import type { KisFeed } from './feed/kis-feed.ts';
import { QuoteSubscriptions } from './feed/quote-subscriptions.ts';
import type { MasterFiles } from './master/master-files.ts';
import { holidaysQuery, parseOpenDays } from './quotes/holidays.ts';
import {
  collectMinuteCandles,
  minuteCandlesQuery,
  parseMinuteCandles,
} from './quotes/minute-candles.ts';
import { parseOrderBook } from './quotes/order-book.ts';
import { parseQuote, parseQuotes, quoteQuery, QUOTES_A_CALL, quotesQuery } from './quotes/quote.ts';
import { COMMON_STOCK_ONLY, parseTurnoverRank, turnoverRankQuery } from './quotes/turnover-rank.ts';
import type { KisReader } from './rest/kis-reader.ts';
import type { KisRequest } from './rest/kis-rest-client.ts';
import type { ReplyRow } from './rest/envelope.ts';
import type { KisProfile } from './profile.ts';
import type { SymbolSpelling } from './symbol-spelling.ts';

export interface KisMarketDataDependencies {
  readonly profile: KisProfile;
  readonly reader: KisReader;
  readonly feed: KisFeed;
  readonly masters: MasterFiles;
  readonly spelling: SymbolSpelling;
  readonly brokerClock: MarketClock;
  /** Ten flags, see COMMON_STOCK_ONLY. */
  readonly rankExclusions?: string;
}

/** Market data over KIS's REST server, master files and feed. */
export class KisMarketData implements MarketDataPort {
  readonly #with: KisMarketDataDependencies;
  readonly #subscriptions: QuoteSubscriptions;
  /** KIS asks for one holiday call a day; the day of the call and what it said. */
  #openDays: { readonly on: TradeDate; readonly days: ReadonlyMap<TradeDate, boolean> } | undefined;

  constructor(dependencies: KisMarketDataDependencies) {
    this.#with = dependencies;
    this.#subscriptions = new QuoteSubscriptions(dependencies);
  }

  async getInstruments(options?: CallOptions): Promise<readonly Instrument[]> {
    const instruments = await this.#with.masters.instruments(options?.signal);
    this.#with.spelling.learn(instruments);
    return instruments;
  }

  async getQuote(symbol: string, options?: CallOptions): Promise<Quote> {
    // The reply has no time of its own; asking time is the latest that cannot flatter it.
    const at = this.#with.brokerClock.now();
    const endpoint = endpointOf(this.#with.profile, 'quote');
    const body = await this.#read(endpoint, quoteQuery(this.#code(symbol)), 'scan', options);
    return parseQuote(symbol, body, at);
  }

  async getQuotes(symbols: readonly string[], options?: CallOptions): Promise<readonly Quote[]> {
    const endpoint = findEndpoint(this.#with.profile, 'quotes');
    if (endpoint === undefined) return await this.#quotesOneByOne(symbols, options);
    // All calls at once: the call budget spaces them, and their answers need not wait for each other.
    const pages = await Promise.all(
      pagesOf(symbols, QUOTES_A_CALL).map(async (page) => {
        const at = this.#with.brokerClock.now();
        const codes = page.map((symbol) => this.#code(symbol));
        const body = await this.#read(endpoint, quotesQuery(codes), 'scan', options);
        return parseQuotes(body, at);
      }),
    );
    return pages.flat();
  }

  async getOrderBook(symbol: string, options?: CallOptions): Promise<OrderBook> {
    const endpoint = endpointOf(this.#with.profile, 'orderBook');
    const body = await this.#read(endpoint, quoteQuery(this.#code(symbol)), 'scan', options);
    return parseOrderBook(symbol, body, this.#today());
  }

  async getMinuteCandles(
    symbol: string,
    count: number,
    options?: CallOptions,
  ): Promise<readonly Candle[]> {
    const endpoint = endpointOf(this.#with.profile, 'minuteCandles');
    return await collectMinuteCandles(count, this.#with.brokerClock.now(), async (until) => {
      const query = minuteCandlesQuery(this.#code(symbol), until);
      return parseMinuteCandles(await this.#read(endpoint, query, 'backfill', options));
    });
  }

  async getTurnoverRank(options?: CallOptions): Promise<readonly RankedSymbol[]> {
    const { profile, rankExclusions = COMMON_STOCK_ONLY } = this.#with;
    const endpoint = findEndpoint(profile, 'turnoverRank');
    if (endpoint === undefined) return [];
    return parseTurnoverRank(
      await this.#read(endpoint, turnoverRankQuery(rankExclusions), 'scan', options),
    );
  }

  async isMarketOpenOn(date: TradeDate, options?: CallOptions): Promise<boolean | undefined> {
    const endpoint = findEndpoint(this.#with.profile, 'holidays');
    if (endpoint === undefined) return undefined;
    const on = this.#today();
    const known = this.#openDays?.on === on ? this.#openDays.days : undefined;
    if (known?.has(date) === true) return known.get(date);
    const days = parseOpenDays(await this.#read(endpoint, holidaysQuery(date), 'scan', options));
    this.#openDays = { on, days: new Map([...(known ?? []), ...days]) };
    return days.get(date);
  }

  async subscribeQuotes(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    await this.#subscriptions.subscribe(symbols, listener);
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    await this.#subscriptions.unsubscribe(symbols);
  }

  /** Where there is no multi-quote: one call each. A stock that KIS does not know is left out. */
  async #quotesOneByOne(
    symbols: readonly string[],
    options: CallOptions | undefined,
  ): Promise<readonly Quote[]> {
    const quotes: Quote[] = [];
    for (const symbol of symbols) {
      try {
        quotes.push(await this.getQuote(symbol, options));
      } catch (error) {
        const isUnknown =
          error instanceof BrokerError && ['REFUSED', 'BAD_REPLY'].includes(error.code);
        if (!isUnknown) throw error;
      }
    }
    return quotes;
  }

  async #read(
    endpoint: Endpoint,
    query: Readonly<Record<string, string>>,
    lane: CallLane,
    options: CallOptions | undefined,
  ): Promise<ReplyRow> {
    const request: KisRequest = {
      ...endpoint,
      method: 'GET',
      query,
      lane: options?.lane ?? lane,
      ...(options?.signal === undefined ? {} : { signal: options.signal }),
    };
    return (await this.#with.reader.read(request)).body;
  }

  #code(symbol: string): string {
    return this.#with.spelling.toKis(symbol);
  }

  #today(): TradeDate {
    return kstDate(this.#with.brokerClock.now());
  }
}

function pagesOf(symbols: readonly string[], length: number): readonly (readonly string[])[] {
  const count = Math.ceil(symbols.length / length);
  return Array.from({ length: count }, (_, page) =>
    symbols.slice(page * length, (page + 1) * length),
  );
}
