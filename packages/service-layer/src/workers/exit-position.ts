import {
  isTerminal,
  liquidationRung,
  marketableLimit,
  won,
  type LiquidationAttempts,
  type LiquidationPlan,
  type LiquidationRung,
  type Order,
  type OrderPurpose,
  type Position,
  type Price,
  type SellSignal,
  type Urgency,
} from '@fleet/domain';
import { phaseAt, type OrderType } from '@fleet/krx';
import type { Instrument } from '../ports/market-data.ts';
import { driveOrder } from './drive-order.ts';
import { settleOpenOrders } from './settle-open-orders.ts';
import type { StockWatch } from './stock-watch.ts';
import { tell, type TradingDay, type WorkerContext } from './worker-context.ts';

/** One stock being sold: the tries so far decide the next rung. */
export interface ExitState {
  readonly symbol: string;
  readonly instrument: Instrument;
  plan: LiquidationPlan;
  /** Orders that the market was asked for; one that never left, or was refused, is no attempt. */
  attempts: LiquidationAttempts;
  tries: number;
  alarmed: boolean;
}

export type SellResult =
  | { readonly kind: 'ORDERED'; readonly order: Order }
  /** Nothing could be sent now; ask again later. */
  | { readonly kind: 'WAIT'; readonly reason: string };

const CROSSING_TICKS = 3;
/** A sell on this rung is cancelled and tried again after so long, market ms. */
const PATIENCE_MS: Readonly<Record<Exclude<LiquidationRung, 'UNSELLABLE'>, number>> = {
  LIMIT_AT_BID: 60_000,
  CROSSING_LIMIT: 60_000,
  MARKET: 60_000,
  CLOSING_AUCTION_MARKET: 0,
};
/** The auction's result is in the list within this after it, market ms. */
const AUCTION_RESULT_MS = 60_000;

/** EC-003: three tries on a rung, then the next; a signal starts as urgently as it says. */
const LADDER: readonly LiquidationRung[] = ['LIMIT_AT_BID', 'CROSSING_LIMIT', 'MARKET'];
const FIRST_RUNG: Readonly<Record<Urgency, number>> = { PATIENT: 0, NORMAL: 1, URGENT: 2 };
const TRIES_A_RUNG = 3;

/** SC-007, SC-008: one sell of all that is held, on the rung whose turn it is. */
export async function sellOnce(
  ctx: WorkerContext,
  day: TradingDay,
  exit: ExitState,
  watch: StockWatch,
  signal: SellSignal,
  abort: AbortSignal,
): Promise<SellResult> {
  // An earlier sell that is still open has shares of the position: never two at once.
  const settled = await settleOpenOrders(ctx, exit.symbol, ctx.marketClock.now(), abort);
  if (!settled) return { kind: 'WAIT', reason: 'ORDER_OPEN' };
  const position = await ctx.orders.getPosition(exit.symbol);
  const fence = ctx.lockKeeper.fenceOf(exit.symbol);
  if (!position || position.quantity === 0) return { kind: 'WAIT', reason: 'FLAT' };
  if (fence === undefined) return { kind: 'WAIT', reason: 'LOCK_NOT_TRUSTED' };
  const rung = chooseRung(ctx, day, exit, signal);
  if (rung === 'WAIT' || rung === 'UNSELLABLE') {
    if (rung === 'UNSELLABLE') await alarmUnsellable(ctx, exit, watch, position);
    return { kind: 'WAIT', reason: rung };
  }
  const terms = sellTerms(day, exit, watch, rung);
  const orderId = ctx.newId();
  const created = await ctx.orderService.createOrder({
    orderId,
    idempotencyKey: `exit:${orderId}`,
    tradeDate: day.tradeDate,
    symbol: exit.symbol,
    instrument: { market: exit.instrument.market, kind: exit.instrument.kind },
    workerId: ctx.workerId,
    fence,
    side: 'SELL',
    type: terms.type,
    venue: ctx.venue,
    quantity: position.quantity,
    limitPrice: terms.limitPrice,
    judgedPrice: watch.quote.lowerLimit,
    expectedLoss: won(0),
    purpose: signal.reason,
    strategyName: position.strategyName ?? day.strategy.name,
    strategyVersion: position.strategyVersion ?? day.strategy.version,
    paramsVersion: position.paramsVersion ?? day.paramsVersion,
    marketAt: ctx.marketClock.now(),
  });
  if (created.outcome === 'denied') return { kind: 'WAIT', reason: created.code };
  const outcome = await ctx.orderService.sendOrder(created.order, abort);
  if (outcome.kind === 'notSent') return { kind: 'WAIT', reason: 'NOT_SENT' };
  exit.tries += 1;
  // Refused, it was no try of the market, and the rung keeps its time; the auction is asked three times.
  if (outcome.kind !== 'rejected' || rung === 'CLOSING_AUCTION_MARKET') {
    exit.attempts = { ...exit.attempts, [rung]: (exit.attempts[rung] ?? 0) + 1 };
  }
  if (outcome.kind === 'rejected') await alarmRejected(ctx, exit, signal.reason, outcome.code);
  const order = await driveOrder(ctx, created.order.orderId, untilFor(ctx, day, rung), abort);
  if (isTerminal(order.status) && order.filledQuantity < order.quantity) {
    await tellIncomplete(ctx, exit, rung, order);
  }
  return { kind: 'ORDERED', order };
}

