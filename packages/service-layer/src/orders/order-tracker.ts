import { isTerminal, type Order } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { AccountStore } from '../ports/account-store.ts';
import type { BrokerOrder, BrokerOrderList, BrokerPort } from '../ports/broker.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OrderChange } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { AccountWatch } from './account-watch.ts';
import { OpenQuestions } from './open-questions.ts';
import { Pass } from './reconcile-pass.ts';

export interface OrderTrackerDependencies {
  readonly orders: OrderStore;
  readonly account: AccountStore;
  readonly broker: Pick<BrokerPort, 'getOrders' | 'getCash'>;
  readonly accountId: string;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly tradeDateOf: (marketAt: number) => TradeDate;
  /** From when on (market ms) a list's word about an order of the date is its last. */
  readonly isOverAt: (date: TradeDate, order: Order) => number;
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

/** Pauses between reads in broker time: while a notice says there is news, while orders are open, and else. */
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
 * supervisor's state recovery asks for one pass of it.
 */
export class OrderTracker {
  readonly #deps: OrderTrackerDependencies;
  readonly #questions: OpenQuestions;
  readonly #account: AccountWatch;
  /** Rows that are nobody's of ours, by date and number: judged when no question was open. */
  readonly #foreign = new Set<string>();
  #eagerUntil = 0;
  /** Known from the first pass on: before the login there is nothing to read. */
  #readDueAt = Number.POSITIVE_INFINITY;
  /** Aborted by news; replaced before each pass, so that news during a pass is not lost. */
  #news = new AbortController();
  #underWay: Promise<ReconcileResult> | undefined;
  #queued: Promise<ReconcileResult> | undefined;
  #isBehind = false;
  /** How often touch was lost: a pass that was under way then does not restore it. */
  #losses = 0;

  constructor(deps: OrderTrackerDependencies) {
    this.#deps = deps;
    this.#questions = new OpenQuestions(deps);
    this.#account = new AccountWatch({ ...deps, onChange: (change) => this.#changed(change) });
  }

  /** The broker was out of reach and the list has not been read whole since: no buys (DESIGN 8.4). */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** The broker is, or was, out of reach. */
  loseTouch(reason: string): void {
    this.#isBehind = true;
    this.#losses += 1;
    this.wake(reason);
  }

  /** There may be news at the broker. */
  wake(reason: string): void {
    this.#eagerUntil = this.#deps.marketClock.now() + EAGER_FOR_MS;
    this.#deps.log.debug('OrderTrackerWoken', { reason });
    this.#news.abort();
  }

  /** Until the signal aborts. Read failures are logged and tried again at the next pause. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#news = new AbortController();
      const open = await this.#passIfNeeded();
      await this.#pause(open, signal);
    }
  }

  /**
   * One complete pass, begun after this call; callers that wait for the same pass share it.
   * @throws BrokerError when the list could not be read whole, and what a row could not be booked for
   */
  reconcileNow(): Promise<ReconcileResult> {
    this.#queued ??= this.#afterThePassUnderWay();
    return this.#queued;
  }

  /**
   * One look at the list for an order that was refused before execution: as it is known now when the
   * list has it all the same, `absent` when not, `open` when the list does not decide.
   * @throws BrokerError when the list could not be read whole
   */
  async lookFor(order: Order): Promise<Order | 'absent' | 'open'> {
    const { orders, broker, accountId } = this.#deps;
    const list = await broker.getOrders(accountId, order.tradeDate, { lane: 'reconcile' });
    const ours = await orders.getOrdersOfDate(order.tradeDate);
    const end = await this.#questions.look(order, list, ours, numbersOf(ours));
    if (end.kind === 'absent') return 'absent';
    if (end.kind !== 'adopted') return 'open';
    await this.#book(end.order, end.row, list, false);
    this.#changed(end.order);
    return end.order;
  }

  async #afterThePassUnderWay(): Promise<ReconcileResult> {
    await this.#underWay?.catch(() => undefined);
    this.#queued = undefined;
    const losses = this.#losses;
    this.#underWay = this.#reconcile();
    try {
      const result = await this.#underWay;
      if (losses === this.#losses) this.#isBehind = false;
      return result;
    } catch (error) {
      this.#isBehind = true;
      throw error;
    }
  }

  /** How many orders are open; a failed look counts as one, so that it is repeated soon. */
  async #passIfNeeded(): Promise<number> {
    const { marketClock, log } = this.#deps;
    try {
      const open = await this.#openOrders();
      const now = marketClock.now();
      if (open.length > 0 || now < this.#eagerUntil || now >= this.#readDueAt) {
        await this.reconcileNow();
      }
      return open.length;
    } catch (error) {
      log.warn('OrderListNotRead', { error });
      return 1;
    }
  }

  async #pause(openOrders: number, signal: AbortSignal): Promise<void> {
    const { clock, marketClock } = this.#deps;
    const eager = marketClock.now() < this.#eagerUntil;
    const marketPause = eager ? EAGER_PAUSE_MS : openOrders > 0 ? OPEN_PAUSE_MS : IDLE_PAUSE_MS;
    const stop = AbortSignal.any([signal, this.#news.signal]);
    await clock.sleep(REAL_PAUSE_MS_MIN, signal).catch(() => undefined);
    await marketClock.sleep(marketPause, stop).catch(() => undefined);
  }

  async #openOrders(): Promise<readonly Order[]> {
    const open = await this.#deps.orders.getOpenOrders();
    return open.filter(({ status }) => status !== 'NEW');
  }

