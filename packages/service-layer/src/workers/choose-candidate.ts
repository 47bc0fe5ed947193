import { UNTOUCHED_STOCK, type BuyDecision, type Quote, type StockDay } from '@fleet/domain';
import { phaseAt, tickSize } from '@fleet/krx';
import { Decimal } from 'decimal.js';
import { BrokerError } from '../ports/broker.ts';
import type { GrantedLock } from '../ports/lock-store.ts';
import type { Instrument } from '../ports/market-data.ts';
import type { Candidate } from '../ports/trading-store.ts';
import { indicatorsOfText } from '../market/candidate-text.ts';
import { freshQuote } from '../market/fresh-quote.ts';
import type { TradingDay, WorkerContext } from './worker-context.ts';

export interface Chosen {
  readonly lock: GrantedLock;
  readonly candidate: Candidate;
  readonly quote: Quote;
  readonly instrument: Instrument;
  /** The strategy's word on this quote. */
  readonly decision: Extract<BuyDecision, { signal: true }>;
}

/** Signals older than this say nothing of now, market ms. */
const SIGNAL_AGE_MS_MAX = 90_000;
const SIGNALS_PER_LOOK = 30;
/** Fresh quotes asked for in one look; the budget is the fleet's. */
const QUOTES_PER_LOOK = 5;

/**
 * SC-002 to SC-004: the newest scan's signals, best first; each is judged again on a fresh quote, then
 * its stock is claimed. A refused claim goes on to the next at once. Undefined: nothing to buy now.
 */
export async function chooseCandidate(
  ctx: WorkerContext,
  day: TradingDay,
  skip: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<Chosen | undefined> {
  const now = ctx.marketClock.now();
  if (phaseAt(day.session, now) !== 'CONTINUOUS' || now >= day.liquidationAt) return undefined;
  const signals = await ctx.trading.getSignals(
    day.strategy.name,
    now - SIGNAL_AGE_MS_MAX,
    SIGNALS_PER_LOOK,
  );
  if (signals.length === 0) return undefined;
  const locked = new Set(await ctx.lockStore.getLockedSymbols());
  const free = signals.filter(
    (candidate) => !locked.has(candidate.symbol) && (skip.get(candidate.symbol) ?? 0) <= now,
  );
  for (const candidate of free.slice(0, QUOTES_PER_LOOK)) {
    const chosen = await tryCandidate(ctx, day, candidate, signal);
    if (chosen) return chosen;
  }
  return undefined;
}

async function tryCandidate(
  ctx: WorkerContext,
  day: TradingDay,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<Chosen | undefined> {
  const { symbol } = candidate;
  const instrument = await ctx.trading.getInstrument(day.tradeDate, symbol);
  if (!instrument) return undefined;
  const quote = await quoteOf(ctx, symbol, signal);
  if (!quote) return undefined;
  const days = await ctx.trading.getStockDays(day.tradeDate, symbol);
  const stockDay = days.get(symbol) ?? UNTOUCHED_STOCK;
  const decision = judge(ctx, day, { candidate, quote, instrument, stockDay });
  if (!decision.signal) {
    ctx.log.debug('SignalGone', { symbol, whyNot: decision.whyNot });
    return undefined;
  }
  const lock = await ctx.lockKeeper.acquire(symbol, 'ENTRY');
  if (!lock.granted) {
    ctx.board.lastEvent = 'LockRejectedEvent';
    return undefined;
  }
  return { lock, candidate, quote, instrument, decision };
}

/** Undefined for a stock that the broker has no quote of: the next candidate may have one. */
async function quoteOf(
  ctx: WorkerContext,
  symbol: string,
  signal: AbortSignal,
): Promise<Quote | undefined> {
  try {
    return await freshQuote(ctx, symbol, { lane: 'entry', signal });
  } catch (error) {
    if (!(error instanceof BrokerError) || error.retryable) throw error;
    ctx.log.warn('QuoteNotRead', { symbol, error });
    return undefined;
  }
}

/** The strategy's word on the fresh quote, with what the fleet has done in the stock until now. */
function judge(
  ctx: WorkerContext,
  day: TradingDay,
  seen: { candidate: Candidate; quote: Quote; instrument: Instrument; stockDay: StockDay },
): BuyDecision {
  const { candidate, quote, instrument, stockDay } = seen;
  return day.strategy.evaluateBuy(
    {
      quote,
      indicators: indicatorsOfText(candidate.indicators),
      turnoverPerMinute: new Decimal(candidate.indicators['turnoverPerMinute'] ?? '0'),
      tickSize: tickSize(Math.round(quote.lastPrice.toNumber()), instrument, day.tradeDate),
      stockDay,
      now: ctx.marketClock.now(),
      openAt: day.session.continuous.from,
      liquidationAt: day.liquidationAt,
    },
    day.params,
  );
}
