import {
  addQuote,
  candleSeries,
  fullCandles,
  type CandleSeries,
  type ParameterValues,
  type Quote,
  type Strategy,
} from '@fleet/domain';
import { tickSize, type TradeDate } from '@fleet/krx';
import type { MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Instrument, MarketDataPort } from '../ports/market-data.ts';
import type { Candidate, TradingStore } from '../ports/trading-store.ts';
import { indicatorsAsText } from './candidate-text.ts';
import { computeIndicators, turnoverPerMinute } from './indicators.ts';
import { retryRead } from '../reads/retry-read.ts';

/** A strategy with the parameters pinned for the day. */
export interface PinnedStrategy {
  readonly strategy: Strategy;
  readonly params: ParameterValues;
}

export interface MarketScannerDependencies {
  readonly marketData: MarketDataPort;
  readonly trading: TradingStore;
  readonly marketClock: MarketClock;
  readonly newId: () => string;
  readonly log: Log;
  readonly tradeDate: TradeDate;
  readonly universe: readonly Instrument[];
  readonly strategies: readonly PinnedStrategy[];
  readonly openAt: number;
  readonly liquidationAt: number;
}

interface WatchedStock {
  readonly instrument: Instrument;
  series: CandleSeries;
  quote: Quote | undefined;
}

/** The most traded stocks are looked at in every scan, the rest in turn. */
const HOT_STOCKS = 90;
const ROTATED_STOCKS = 90;
/** The broker's own rank finds what rotation has not reached; every so many scans. */
const RANK_EVERY = 3;
/** Rows of stocks without a signal that are kept for the "why not". */
const NEAR_MISSES = 10;
const WARM_UP_STOCKS = 30;
const WARM_UP_CANDLES = 30;

/**
 * MarketDataPoller of worker plan 2.1, once for the whole fleet: quotes of the hot and of some other
 * stocks, candles from them, indicators, the strategies' verdicts, rows in `candidates` (SC-002).
 */
export class MarketScanner {
  readonly #deps: MarketScannerDependencies;
  readonly #stocks = new Map<string, WatchedStock>();
  readonly #ranked = new Set<string>();
  #rotation = 0;
  #scans = 0;

  constructor(deps: MarketScannerDependencies) {
    this.#deps = deps;
    for (const instrument of deps.universe) {
      this.#stocks.set(instrument.symbol, { instrument, series: candleSeries(), quote: undefined });
    }
  }

