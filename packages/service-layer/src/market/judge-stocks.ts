import {
  fullCandles,
  UNTOUCHED_STOCK,
  type BuyDecision,
  type Indicators,
  type IndicatorWindows,
  type ParameterValues,
  type Quote,
  type StockDay,
  type Strategy,
} from '@fleet/domain';
import { tickSize, type TradeDate } from '@fleet/krx';
import type { Decimal } from 'decimal.js';
import type { Candidate } from '../ports/trading-store.ts';
import { indicatorsAsText } from './candidate-text.ts';
import { computeIndicators, turnoverPerMinute } from './indicators.ts';
import { coarseBars, widest, type WatchedStock } from './watched-stock.ts';

/** A strategy with the parameters pinned for the day. */
export interface PinnedStrategy {
  readonly strategy: Strategy;
  readonly params: ParameterValues;
}

/** What is the same for all stocks of one scan. */
export interface ScanView {
  readonly tradeDate: TradeDate;
  readonly openAt: number;
  readonly liquidationAt: number;
  /** Market ms. */
  readonly now: number;
  readonly stockDays: ReadonlyMap<string, StockDay>;
}

export interface Judgement {
  readonly stock: WatchedStock;
  readonly quote: Quote;
  readonly indicators: Indicators;
  readonly turnoverPerMinute: Decimal;
  readonly decision: BuyDecision;
}

/**
 * The strategy's word on every stock that was quoted: a scan's own time, without the broker and
 * without the database.
 */
export function judgeStocks(
  pinned: PinnedStrategy,
  stocks: readonly WatchedStock[],
  view: ScanView,
): Judgement[] {
  const windows = pinned.strategy.indicatorWindows(pinned.params);
  return stocks.flatMap((stock) => judgeStock({ ...pinned, windows }, stock, view) ?? []);
}

function judgeStock(
  { strategy, params, windows }: PinnedStrategy & { readonly windows: IndicatorWindows },
  stock: WatchedStock,
  view: ScanView,
): Judgement | undefined {
  const { quote, instrument } = stock;
  if (quote === undefined) return undefined;
  const { now, openAt, liquidationAt } = view;
  const candles = fullCandles(stock.series, now);
  const indicators = computeIndicators(candles, windows);
  const perMinute = turnoverPerMinute(candles, windows.lookBack);
  const decision = strategy.evaluateBuy(
    {
      quote,
      indicators,
      turnoverPerMinute: perMinute,
      tickSize: tickSize(Math.round(quote.lastPrice.toNumber()), instrument, view.tradeDate),
      stockDay: view.stockDays.get(instrument.symbol) ?? UNTOUCHED_STOCK,
      now,
      openAt,
      liquidationAt,
    },
    params,
  );
  const needed = widest(windows);
  const bars = coarseBars(stock, candles, needed);
  const judged = { stock, quote, indicators, turnoverPerMinute: perMinute };
  if (bars === undefined || !decision.signal) return { ...judged, decision };
  // A buy on bars that hold several minutes each is no signal.
  const whyNot = [{ code: 'BARS_COARSE', actual: String(bars), limit: String(needed) }];
  return { ...judged, decision: { signal: false, score: decision.score, whyNot } };
}

/** The row that a judgement leaves. */
export function candidateOf(judgement: Judgement, strategyName: string, now: number): Candidate {
  const { quote, decision, stock, indicators } = judgement;
  return {
    scanId: '',
    scannedAt: now,
    strategyName,
    symbol: stock.instrument.symbol,
    signal: decision.signal,
    score: decision.score.toFixed(),
    lastPrice: quote.lastPrice,
    bid: quote.bid,
    ask: quote.ask,
    volume: quote.volume,
    turnover: quote.turnover,
    changeRate: quote.lastPrice.div(quote.previousClose).minus(1).toDecimalPlaces(6).toFixed(),
    indicators: indicatorsAsText(indicators, judgement.turnoverPerMinute),
    reasons: decision.signal ? decision.reasons : [],
    whyNot: decision.signal ? [] : decision.whyNot,
  };
}

/** How many stocks each reason refused. */
export function countRefusals(judgements: readonly Judgement[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { decision } of judgements) {
    if (decision.signal) continue;
    for (const { code } of decision.whyNot) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
