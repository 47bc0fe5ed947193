import {
  entryOrderType,
  isTerminal,
  marketableLimit,
  quantity,
  sizeBuy,
  won,
  type EntryOrderType,
  type Price,
  type Won,
} from '@fleet/domain';
import {
  nxtPhaseAt,
  nxtSessionOf,
  phaseAt,
  type MarketPhase,
  type NxtPhase,
  type Session,
  type Venue,
} from '@fleet/krx';
import type { Decimal } from 'decimal.js';
import { indicatorsOfText } from '../market/candidate-text.ts';
import type { DenialCode } from '../ports/order-store.ts';
import type { EntrySignal } from '../ports/trading-store.ts';
import type { Chosen } from './choose-candidate.ts';
import { driveOrder } from './drive-order.ts';
import { tell, type TradingDay, type WorkerContext } from './worker-context.ts';

/** A marketable limit reaches so many ticks beyond the best price: fills at once, and never far from what was seen. */
const ENTRY_TICKS = 1;
/** An entry that is not filled in so long is cancelled, market ms. */
const ENTRY_PATIENCE_MS = 90_000;

/** Refusals that the next stock would meet as well. */
const NO_ROOM: ReadonlySet<DenialCode> = new Set<DenialCode>([
  'GATE',
  'DAILY_LOSS_LIMIT',
  'OPEN_RISK_LIMIT',
  'MARK_STALE',
  'CONSECUTIVE_LOSSES',
  'POSITION_COUNT',
  'MARKET_VOLATILITY',
  'BUYING_POWER',
]);

export type EntryResult =
  /** Shares were bought: HOLD. */
  | 'ENTERED'
  /** Nothing was bought and the stock is flat: the lock can go. */
  | 'NOT_ENTERED'
  /** The same, and no other stock would fare better now. */
  | 'NO_ROOM'
  /** The order's fate is open: keep the lock, nothing new for this stock. */
  | 'OPEN';

/** What is ordered, and by which price it is judged. */
interface EntryTerms {
  readonly type: EntryOrderType;
  readonly limitPrice: Price | undefined;
  /** The limit, or the upper limit for a market order. */
  readonly judgedPrice: Price;
  /** What a share will cost about, won. */
  readonly likelyPrice: Price;
}

/** SC-005: terms, size, signal, intent, send, wait for the fills. */
export async function enterPosition(
  ctx: WorkerContext,
  day: TradingDay,
  request: Chosen,
  signal: AbortSignal,
): Promise<EntryResult> {
  const { lock, instrument } = request;
  const terms = entryTerms(ctx, day, request);
  if (terms === undefined) {
    await skipped(ctx, lock.symbol, { reason: 'ORDER_TYPE' });
    return 'NOT_ENTERED';
  }
  const shares = await shareCount(ctx, request, terms, signal);
  if (shares === 0) return 'NOT_ENTERED';
  const fence = ctx.lockKeeper.fenceOf(lock.symbol);
  if (fence === undefined) return 'NOT_ENTERED';
  const orderId = ctx.newId();
  await ctx.trading.saveEntrySignal(signalOf(ctx, day, request, orderId));
  const created = await ctx.orderService.createOrder({
    orderId,
    idempotencyKey: `entry:${ctx.workerId}:${lock.symbol}:${lock.fence}`,
    tradeDate: day.tradeDate,
    symbol: lock.symbol,
    instrument: { market: instrument.market, kind: instrument.kind },
    workerId: ctx.workerId,
    fence,
    side: 'BUY',
    type: terms.type,
    venue: ctx.venue,
    quantity: quantity(shares),
    limitPrice: terms.limitPrice,
    judgedPrice: terms.judgedPrice,
    expectedLoss: expectedLoss(day, terms.likelyPrice.times(shares)),
    purpose: 'ENTRY',
    strategyName: day.strategy.name,
    strategyVersion: day.strategy.version,
    paramsVersion: day.paramsVersion,
    marketAt: ctx.marketClock.now(),
  });
  if (created.outcome === 'denied') return NO_ROOM.has(created.code) ? 'NO_ROOM' : 'NOT_ENTERED';
  const outcome = await ctx.orderService.sendOrder(created.order, signal);
  if (outcome.kind === 'rejected' || outcome.kind === 'notExecuted' || outcome.kind === 'notSent') {
    return 'NOT_ENTERED';
  }
  const until = ctx.marketClock.now() + ENTRY_PATIENCE_MS;
  const order = await driveOrder(ctx, created.order.orderId, until, signal);
  if (!isTerminal(order.status)) return 'OPEN';
  return order.filledQuantity > 0 ? 'ENTERED' : 'NOT_ENTERED';
}