  /** Today's list, and that of each earlier day with an order that we still hold to be open. */
  async #reconcile(): Promise<ReconcileResult> {
    const { marketClock, tradeDateOf } = this.#deps;
    const today = tradeDateOf(marketClock.now());
    const open = await this.#openOrders();
    const dates = new Set([today, ...open.map(({ tradeDate }) => tradeDate)]);
    let orders = 0;
    let mismatches = 0;
    for (const date of dates) {
      const found = await this.#reconcileDate(date, today);
      if (date < today) mismatches += await this.#expireRest(date);
      orders += found.orders;
      mismatches += found.mismatches;
    }
    this.#readDueAt = marketClock.now() + IDLE_PAUSE_MS;
    return { orders, mismatches };
  }

  async #reconcileDate(date: TradeDate, today: TradeDate): Promise<ReconcileResult> {
    const { orders, broker, accountId, marketClock } = this.#deps;
    const readAt = marketClock.now();
    const list = await broker.getOrders(accountId, date, { lane: 'reconcile' });
    const ours = await orders.getOrdersOfDate(date);
    // A person's sale has a row of ours too, but what more it fills is not ours to book here.
    const byNumber = new Map(
      ours
        .filter(({ purpose }) => purpose !== 'EXTERNAL')
        .flatMap((o) => (o.broker ? [[o.broker.number, o] as const] : [])),
    );
    const pass = new Pass(this.#deps.log);
    for (const row of list.orders) {
      const order = byNumber.get(row.key.number);
      if (order && isAbout(order, row)) {
        const isOver = readAt >= this.#deps.isOverAt(date, order);
        await pass.try(order.orderId, () => this.#book(order, row, list, isOver));
      }
    }
    const questions = ours.filter((o) => o.status === 'SENT' && o.answeredAt === undefined);
    const taken = new Set(byNumber.keys());
    for (const question of questions) {
      await pass.try(question.orderId, () => this.#resolve(question, list, ours, taken));
    }
    // A row that nobody claims may be the answer to a question: foreign only when none is left.
    if (questions.length === 0) {
      await pass.try('foreign', () => this.#lookAtUnclaimed(list, taken, date === today));
    }
    pass.throwFirst();
    return { orders: list.orders.length, mismatches: pass.mismatches };
  }

  /** One when the broker knew more than we did. */
  async #book(
    order: Order,
    row: BrokerOrder,
    list: BrokerOrderList,
    isOver: boolean,
  ): Promise<number> {
    if (isTerminal(order.status) && order.filledQuantity >= row.filledQuantity) return 0;
    const changed =
      row.filledQuantity !== order.filledQuantity ||
      ((isOver || row.leavesQuantity === 0) && !isTerminal(order.status));
    if (!changed) return 0;
    const { orders, marketClock } = this.#deps;
    const booked = await orders.bookBrokerOrder({
      orderId: order.orderId,
      row,
      readStartedAt: list.readStartedAt,
      marketAt: marketClock.now(),
      isOver,
    });
    if (booked.filledStep === 0 && booked.status === order.status) return 0;
    this.#changed(booked);
    return 1;
  }

  async #resolve(
    order: Order,
    list: BrokerOrderList,
    ours: readonly Order[],
    taken: Set<string>,
  ): Promise<number> {
    const end = await this.#questions.answer(order, list, ours, taken);
    switch (end.kind) {
      case 'open':
      case 'absent':
        return 0;
      case 'frozen':
        return 1;
      case 'neverArrived':
        this.#changed({ ...order, status: 'REJECTED' });
        return 1;
      case 'adopted':
        taken.add(end.row.key.number);
        this.#changed(end.order);
        return 1 + (await this.#book(end.order, end.row, list, false));
    }
  }

  /** Nothing rests over night: what the broker has not filled by then is over (EXPIRED). */
  async #expireRest(date: TradeDate): Promise<number> {
    const { orders, marketClock } = this.#deps;
    const left = (await orders.getOpenOrders(date)).filter(
      (order) => order.request === 'PLACE' && order.broker !== undefined,
    );
    for (const { orderId } of left) {
      await orders.endOrder({
        orderId,
        status: 'CANCELED',
        reason: 'EXPIRED',
        detail: `open after ${date}`,
        marketAt: marketClock.now(),
      });
    }
    return left.length;
  }

  /** Rows that no order of ours claims: one of ours that we had given up, or foreign. */
  async #lookAtUnclaimed(
    list: BrokerOrderList,
    taken: Set<string>,
    isToday: boolean,
  ): Promise<number> {
    const foreign: BrokerOrder[] = [];
    let showedUp = 0;
    for (const row of list.orders) {
      const { number } = row.key;
      if (taken.has(number)) continue;
      const id = `${list.date} ${number}`;
      const isKnown = this.#foreign.has(id);
      const ours = isKnown ? undefined : await this.#questions.findGivenUp(row, list, taken);
      if (ours) {
        taken.add(number);
        showedUp += 1 + (await this.#book(ours, row, list, false));
        continue;
      }
      this.#foreign.add(id);
      if (row.request === 'PLACE' || row.filledQuantity > 0) foreign.push(row);
    }
    return showedUp + (isToday ? await this.#account.look(list, foreign) : 0);
  }

  #changed({ orderId, symbol, workerId, status }: OrderChange): void {
    this.#deps.onChange({ orderId, symbol, workerId, status });
  }
}

function numbersOf(orders: readonly Order[]): ReadonlySet<string> {
  return new Set(orders.flatMap(({ broker }) => (broker ? [broker.number] : [])));
}

/** A number alone is unique per branch only: another's order must never be booked as ours. */
function isAbout(order: Order, row: BrokerOrder): boolean {
  return order.symbol === row.symbol && (row.request === 'CHANGE' || order.side === row.side);
}
