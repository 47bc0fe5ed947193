import {
  addTick,
  candleSeries,
  fullCandles,
  quantity,
  type Candle,
  type CandleSeries,
  type Quote,
  type WatchLimits,
} from '@fleet/domain';
import { freshQuote } from '../market/fresh-quote.ts';
import type { CallOptions } from '../ports/broker.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { FeedStatus, MarketDataPort, QuoteListener, Tick } from '../ports/market-data.ts';

/** Candles asked for when a watch opens. */
const BACKFILL_CANDLES = 60;
/** A stock that has traded within so long trades, market ms. */
const TRADED_MS = 5_000;
const SECOND_MS = 1_000;

/** INTERRUPTED: the call auction of a volatility interruption. */
export type TradingState = 'TRADES' | 'HALTED' | 'INTERRUPTED';

/**
 * One stock's newest quote and candles, from ticks, and from polls while no tick comes. Opened with
 * a quote and the morning's candles, so that an adopted position is judged like an own one.
 */
export class StockWatch implements QuoteListener {
  readonly #deps: WatchDependencies;
  readonly #symbol: string;
  #quote: Quote;
  #series: CandleSeries;
  #status: FeedStatus = 'stale';
  #heardAt: number;
  #tradedAt = -Infinity;
  /** Of the newest word that was of its time: a trade, or an answer; monotonic ms. */
  #timelyAt: number;
  #skewMs: number | undefined;
  #wake: (() => void) | undefined;

  private constructor(deps: WatchDependencies, quote: Quote, candles: readonly Candle[]) {
    this.#deps = deps;
    this.#symbol = quote.symbol;
    this.#quote = quote;
    this.#series = candleSeries(candles);
    this.#heardAt = deps.marketClock.now();
    this.#timelyAt = deps.clock.monotonicMs();
  }

  /** @throws BrokerError when there is no quote */
  static async open(
    deps: WatchDependencies,
    symbol: string,
    signal: AbortSignal,
  ): Promise<StockWatch> {
    const options = { lane: 'exit', signal } as const;
    const quote = await freshQuote(deps, symbol, options);
    const candles = await backfill(deps, symbol, options);
    const watch = new StockWatch(deps, quote, candles);
    await deps.marketData.subscribeQuotes([symbol], watch);
    return watch;
  }

  async close(): Promise<void> {
    // A failed unsubscribe costs a slot until the gateway sees this process go; nothing else.
    await this.#deps.marketData.unsubscribe([this.#symbol]).catch(() => undefined);
  }

  get quote(): Quote {
    return this.#quote;
  }

  get feedStatus(): FeedStatus {
    return this.#status;
  }