/** Undefined when the venue takes no order that the policy allows in this phase. */
function entryTerms(
  ctx: WorkerContext,
  day: TradingDay,
  { quote, instrument, decision }: Chosen,
): EntryTerms | undefined {
  const type = entryOrderType(ctx.entry.order, decision.urgency ?? 'NORMAL', {
    phase: venuePhase(ctx.venue, day.session, ctx.marketClock.now()),
    venue: ctx.venue,
    kind: instrument.kind,
    market: instrument.market,
    date: day.tradeDate,
  });
  if (type === undefined) return undefined;
  const crossing = marketableLimit('BUY', quote, ENTRY_TICKS, instrument, day.tradeDate);
  return type === 'LIMIT'
    ? { type, limitPrice: crossing, judgedPrice: crossing, likelyPrice: crossing }
    : { type, limitPrice: undefined, judgedPrice: quote.upperLimit, likelyPrice: crossing };
}

function venuePhase(venue: Venue, session: Session, now: number): MarketPhase | NxtPhase {
  if (venue === 'KRX') return phaseAt(session, now);
  const nxt = nxtSessionOf(session);
  return nxt === undefined ? 'CLOSED' : nxtPhaseAt(nxt, now);
}

/** The broker's answer for the type (`nrcvb_buy_qty`), the capital at the judged price, the policy. */
async function shareCount(
  ctx: WorkerContext,
  request: Chosen,
  terms: EntryTerms,
  signal: AbortSignal,
): Promise<number> {
  const { lock, instrument, candidate } = request;
  const power = await ctx.broker.getBuyingPower(
    { symbol: lock.symbol, type: terms.type, price: terms.limitPrice },
    { lane: 'entry', signal },
  );
  const size = sizeBuy(
    {
      capital: ctx.capital,
      price: terms.judgedPrice,
      instrument,
      buyingPowerQuantity: power.quantity,
      turnoverPerMinute: won(candidate.indicators['turnoverPerMinute'] ?? '0'),
      averageRange: indicatorsOfText(candidate.indicators).averageRange,
    },
    ctx.entry.sizing,
  );
  if (size.quantity === 0) {
    const price = terms.judgedPrice.toFixed();
    await skipped(ctx, lock.symbol, { reason: size.limitedBy, price });
  }
  return size.quantity;
}

function signalOf(
  ctx: WorkerContext,
  day: TradingDay,
  { candidate, decision, quote }: Chosen,
  orderId: string,
): EntrySignal {
  return {
    orderId,
    tradeDate: day.tradeDate,
    symbol: candidate.symbol,
    strategyName: day.strategy.name,
    scanId: candidate.scanId,
    score: decision.score.toFixed(),
    reasons: decision.reasons,
    ask: quote.ask,
    marketAt: ctx.marketClock.now(),
  };
}

async function skipped(
  ctx: WorkerContext,
  symbol: string,
  payload: Readonly<Record<string, string>>,
): Promise<void> {
  await tell(ctx, { type: 'EntrySkippedEvent', level: 'INFO', symbol, payload });
}

/** What the position loses if its stop is hit. */
function expectedLoss(day: TradingDay, amount: Decimal): Won {
  return won(day.strategy.expectedLossRate(day.params).times(amount).ceil());
}
