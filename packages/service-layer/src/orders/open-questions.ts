import type { Order } from '@fleet/domain';
import type { BrokerOrder, BrokerOrderList } from '../ports/broker.ts';
import type { MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { matchOpenQuestion } from './match-open-question.ts';

export interface OpenQuestionsDependencies {
  readonly orders: OrderStore;
  readonly marketClock: MarketClock;
  /** An answer may take so long (real ms) before its order is an open question. */
  readonly answerDeadlineMs: number;
  readonly log: Log;
}

/** What a list made of an open question. */
export type QuestionEnd =
  /** Nothing yet: the list may not know it, or more reads are needed, or a person. */
  | { readonly kind: 'open' }
  /** Not in this list; from a look alone. */
  | { readonly kind: 'absent' }
  /** `order`: as it is known by the number now; a modify's is the order that it made. */
  | { readonly kind: 'adopted'; readonly row: BrokerOrder; readonly order: Order }
  | { readonly kind: 'neverArrived' }
  /** Told for the first time: a person decides from here. */
  | { readonly kind: 'frozen' };

/** Broker time: the list shows an accepted order within 5.3 s at the worst seen. */
const VISIBILITY_MS = 20_000;
const READS_BEFORE_NEVER_ARRIVED = 2;

/** Orders whose answer was lost: the broker's list decides (DESIGN section 8.4). */
export class OpenQuestions {
  readonly #deps: OpenQuestionsDependencies;
  /** Complete reads, begun after the answer's deadline, in which an open question did not show. */
  readonly #misses = new Map<string, number>();
  readonly #frozen = new Set<string>();

  constructor(deps: OpenQuestionsDependencies) {
    this.#deps = deps;
  }

  /** Only a list that was begun after the answer's deadline could know the order for certain. */
  async answer(
    order: Order,
    list: BrokerOrderList,
    ours: readonly Order[],
    takenNumbers: ReadonlySet<string>,
  ): Promise<QuestionEnd> {
    const { answerDeadlineMs } = this.#deps;
    if (list.readStartedAt < (order.sentAt ?? order.createdAt) + answerDeadlineMs) {
      return { kind: 'open' };
    }
    const end = await this.look(order, list, ours, takenNumbers);
    return end.kind === 'absent' ? await this.#countMiss(order) : end;
  }

  /** Adopts the one row that fits; `absent` when none does: this look decides nothing more. */
  async look(
    order: Order,
    list: BrokerOrderList,
    ours: readonly Order[],
    takenNumbers: ReadonlySet<string>,
  ): Promise<QuestionEnd> {
    const { orders, marketClock, log } = this.#deps;
    const { orderId, symbol } = order;
    const parent = ours.find((other) => other.orderId === order.parentOrderId);
    const question = { order, parent, takenNumbers, speed: marketClock.speed() };
    const match = matchOpenQuestion(question, list.orders);
    if (match.kind === 'none') return { kind: 'absent' };
    this.#misses.delete(orderId);
    if (match.kind === 'several') return await this.#freeze(order, match.rows);
    const marketAt = marketClock.now();
    const adopted = await orders.adoptBrokerNumber({ orderId, row: match.row, marketAt });
    log.warn('OrderQuestionAnswered', { orderId, symbol, brokerNumber: match.row.key.number });
    return { kind: 'adopted', row: match.row, order: adopted };
  }

  /**
   * A list row that no order of ours claims may be one that we had given up: when no other row fits
   * it, the number is its own (a linked row goes on from there). Undefined: the row is foreign.
   */
  async findGivenUp(
    row: BrokerOrder,
    list: BrokerOrderList,
    takenNumbers: ReadonlySet<string>,
  ): Promise<Order | undefined> {
    const { orders, marketClock, log } = this.#deps;
    const speed = marketClock.speed();
    const ofStock = await orders.getOrdersOf(row.symbol, list.date);
    const fits = (order: Order): boolean => {
      const parent = ofStock.find(({ orderId }) => orderId === order.parentOrderId);
      const match = matchOpenQuestion({ order, parent, takenNumbers, speed }, list.orders);
      return match.kind === 'one' && match.row === row;
    };
    const fitting = ofStock.filter(
      (order) =>
        order.request !== 'CANCEL' &&
        order.broker === undefined &&
        order.sentAt !== undefined &&
        (order.endReason === 'NEVER_ARRIVED' || order.endReason === 'NOT_EXECUTED') &&
        fits(order),
    );
    const order = fitting.at(-1);
    if (!order) return undefined;
    const { orderId, symbol } = order;
    log.error('OrderShowedUp', { orderId, symbol, brokerNumber: row.key.number });
    return await orders.adoptBrokerNumber({ orderId, row, marketAt: marketClock.now() });
  }

  async #freeze(order: Order, rows: readonly BrokerOrder[]): Promise<QuestionEnd> {
    const { orders, marketClock, log } = this.#deps;
    const { orderId, symbol } = order;
    // Once: a person who has looked and opened the gate again is not overruled at every read.
    if (this.#frozen.has(orderId)) return { kind: 'open' };
    const numbers = rows.map((row) => row.key.number).join(', ');
    await orders.freezeStock({ symbol, orderId, rows, marketAt: marketClock.now() });
    this.#frozen.add(orderId);
    log.error('OrderQuestionAmbiguous', { orderId, symbol, numbers });
    return { kind: 'frozen' };
  }

  async #countMiss(order: Order): Promise<QuestionEnd> {
    const { orders, marketClock, log } = this.#deps;
    const { orderId, symbol } = order;
    const misses = (this.#misses.get(orderId) ?? 0) + 1;
    this.#misses.set(orderId, misses);
    const marketAt = marketClock.now();
    const visibleSince = (order.sentMarketAt ?? order.createdMarketAt) + VISIBILITY_MS;
    if (misses < READS_BEFORE_NEVER_ARRIVED || marketAt < visibleSince) return { kind: 'open' };
    const detail = `absent from ${misses} complete reads`;
    const reason = 'NEVER_ARRIVED';
    await orders.endOrder({ orderId, status: 'REJECTED', reason, detail, marketAt });
    this.#misses.delete(orderId);
    log.warn('OrderNeverArrived', { orderId, symbol, detail });
    return { kind: 'neverArrived' };
  }
}
