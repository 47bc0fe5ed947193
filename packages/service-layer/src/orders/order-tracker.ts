import { isTerminal, type Order } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { BrokerOrder, BrokerOrderList, BrokerPort } from '../ports/broker.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OrderChange } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { matchOpenQuestion } from './match-open-question.ts';

export interface OrderTrackerDependencies {
  readonly orders: OrderStore;
  readonly broker: Pick<BrokerPort, 'getOrders'>;
  readonly accountId: string;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly tradeDateOf: (marketAt: number) => TradeDate;
  /** An answer may take so long (real ms) before its order is an open question. */
  readonly answerDeadlineMs: number;
  readonly onChange: (change: OrderChange) => void;
  readonly log: Log;
}

export interface ReconcileResult {
  readonly orders: number;
  /** Rows where the broker knew more than we did. */
  readonly mismatches: number;
}

/** Broker time: the list shows an accepted order within 5.3 s at the worst seen. */
const VISIBILITY_MS = 20_000;
const READS_BEFORE_NEVER_ARRIVED = 2;
/** Pauses between reads in broker time: while a notice says there is news, and otherwise. */
const EAGER_PAUSE_MS = 1_000;
const OPEN_PAUSE_MS = 5_000;
const IDLE_PAUSE_MS = 60_000;
/** Real floor between reads, so that a fast market does not eat the machine. */
const REAL_PAUSE_MS_MIN = 25;
/** After news the list may lag: look eagerly for so long, broker time. */
const EAGER_FOR_MS = 10_000;

/**
 * Follows the fleet's orders at the broker (DESIGN section 8, steps 4 and 5). A notice only wakes it;
 * what the broker's list says, cumulatively, is what gets booked. Runs inside the gateway; the
 * supervisor's state recovery runs one pass of it.
 */
export class OrderTracker {
  readonly #deps: OrderTrackerDependencies;
  /** Complete reads, begun after the answer's deadline, in which an open question did not show. */
  readonly #misses = new Map<string, number>();
  readonly #foreign = new Set<string>();
  #eagerUntil = 0;
  #wakeUp: (() => void) | undefined;
  #pass: Promise<ReconcileResult> | undefined;

  constructor(deps: OrderTrackerDependencies) {
    this.#deps = deps;
  }

  /** There may be news at the broker. */
  wake(reason: string): void {
    this.#eagerUntil = this.#deps.marketClock.now() + EAGER_FOR_MS;
    this.#deps.log.debug('OrderTrackerWoken', { reason });
    this.#wakeUp?.();
  }

  /** Until the signal aborts. Read failures are logged and tried again at the next pause. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const open = await this.#passIfNeeded();
      await this.#pause(open, signal);
    }
  }

  /** One complete pass now. @throws BrokerError when the list could not be read whole */
  async reconcileNow(): Promise<ReconcileResult> {
    await this.#pass?.catch(() => undefined);
    this.#pass = this.#reconcile();
    return await this.#pass;
  }

  async #passIfNeeded(): Promise<number> {
    const { orders, marketClock, log } = this.#deps;
    try {
      const open = (await orders.getOpenOrders(this.#tradeDate())).filter(
        (o) => o.status !== 'NEW',
      );
      if (open.length > 0 || marketClock.now() < this.#eagerUntil) await this.reconcileNow();
      return open.length;
    } catch (error) {
      log.warn('OrderListNotRead', { error });
      return 1;
    }
  }

  async #pause(openOrders: number, signal: AbortSignal): Promise<void> {
    const { clock, marketClock } = this.#deps;
    const eager = openOrders > 0 && marketClock.now() < this.#eagerUntil;
    const marketPause = eager ? EAGER_PAUSE_MS : openOrders > 0 ? OPEN_PAUSE_MS : IDLE_PAUSE_MS;
    await clock.sleep(REAL_PAUSE_MS_MIN, signal).catch(() => undefined);
    const waiting = new AbortController();
    const stop = AbortSignal.any([signal, waiting.signal]);
    this.#wakeUp = () => waiting.abort();
    await marketClock.sleep(marketPause, stop).catch(() => undefined);
    this.#wakeUp = undefined;
  }

