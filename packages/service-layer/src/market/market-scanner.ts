import type { Quote } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Instrument, MarketDataPort } from '../ports/market-data.ts';
import type { Candidate, ScanSummary, StockMark, TradingStore } from '../ports/trading-store.ts';
import { retryRead } from '../reads/retry-read.ts';
import { chooseProspects } from './choose-prospects.ts';
import {
  candidateOf,
  countRefusals,
  judgeStocks,
  type Judgement,
  type PinnedStrategy,
  type ScanView,
} from './judge-stocks.ts';
import {
  backfill,
  look,
  putOffBackfill,
  rangeRateOf,
  watchedStock,
  widest,
  type WatchedStock,
} from './watched-stock.ts';

export interface MarketScannerDependencies {
  readonly marketData: Pick<MarketDataPort, 'getQuotes' | 'getTurnoverRank' | 'getMinuteCandles'>;
  readonly trading: Pick<TradingStore, 'getStockDays' | 'saveScan'>;
  readonly marketClock: MarketClock;
  readonly newId: () => string;
  readonly log: Log;
  readonly tradeDate: TradeDate;
  readonly universe: readonly Instrument[];
  readonly strategies: readonly PinnedStrategy[];
  readonly openAt: number;
  readonly liquidationAt: number;
  /** How many stocks of the rest are looked at in turn in each scan. */
  readonly rotatedStocks: number;
}

/** The most traded stocks are looked at in every scan, the rest in turn. */
const HOT_STOCKS = 90;
/** Stocks that signalled lately are looked at in every scan too, so that their bars stay fine. */
const FOLLOWED_STOCKS = 30;
const FOLLOW_MS = 10 * 60_000;
/** The broker's own rank finds what rotation has not reached; every so many scans. */
const RANK_EVERY = 3;
/** Rows of stocks without a signal that each scan keeps for the "why not". */
const NEAR_MISSES = 10;
const WARM_UP_STOCKS = 30;
/** One call of the broker gives thirty minutes. */
const BACKFILL_CANDLES = 30;

/**
 * MarketDataPoller of worker plan 2.1, once for the whole fleet: quotes of the hot and of some other
 * stocks, candles from them, indicators, the strategies' verdicts, rows in `candidates` (SC-002).
 */
export class MarketScanner {
  readonly #deps: MarketScannerDependencies;
  readonly #stocks = new Map<string, WatchedStock>();
  readonly #ranked = new Set<string>();
  /** Until when, market ms. */
  readonly #followed = new Map<string, number>();
  #rotation = 0;
  #scans = 0;

  constructor(deps: MarketScannerDependencies) {
    this.#deps = deps;
    for (const instrument of deps.universe) {
      this.#stocks.set(instrument.symbol, watchedStock(instrument));
    }
  }