  candles(): readonly Candle[] {
    return fullCandles(this.#series, this.#deps.marketClock.now());
  }

  onTick(tick: Tick): void {
    if (tick.symbol !== this.#symbol) return;
    this.#heardAt = this.#deps.marketClock.now();
    if (tick.dayVolume > this.#quote.volume) {
      this.#series = addTick(this.#series, tick);
      if (!tick.halted) this.#tradedAt = this.#heardAt;
      this.#noteTime(tick.at);
    }
    this.#quote = mergeTick(this.#quote, tick);
    this.#wake?.();
  }

  onFeedStatus(symbol: string, status: FeedStatus): void {
    if (symbol === this.#symbol) this.#status = status;
  }

  /** Real ms without a timely word; and how far the newest trades' time is from ours, when that is why. */
  get silence(): { readonly ms: number; readonly skewMs: number | undefined } {
    return { ms: this.#deps.clock.monotonicMs() - this.#timelyAt, skewMs: this.#skewMs };
  }

  /** A trade carries the exchange's time in whole seconds. */
  #noteTime(at: number): void {
    const { marketClock, clock, watchLimits } = this.#deps;
    const skewMs = Math.abs(marketClock.now() - at) / marketClock.speed();
    const isTimely = skewMs <= watchLimits.clockSkewMs + SECOND_MS / marketClock.speed();
    if (isTimely) this.#timelyAt = clock.monotonicMs();
    this.#skewMs = isTimely ? undefined : skewMs;
  }

  /** Asks for a quote when no tick came for `quietMs` of market time. @throws BrokerError */
  async refreshIfQuiet(quietMs: number, signal: AbortSignal): Promise<void> {
    if (this.#deps.marketClock.now() - this.#heardAt < quietMs) return;
    await this.refresh(signal);
  }

  /** @throws BrokerError */
  async refresh(signal: AbortSignal): Promise<void> {
    const quote = await freshQuote(this.#deps, this.#symbol, { lane: 'exit', signal });
    this.#heardAt = this.#deps.marketClock.now();
    this.#timelyAt = this.#deps.clock.monotonicMs();
    if (quote.volume > this.#quote.volume) {
      const volume = quantity(quote.volume - this.#quote.volume);
      this.#series = addTick(this.#series, { at: quote.at, price: quote.lastPrice, volume });
    }
    if (quote.volume < this.#quote.volume) return;
    // A quote of many does not carry the flags.
    const { halted, volatilityInterrupted } = this.#quote;
    this.#quote = { ...quote, halted, volatilityInterrupted };
  }

  /**
   * Whether the stock trades. A trade just heard says so; else one quote is asked for, as no other reply
   * has the flags. Without it the stock counts as trading: a sell is never kept back by a failed read.
   * @param isDoubtful the broker has refused a sell: ask it
   */
  async readState(isDoubtful: boolean, signal: AbortSignal): Promise<TradingState> {
    const { marketClock, marketData, log } = this.#deps;
    if (!isDoubtful && marketClock.now() - this.#tradedAt <= TRADED_MS) return 'TRADES';
    const askedAt = marketClock.now();
    try {
      const quote = await marketData.getQuote(this.#symbol, { lane: 'exit', signal });
      // A trade that came meanwhile is newer than what the quote says.
      if (this.#tradedAt >= askedAt) return 'TRADES';
      const { halted, volatilityInterrupted } = quote;
      this.#quote = { ...this.#quote, halted, volatilityInterrupted };
      return halted ? 'HALTED' : volatilityInterrupted ? 'INTERRUPTED' : 'TRADES';
    } catch (error) {
      signal.throwIfAborted();
      log.warn('TradingStateNotRead', { symbol: this.#symbol, error });
      return 'TRADES';
    }
  }

  /** Resolves at the next tick or at the market instant, whichever is first. */
  async nextTick(untilMarket: number, signal: AbortSignal): Promise<void> {
    const ticked = new AbortController();
    this.#wake = () => ticked.abort();
    await this.#deps.marketClock
      .sleepUntil(untilMarket, AbortSignal.any([signal, ticked.signal]))
      .catch(() => undefined);
    this.#wake = undefined;
  }
}

export interface WatchDependencies {
  readonly marketData: MarketDataPort;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  /** A trade's time may be so far from ours, real ms. */
  readonly watchLimits: Pick<WatchLimits, 'clockSkewMs'>;
  readonly log: Log;
}

/** Without the morning's candles a position can still be watched, and above all sold. */
async function backfill(
  deps: WatchDependencies,
  symbol: string,
  options: CallOptions,
): Promise<readonly Candle[]> {
  try {
    return await deps.marketData.getMinuteCandles(symbol, BACKFILL_CANDLES, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    deps.log.warn('CandlesNotRead', { symbol, error });
    return [];
  }
}

function mergeTick(quote: Quote, tick: Tick): Quote {
  if (tick.dayVolume < quote.volume) return quote;
  return {
    ...quote,
    at: Math.max(quote.at, tick.at),
    lastPrice: tick.price,
    bid: tick.bid,
    ask: tick.ask,
    bidSize: tick.bidSize,
    askSize: tick.askSize,
    high: quote.high?.gte(tick.price) ? quote.high : tick.price,
    low: quote.low?.lte(tick.price) ? quote.low : tick.price,
    volume: tick.dayVolume,
    halted: tick.halted,
    volatilityInterrupted: quote.volatilityInterrupted && tick.dayVolume === quote.volume,
  };
}
