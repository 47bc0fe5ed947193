import { MarketCloseError, type CostRates, type Order, type Won } from '@fleet/domain';
import type { TradeDate, TradingCalendar } from '@fleet/krx';
import { orderIsOverAt } from '../orders/venue-close.ts';
import { retryRead } from '../reads/retry-read.ts';
import type { BrokerPort } from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';
import type { SystemStore } from '../ports/fleet-store.ts';
import type { MarketDataPort } from '../ports/market-data.ts';
import type { GatewayControl } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { SettlementStore } from '../ports/trading-store.ts';
import { runStep, type StepDependencies } from './day-steps.ts';
import { settleDay, type DaySettlement } from './settle-day.ts';
import { changeSystemState } from './change-system-state.ts';

export interface CloseMarketDependencies extends StepDependencies {
  readonly term: number;
  readonly tradeDate: TradeDate;
  readonly accountId: string;
  readonly broker: BrokerPort;
  readonly gateway: GatewayControl;
  readonly marketData: MarketDataPort;
  readonly system: SystemStore;
  readonly orders: OrderStore;
  readonly settlement: SettlementStore;
  readonly calendar: TradingCalendar;
  readonly costRates: CostRates;
  readonly costTolerance: Won;
  readonly clock: Clock;
  /** Ends the feed session at the broker. */
  readonly disconnect: () => Promise<void>;
}

/** The broker shows the end of the day's orders within this, market ms. */
const ORDERS_END_MS = 180_000;
/** An answer that was lost is an open question for at least its deadline, which is real time. */
const QUESTIONS_END_MS = 45_000;
const LOOK_EVERY_MS = 3_000;
/** Between looks however fast the market runs, real ms. */
const LOOK_PAUSE_MS = 250;

/**
 * The eight steps of the close, in order (ED-002, WT-004). The caller has waited for the closing
 * auction's result. Repeatable after a crash between any two steps.
 * @throws LifecycleError of the step that failed
 */
export async function closeMarket(deps: CloseMarketDependencies): Promise<DaySettlement> {
  const step = <T>(name: Parameters<typeof runStep>[2], work: () => Promise<T>): Promise<T> =>
    runStep(deps, 'close', name, work);
  await step('CLOSING', () =>
    changeSystemState(deps, {
      to: 'CLOSING',
      event: 'MarketCloseEvent',
      reason: 'the session is over',
    }),
  );
  await step('CHECK_OPEN_ORDERS', () => awaitOrdersEnd(deps));
  const settled = await step('SNAPSHOT_POSITIONS', () => settleDay(deps));
  await step('SETTLE', () => saveSettlement(deps, settled));
  await step('PUBLISH_SETTLEMENT', () => publish(deps, settled));
  await step('UNSUBSCRIBE', () => deps.marketData.unsubscribe([]));
  await step('DISCONNECT', () => deps.disconnect());
  await step('CLOSED', () =>
    changeSystemState(deps, {
      to: 'CLOSED',
      event: 'MarketClosedEvent',
      reason: 'the day is settled',
    }),
  );
  return settled;
}

/**
 * Step 2: the venue has ended what was open; our rows must say so before anything is added up. A rest
 * at SOR or NXT may fill until that venue's close, so the day is settled after it.
 */
async function awaitOrdersEnd(deps: CloseMarketDependencies): Promise<void> {
  const { clock, marketClock, log } = deps;
  const giveUpAt = marketClock.now() + ORDERS_END_MS;
  const questionsGivenUpAt = clock.monotonicMs() + QUESTIONS_END_MS;
  for (;;) {
    let left = await readOpenOrders(deps);
    const isLate = marketClock.now() > giveUpAt;
    if (isLate) left = await expire(deps, left);
    if (left.length === 0) return;
    const alive = left.filter((order) => isPlaced(order) && !isOver(deps, order));
    if (isLate && alive.length === 0 && clock.monotonicMs() > questionsGivenUpAt) {
      const context = { orders: left.map((order) => order.orderId) };
      const message = `${left.length} orders are open questions after the close`;
      throw new MarketCloseError(message, { context });
    }
    log.info('WaitingForOrdersToEnd', { open: left.length, untilVenueCloses: alive.length });
    await Promise.all([marketClock.sleep(LOOK_EVERY_MS), clock.sleep(LOOK_PAUSE_MS)]);
  }
}

/** What never left is dropped; the rest as the broker's newest list has it. */
async function readOpenOrders(deps: CloseMarketDependencies): Promise<readonly Order[]> {
  const { orders, gateway, marketClock, tradeDate } = deps;
  const open = await orders.getOpenOrders(tradeDate);
  for (const { orderId } of open.filter((order) => order.status === 'NEW')) {
    const marketAt = marketClock.now();
    await orders.dropIntent({ orderId, reason: 'the market closed', marketAt });
  }
  await retryRead(deps, 'order list', () => gateway.reconcile());
  return await orders.getOpenOrders(tradeDate);
}

function isPlaced({ broker, request }: Order): boolean {
  return broker !== undefined && request === 'PLACE';
}

function isOver({ calendar, tradeDate, marketClock }: CloseMarketDependencies, order: Order) {
  return marketClock.now() >= orderIsOverAt(calendar, tradeDate, order);
}

/** An unfilled rest after its venue's close is over, whatever the list calls it. Gives what is left. */
async function expire(
  deps: CloseMarketDependencies,
  open: readonly Order[],
): Promise<readonly Order[]> {
  const { orders, marketClock, tradeDate } = deps;
  for (const order of open) {
    if (!isPlaced(order) || !isOver(deps, order)) continue;
    await orders.endOrder({
      orderId: order.orderId,
      status: 'CANCELED',
      reason: 'EXPIRED',
      detail: 'open at the broker after the close',
      marketAt: marketClock.now(),
    });
  }
  return await orders.getOpenOrders(tradeDate);
}

async function saveSettlement(
  deps: CloseMarketDependencies,
  settled: DaySettlement,
): Promise<void> {
  const { tieOut } = settled;
  await deps.settlement.saveSettlement({
    tradeDate: deps.tradeDate,
    realizedPnl: settled.realizedPnl,
    unrealizedPnl: settled.unrealizedPnl,
    positionsSnapshot: settled.positionsSnapshot,
    tieOut: {
      cashDifference: tieOut.cashDifference.toFixed(),
      costDifference: tieOut.costDifference.toFixed(),
      holdingsDifferences: tieOut.holdingsDifferences,
      findings: tieOut.findings,
    },
    tiedOut: tieOut.ok,
    brokerBalance: settled.balance,
    marketAt: deps.marketClock.now(),
  });
}

/** A day that does not tie out says so loudly. */
async function publish(deps: CloseMarketDependencies, settled: DaySettlement): Promise<void> {
  const { ok, findings } = settled.tieOut;
  const marketAt = deps.marketClock.now();
  const type = ok ? 'TieOutEvent' : 'TieOutFailedEvent';
  await deps.events.append([
    { type, level: ok ? 'INFO' : 'ERROR', marketAt, payload: { findings } },
  ]);
  if (ok) deps.log.info('DaySettled', { realizedPnl: settled.realizedPnl.toFixed() });
  else deps.log.error('DayDoesNotTieOut', { findings });
}