  /** After a restart in mid-session: the morning's candles of the most traded stocks. */
  async warmUp(signal: AbortSignal): Promise<void> {
    await this.#refreshRank(signal);
    const { marketData, log } = this.#deps;
    for (const symbol of [...this.#ranked].slice(0, WARM_UP_STOCKS)) {
      const stock = this.#stocks.get(symbol);
      if (!stock) continue;
      try {
        const options = { lane: 'backfill', signal } as const;
        const candles = await marketData.getMinuteCandles(symbol, WARM_UP_CANDLES, options);
        stock.series = candleSeries(candles);
      } catch (error) {
        signal.throwIfAborted();
        // True now: this stock starts without bars; the scans build them.
        log.warn('CandlesNotRead', { symbol, error });
      }
    }
  }

  /** One scan. @throws BrokerError when quotes cannot be had (EC-001: the next scan tries again) */
  async scan(signal: AbortSignal): Promise<{ looked: number; signals: number }> {
    if (this.#scans % RANK_EVERY === 0) await this.#refreshRank(signal);
    this.#scans += 1;
    const symbols = this.#chooseSymbols();
    const quotes = await this.#getQuotes(symbols, signal);
    const looked = quotes.flatMap((quote) => this.#take(quote) ?? []);
    const scannedAt = this.#deps.marketClock.now();
    const rows = this.#deps.strategies.flatMap((pinned) => this.#judge(pinned, looked, scannedAt));
    const { tradeDate, trading, newId, log } = this.#deps;
    const scanId = newId();
    const stamped = rows.map((row) => ({ ...row, scanId }));
    await trading.saveScan(stamped, { scanId, scannedAt, looked: looked.length, tradeDate });
    const signals = rows.filter((row) => row.signal).length;
    log.debug('CandidatesScanned', { scanId, looked: looked.length, signals });
    return { looked: looked.length, signals };
  }

  async #getQuotes(symbols: readonly string[], signal: AbortSignal): Promise<readonly Quote[]> {
    const { marketData } = this.#deps;
    const read = () => marketData.getQuotes(symbols, { lane: 'scan', signal });
    return await retryRead(this.#deps, 'quotes of the scan', read, signal);
  }

  async #refreshRank(signal: AbortSignal): Promise<void> {
    const { marketData } = this.#deps;
    const read = () => marketData.getTurnoverRank({ lane: 'scan', signal });
    const ranked = await retryRead(this.#deps, 'turnover rank', read, signal);
    this.#ranked.clear();
    for (const { symbol } of ranked) if (this.#stocks.has(symbol)) this.#ranked.add(symbol);
  }

  #chooseSymbols(): string[] {
    const all = [...this.#stocks.values()];
    const byTurnover = all
      .filter((stock) => stock.quote !== undefined)
      .toSorted((a, b) => turnoverOf(b) - turnoverOf(a))
      .slice(0, HOT_STOCKS)
      .map((stock) => stock.instrument.symbol);
    const chosen = new Set([...this.#ranked, ...byTurnover]);
    for (let i = 0; i < Math.min(ROTATED_STOCKS, all.length); i += 1) {
      const stock = all[(this.#rotation + i) % all.length];
      if (stock) chosen.add(stock.instrument.symbol);
    }
    this.#rotation = all.length === 0 ? 0 : (this.#rotation + ROTATED_STOCKS) % all.length;
    return [...chosen];
  }

  #take(quote: Quote): WatchedStock | undefined {
    const stock = this.#stocks.get(quote.symbol);
    if (!stock) return undefined;
    stock.series = addQuote(stock.series, quote);
    stock.quote = quote;
    return stock;
  }

  #judge(pinned: PinnedStrategy, looked: readonly WatchedStock[], now: number): Candidate[] {
    const rows = looked.flatMap((stock) => this.#candidate(pinned, stock, now) ?? []);
    const best = rows.toSorted((a, b) => Number(b.score) - Number(a.score));
    const signals = best.filter((row) => row.signal);
    return [...signals, ...best.filter((row) => !row.signal).slice(0, NEAR_MISSES)];
  }

  #candidate(pinned: PinnedStrategy, stock: WatchedStock, now: number): Candidate | undefined {
    const { instrument, quote, series } = stock;
    if (!quote) return undefined;
    const candles = fullCandles(series, now);
    const windows = pinned.strategy.indicatorWindows(pinned.params);
    const indicators = computeIndicators(candles, windows);
    const perMinute = turnoverPerMinute(candles, windows.lookBack);
    const decision = pinned.strategy.evaluateBuy(
      {
        quote,
        indicators,
        turnoverPerMinute: perMinute,
        tickSize: tickSize(
          Math.round(quote.lastPrice.toNumber()),
          instrument,
          this.#deps.tradeDate,
        ),
        now,
        openAt: this.#deps.openAt,
        liquidationAt: this.#deps.liquidationAt,
      },
      pinned.params,
    );
    return {
      scanId: '',
      scannedAt: now,
      strategyName: pinned.strategy.name,
      symbol: instrument.symbol,
      signal: decision.signal,
      score: decision.score.toFixed(),
      lastPrice: quote.lastPrice,
      bid: quote.bid,
      ask: quote.ask,
      volume: quote.volume,
      turnover: quote.turnover,
      changeRate: quote.lastPrice.div(quote.previousClose).minus(1).toDecimalPlaces(6).toFixed(),
      indicators: indicatorsAsText(indicators, perMinute),
      whyNot: decision.signal ? decision.reasons : decision.whyNot,
    };
  }
}

function turnoverOf(stock: WatchedStock): number {
  return stock.quote?.turnover.toNumber() ?? 0;
}