  /** After a restart in mid-session: the morning's candles of the most traded stocks. */
  async warmUp(signal: AbortSignal): Promise<void> {
    await this.#refreshRank(signal);
    const stocks = [...this.#ranked].flatMap((symbol) => this.#stocks.get(symbol) ?? []);
    for (const stock of stocks.slice(0, WARM_UP_STOCKS)) await this.#backfill(stock, signal);
  }

  /** One scan. @throws BrokerError when quotes cannot be had (EC-001: the next scan tries again) */
  async scan(signal: AbortSignal): Promise<{ looked: number; signals: number }> {
    const { tradeDate, trading, marketClock, newId, log } = this.#deps;
    if (this.#scans % RANK_EVERY === 0) await this.#refreshRank(signal);
    this.#scans += 1;
    const stockDays = await trading.getStockDays(tradeDate);
    const held = [...stockDays].flatMap(([symbol, day]) => (day.held ? [symbol] : []));
    const quotes = await this.#getQuotes(this.#chooseSymbols(held), signal);
    const now = marketClock.now();
    const looked = this.#look(quotes, now);
    const view: ScanView = { ...this.#deps, now, stockDays };
    const judged = await this.#judge(looked, view, signal);
    const scanId = newId();
    const rows = judged
      .flatMap(([name, judgements]) => rowsOf(judgements, name, now))
      .map((row) => ({ ...row, scanId }));
    const signals = rows.filter((row) => row.signal);
    const marked = new Set([...held, ...signals.map(({ symbol }) => symbol)]);
    const scan: ScanSummary = {
      scanId,
      scannedAt: now,
      looked: looked.length,
      tradeDate,
      marks: quotes
        .filter(({ symbol }) => marked.has(symbol))
        .map((quote) => this.#markOf(quote, now)),
      marketChange: medianChange(looked),
      refusals: Object.fromEntries(
        judged.map(([name, judgements]) => [name, countRefusals(judgements)]),
      ),
    };
    await trading.saveScan(rows, scan);
    this.#follow(signals, now);
    log.debug('CandidatesScanned', { scanId, looked: looked.length, signals: signals.length });
    return { looked: looked.length, signals: signals.length };
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

  /** What the fleet holds comes first: its mark is what losses are measured by. */
  #chooseSymbols(held: readonly string[]): string[] {
    const all = [...this.#stocks.values()];
    const hot = mostTraded(all, HOT_STOCKS).map((stock) => stock.instrument.symbol);
    const chosen = new Set([...held, ...this.#ranked, ...hot, ...this.#followed.keys()]);
    const turns = Math.min(this.#deps.rotatedStocks, all.length);
    for (let turn = 0; turn < turns; turn += 1) {
      const stock = all[(this.#rotation + turn) % all.length];
      if (stock) chosen.add(stock.instrument.symbol);
    }
    this.#rotation = all.length === 0 ? 0 : (this.#rotation + turns) % all.length;
    return [...chosen];
  }

  #look(quotes: readonly Quote[], now: number): WatchedStock[] {
    return quotes.flatMap((quote) => {
      const stock = this.#stocks.get(quote.symbol);
      if (!stock) return [];
      look(stock, quote, now);
      return [stock];
    });
  }

  #markOf(quote: Quote, now: number): StockMark {
    const stock = this.#stocks.get(quote.symbol);
    const rangeRate = stock && rangeRateOf(stock, now);
    return { symbol: quote.symbol, price: quote.lastPrice, rangeRate };
  }

  /** Each strategy's verdicts; stocks whose bars had to be asked for are judged again. */
  async #judge(
    looked: readonly WatchedStock[],
    view: ScanView,
    signal: AbortSignal,
  ): Promise<(readonly [name: string, judgements: readonly Judgement[]])[]> {
    const { strategies } = this.#deps;
    const judged = strategies.map((pinned) => ({
      pinned,
      judgements: judgeStocks(pinned, looked, view),
    }));
    const prospects = chooseProspects(
      judged.flatMap(({ judgements }) => judgements),
      view.now,
    );
    await Promise.all(prospects.map((stock) => this.#backfill(stock, signal)));
    const changed = new Set(prospects);
    return judged.map(({ pinned, judgements }) => [
      pinned.strategy.name,
      judgements.flatMap((judgement) =>
        changed.has(judgement.stock) ? judgeStocks(pinned, [judgement.stock], view) : [judgement],
      ),
    ]);
  }

  async #backfill(stock: WatchedStock, signal: AbortSignal): Promise<void> {
    const { marketData, marketClock, strategies, log } = this.#deps;
    const { symbol } = stock.instrument;
    const bars = strategies.map(({ strategy, params }) =>
      widest(strategy.indicatorWindows(params)),
    );
    try {
      const options = { lane: 'backfill', signal } as const;
      const count = Math.max(BACKFILL_CANDLES, ...bars);
      const candles = await marketData.getMinuteCandles(symbol, count, options);
      backfill(stock, candles, marketClock.now());
    } catch (error) {
      signal.throwIfAborted();
      // True now: this stock's bars stay as they were; scans go on building them.
      putOffBackfill(stock, marketClock.now());
      log.warn('CandlesNotRead', { symbol, error });
    }
  }

  #follow(signals: readonly Candidate[], now: number): void {
    for (const { symbol } of signals) this.#followed.set(symbol, now + FOLLOW_MS);
    const newest = [...this.#followed].filter(([, until]) => until > now);
    this.#followed.clear();
    for (const [symbol, until] of newest.slice(-FOLLOWED_STOCKS)) this.#followed.set(symbol, until);
  }
}

function rowsOf(judgements: readonly Judgement[], name: string, now: number): Candidate[] {
  const best = judgements.toSorted((a, b) => b.decision.score.comparedTo(a.decision.score));
  const signals = best.filter(({ decision }) => decision.signal);
  const misses = best.filter(({ decision }) => !decision.signal).slice(0, NEAR_MISSES);
  return [...signals, ...misses].map((judgement) => candidateOf(judgement, name, now));
}

function mostTraded(stocks: readonly WatchedStock[], count: number): WatchedStock[] {
  return stocks
    .filter((stock) => stock.quote !== undefined)
    .toSorted((a, b) => b.turnover - a.turnover)
    .slice(0, count);
}

/** Of the most traded that were looked at: the market, as far as this fleet sees it. */
function medianChange(looked: readonly WatchedStock[]): number | undefined {
  const changes = mostTraded(looked, HOT_STOCKS)
    .flatMap(({ quote }) =>
      quote ? [quote.lastPrice.toNumber() / quote.previousClose.toNumber() - 1] : [],
    )
    .toSorted((a, b) => a - b);
  const middle = Math.floor(changes.length / 2);
  return changes.length % 2 === 1 ? changes[middle] : mean(changes[middle - 1], changes[middle]);
}

function mean(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : (a + b) / 2;
}
