import {
  isTerminal,
  marketableLimit,
  quantity,
  sizeBuy,
  won,
  type Quote,
  type Won,
} from '@fleet/domain';
import type { Decimal } from 'decimal.js';
import type { GrantedLock } from '../ports/lock-store.ts';
import type { Instrument } from '../ports/market-data.ts';
import type { Candidate } from '../ports/trading-store.ts';
import { driveOrder } from './drive-order.ts';
import { tell, type TradingDay, type WorkerContext } from './worker-context.ts';

/** A marketable limit reaches so many ticks beyond the best price: fills at once, and never far from what was seen. */
const ENTRY_TICKS = 1;
/** An entry that is not filled in so long is cancelled, market ms. */
const ENTRY_PATIENCE_MS = 90_000;

export type EntryResult =
  /** Shares were bought: HOLD. */
  | 'ENTERED'
  /** Nothing was bought and the stock is flat: the lock can go. */
  | 'NOT_ENTERED'
  /** The order's fate is open: keep the lock, nothing new for this stock. */
  | 'OPEN';

export interface EntryRequest {
  readonly lock: GrantedLock;
  readonly candidate: Candidate;
  readonly quote: Quote;
  readonly instrument: Instrument;
}

/** SC-005: size, intent, send, wait for the fills. */
export async function enterPosition(
  ctx: WorkerContext,
  day: TradingDay,
  request: EntryRequest,
  signal: AbortSignal,
): Promise<EntryResult> {
  const { lock, quote, instrument } = request;
  const limitPrice = marketableLimit('BUY', quote, ENTRY_TICKS, instrument, day.tradeDate);
  const shares = await shareCount(ctx, request, limitPrice, signal);
  if (shares === 0) return 'NOT_ENTERED';
  const fence = ctx.lockKeeper.fenceOf(lock.symbol);
  if (fence === undefined) return 'NOT_ENTERED';
  const created = await ctx.orderService.createOrder({
    orderId: ctx.newId(),
    idempotencyKey: `entry:${ctx.workerId}:${lock.symbol}:${lock.fence}`,
    tradeDate: day.tradeDate,
    symbol: lock.symbol,
    instrument: { market: instrument.market, kind: instrument.kind },
    workerId: ctx.workerId,
    fence,
    side: 'BUY',
    type: 'LIMIT',
    venue: ctx.venue,
    quantity: quantity(shares),
    limitPrice,
    judgedPrice: limitPrice,
    expectedLoss: expectedLoss(day, limitPrice.times(shares)),
    purpose: 'ENTRY',
    strategyName: day.strategy.name,
    strategyVersion: day.strategy.version,
    paramsVersion: day.paramsVersion,
    marketAt: ctx.marketClock.now(),
  });
  if (created.outcome === 'denied') return 'NOT_ENTERED';
  const outcome = await ctx.orderService.sendOrder(created.order, signal);
  if (outcome.kind === 'rejected' || outcome.kind === 'notExecuted' || outcome.kind === 'notSent') {
    return 'NOT_ENTERED';
  }
  const until = ctx.marketClock.now() + ENTRY_PATIENCE_MS;
  const order = await driveOrder(ctx, created.order.orderId, until, signal);
  if (!isTerminal(order.status)) return 'OPEN';
  return order.filledQuantity > 0 ? 'ENTERED' : 'NOT_ENTERED';
}

async function shareCount(
  ctx: WorkerContext,
  request: EntryRequest,
  limitPrice: ReturnType<typeof marketableLimit>,
  signal: AbortSignal,
): Promise<number> {
  const { lock, instrument, candidate } = request;
  const power = await ctx.broker.getBuyingPower(
    { symbol: lock.symbol, type: 'LIMIT', price: limitPrice },
    { lane: 'entry', signal },
  );
  const size = sizeBuy({
    capital: ctx.capital,
    price: limitPrice,
    instrument,
    buyingPowerQuantity: power.quantity,
    turnoverPerMinute: won(candidate.indicators['turnoverPerMinute'] ?? '0'),
  });
  if (size.quantity === 0) {
    await tell(ctx, {
      type: 'EntrySkippedEvent',
      level: 'INFO',
      symbol: lock.symbol,
      payload: { reason: size.limitedBy, price: limitPrice.toFixed() },
    });
  }
  return size.quantity;
}

/** What the position loses if its stop is hit. */
function expectedLoss(day: TradingDay, amount: Decimal): Won {
  return won(day.strategy.expectedLossRate(day.params).times(amount).ceil());
}