  #tradeDate(): TradeDate {
    return this.#deps.tradeDateOf(this.#deps.marketClock.now());
  }

  async #reconcile(): Promise<ReconcileResult> {
    const { orders, broker, accountId } = this.#deps;
    const date = this.#tradeDate();
    const list = await broker.getOrders(accountId, date, { lane: 'reconcile' });
    const ours = await orders.getOrdersOfDate(date);
    const byNumber = new Map(
      ours.flatMap((o) => (o.broker ? [[o.broker.number, o] as const] : [])),
    );
    let mismatches = 0;
    for (const row of list.orders) {
      const order = byNumber.get(row.key.number);
      if (order) mismatches += await this.#book(order, row, list);
    }
    const questions = ours.filter((o) => o.status === 'SENT' && o.answeredAt === undefined);
    for (const question of questions) {
      mismatches += await this.#resolve(question, list, new Set(byNumber.keys()), ours);
    }
    if (questions.length === 0) this.#reportForeign(list, byNumber);
    return { orders: list.orders.length, mismatches };
  }

  async #book(order: Order, row: BrokerOrder, list: BrokerOrderList): Promise<number> {
    if (isTerminal(order.status) && order.filledQuantity >= row.filledQuantity) return 0;
    const changed =
      row.filledQuantity !== order.filledQuantity ||
      (row.leavesQuantity === 0 && !isTerminal(order.status));
    if (!changed) return 0;
    const { orders, marketClock } = this.#deps;
    const booked = await orders.bookBrokerOrder({
      orderId: order.orderId,
      row,
      readStartedAt: list.readStartedAt,
      marketAt: marketClock.now(),
    });
    if (booked.filledStep === 0 && booked.status === order.status) return 0;
    this.#deps.onChange({
      orderId: booked.orderId,
      symbol: booked.symbol,
      workerId: booked.workerId,
      status: booked.status,
    });
    return 1;
  }

  /** An order whose answer was lost: the list decides, and only a list that could know it. */
  async #resolve(
    order: Order,
    list: BrokerOrderList,
    taken: ReadonlySet<string>,
    ours: readonly Order[],
  ): Promise<number> {
    const { orders, marketClock, log, answerDeadlineMs } = this.#deps;
    const sentAt = order.sentAt ?? order.createdAt;
    if (list.readStartedAt < sentAt + answerDeadlineMs) return 0;
    const marketAt = marketClock.now();
    const parent = ours.find((o) => o.orderId === order.parentOrderId);
    const match = matchOpenQuestion(order, parent, list.orders, taken);
    if (match.kind === 'one') {
      await orders.adoptBrokerNumber({ orderId: order.orderId, row: match.row, marketAt });
      log.warn('OrderQuestionAnswered', {
        orderId: order.orderId,
        brokerNumber: match.row.key.number,
      });
      this.#changed({ ...order, status: 'SENT' });
      return 1 + (await this.#book({ ...order, broker: match.row.key }, match.row, list));
    }
    if (match.kind === 'several') {
      const numbers = match.rows.map((row) => row.key.number).join(', ');
      await orders.freezeStock({
        symbol: order.symbol,
        orderId: order.orderId,
        detail: numbers,
        marketAt,
      });
      log.error('OrderQuestionAmbiguous', {
        orderId: order.orderId,
        symbol: order.symbol,
        numbers,
      });
      return 1;
    }
    return await this.#countMiss(order, marketAt);
  }

  async #countMiss(order: Order, marketAt: number): Promise<number> {
    const { orders, log } = this.#deps;
    const misses = (this.#misses.get(order.orderId) ?? 0) + 1;
    this.#misses.set(order.orderId, misses);
    const visibleSince = (order.sentMarketAt ?? order.createdMarketAt) + VISIBILITY_MS;
    if (misses < READS_BEFORE_NEVER_ARRIVED || marketAt < visibleSince) return 0;
    this.#misses.delete(order.orderId);
    const detail = `absent from ${misses} complete reads`;
    await orders.endOrder({
      orderId: order.orderId,
      status: 'REJECTED',
      reason: 'NEVER_ARRIVED',
      detail,
      marketAt,
    });
    log.warn('OrderNeverArrived', { orderId: order.orderId, symbol: order.symbol, detail });
    this.#changed({ ...order, status: 'REJECTED' });
    return 1;
  }

  #changed(order: Order): void {
    const { orderId, symbol, workerId, status } = order;
    this.#deps.onChange({ orderId, symbol, workerId, status });
  }

  /** Seen, reported once, never touched. */
  #reportForeign(list: BrokerOrderList, ours: ReadonlyMap<string, Order>): void {
    for (const row of list.orders) {
      const { number } = row.key;
      if (row.request !== 'PLACE' || ours.has(number) || this.#foreign.has(number)) continue;
      this.#foreign.add(number);
      this.#deps.log.warn('ForeignOrderSeen', {
        brokerNumber: number,
        symbol: row.symbol,
        side: row.side,
      });
    }
  }
}