function chooseRung(
  ctx: WorkerContext,
  day: TradingDay,
  exit: ExitState,
  signal: SellSignal,
): LiquidationRung | 'WAIT' {
  const now = ctx.marketClock.now();
  const { continuous, closingAuction } = day.session;
  if (now < continuous.from) return 'WAIT';
  // No regular order enters any more; what the auction left is for the next open.
  if (now >= closingAuction.to) return 'UNSELLABLE';
  if (phaseAt(day.session, now) === 'CLOSING_AUCTION') return closingAuctionRung(exit);
  if (now >= exit.plan.startAt) return liquidationRung(now, exit.plan, exit.attempts);
  const start = FIRST_RUNG[signal.urgency];
  return (
    LADDER[Math.min(start + Math.floor(exit.tries / TRIES_A_RUNG), LADDER.length - 1)] ?? 'MARKET'
  );
}

/** One market order is left for the auction; only one that the broker refused is followed by another. */
function closingAuctionRung(exit: ExitState): LiquidationRung {
  return (exit.attempts.CLOSING_AUCTION_MARKET ?? 0) < TRIES_A_RUNG
    ? 'CLOSING_AUCTION_MARKET'
    : 'UNSELLABLE';
}

function sellTerms(
  day: TradingDay,
  exit: ExitState,
  watch: StockWatch,
  rung: LiquidationRung,
): { type: OrderType; limitPrice: Price | undefined } {
  if (rung === 'MARKET' || rung === 'CLOSING_AUCTION_MARKET') {
    return { type: 'MARKET', limitPrice: undefined };
  }
  const ticks = rung === 'LIMIT_AT_BID' ? 0 : CROSSING_TICKS;
  const limitPrice = marketableLimit('SELL', watch.quote, ticks, exit.instrument, day.tradeDate);
  return { type: 'LIMIT', limitPrice };
}

function untilFor(
  ctx: WorkerContext,
  day: TradingDay,
  rung: Exclude<LiquidationRung, 'UNSELLABLE'>,
): number {
  const { closingAuction, randomEndMsMax } = day.session;
  const auctionResult = closingAuction.to + randomEndMsMax + AUCTION_RESULT_MS;
  if (rung === 'CLOSING_AUCTION_MARKET') return auctionResult;
  return ctx.marketClock.now() + PATIENCE_MS[rung];
}

/** EC-003: the market did not take all of it; the day's summary counts these as bad fills. */
async function tellIncomplete(
  ctx: WorkerContext,
  exit: ExitState,
  rung: LiquidationRung,
  order: Order,
): Promise<void> {
  const { orderId, quantity, filledQuantity, endReason } = order;
  if (endReason === 'REJECTED_BY_BROKER' && filledQuantity === 0) return;
  ctx.log.warn('ExitIncomplete', { orderId, symbol: exit.symbol, rung, tries: exit.tries });
  await tell(ctx, {
    type: 'ExitIncompleteEvent',
    level: 'WARN',
    symbol: exit.symbol,
    orderId,
    payload: { rung, tries: exit.tries, quantity, filledQuantity, endReason: endReason ?? null },
  });
}

async function alarmRejected(
  ctx: WorkerContext,
  exit: ExitState,
  reason: OrderPurpose,
  code: string,
): Promise<void> {
  await tell(ctx, {
    type: 'SellRejectedEvent',
    level: 'ERROR',
    symbol: exit.symbol,
    payload: { reason, code, tries: exit.tries },
  });
}

/** Not an exception: a state with an alarm, and a plan for the next open. */
async function alarmUnsellable(
  ctx: WorkerContext,
  exit: ExitState,
  watch: StockWatch,
  position: Position,
): Promise<void> {
  if (exit.alarmed) return;
  exit.alarmed = true;
  const { quote } = watch;
  await tell(ctx, {
    type: 'PositionUnsellableEvent',
    level: 'ERROR',
    symbol: exit.symbol,
    payload: {
      quantity: position.quantity,
      lastPrice: quote.lastPrice.toFixed(),
      lowerLimit: quote.lowerLimit.toFixed(),
      bid: quote.bid?.toFixed() ?? null,
      halted: quote.halted,
      plan: 'sell at the next open',
    },
  });
}
