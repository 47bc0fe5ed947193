import type { Order } from '@fleet/domain';
import type { CallLane, OrderTicket, SubmitOutcome } from '../ports/broker.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { OrderSubmitter, SubmitHooks } from './submitter.ts';

/** When an order was asked for: by the caller's wall clock, and here by the one that never steps. */
export interface AskedAt {
  readonly wall: number;
  readonly monotonic: number;
}

/** What the process itself knows that the database cannot: asked before the mark and right before the bytes. */
export interface SendGuard {
  /** A stored order was asked for: its fence is one that has been granted. */
  noteAsked(order: Order): void;
  /** Why the order must not leave, or undefined. Synchronous: nothing may come between it and the bytes. */
  look(order: Order, asked: AskedAt): string | undefined;
}

export interface OrderEgressDependencies {
  readonly orders: OrderStore;
  readonly submitter: OrderSubmitter;
  readonly guard: SendGuard;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  /** Bytes leave within this of the worker's request, or not at all; real ms. */
  readonly sendDeadlineMs: number;
  readonly log: Log;
  /**
   * One look at the broker's list for an order that was refused before execution: as it is known now,
   * or `absent`, or `open` when the list does not decide. @throws when the list could not be read
   */
  readonly lookFor: (order: Order) => Promise<Order | 'absent' | 'open'>;
  /** An answer that was not seen: the tracker's business from here. */
  readonly onUnknown: (orderId: string) => void;
}

const ANSWER_STORE_TRIES = 20;
const ANSWER_STORE_PAUSE_MS = 250;

/**
 * The one way out for orders, inside the gateway (DESIGN section 8, steps 2 and 3).
 * Terms come from the stored intent, never from the caller. A stored order is sent at most once:
 * NEW -> SENT is a compare-and-set, made after the call is granted and before the bytes leave.
 */
export class OrderEgress {
  readonly #deps: OrderEgressDependencies;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(deps: OrderEgressDependencies) {
    this.#deps = deps;
  }

  /** Sends a stored intent. Asking again for a sent order tells what is known of it. Never throws. */
  submit(request: { orderId: string; requestedAt: number }): Promise<SubmitOutcome> {
    if (this.#closed) return Promise.resolve(notSent('the gateway is closing'));
    const work = this.#submit(request)
      .catch((error: unknown) => this.#unknown(request.orderId, error))
      .then((outcome) => {
        if (outcome.kind === 'unknown') this.#deps.onUnknown(request.orderId);
        return outcome;
      });
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  /** Takes no more and waits for the answers under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  async #submit(request: { orderId: string; requestedAt: number }): Promise<SubmitOutcome> {
    const { orders, submitter, guard, clock, sendDeadlineMs } = this.#deps;
    const order = await orders.getOrder(request.orderId);
    if (!order) return notSent('no such order');
    if (order.status !== 'NEW') return knownOutcome(order);
    const original = await this.#originalOf(order);
    if (order.request !== 'PLACE' && !original?.broker) {
      return await this.#drop(order, 'its order has no broker number');
    }
    const asked = { wall: request.requestedAt, monotonic: clock.monotonicMs() };
    guard.noteAsked(order);
    const left = asked.wall + sendDeadlineMs - clock.now();
    if (left <= 0) return await this.#drop(order, 'deadline passed before the call was granted');
    let markedHere = false;
    const beforeBytesLeave: SubmitHooks['beforeBytesLeave'] = async () => {
      const before = guard.look(order, asked);
      if (before !== undefined) return { go: false, reason: before };
      const answer = await this.#markSent(order.orderId, asked.wall);
      if (!answer.go) return answer;
      markedHere = true;
      // The mark was a round trip, and this process may have been stopped meanwhile.
      const after = guard.look(order, asked);
      return after === undefined ? answer : { go: false, reason: after };
    };
    const reply = await submitter.submit(
      ticketOf(order, original),
      { beforeBytesLeave },
      { lane: laneOf(order), signal: AbortSignal.timeout(left) },
    );
    if (reply.kind === 'notSent' && !markedHere) return await this.#drop(order, reply.reason);
    const outcome = reply.kind === 'notExecuted' ? await this.#lookOnce(order, reply) : reply;
    await this.#storeAnswer(order.orderId, outcome);
    return outcome;
  }

  /** A token or a throttle refused it: ended as such only when the list does not have it either. */
  async #lookOnce(
    order: Order,
    reply: Extract<SubmitOutcome, { kind: 'notExecuted' }>,
  ): Promise<SubmitOutcome> {
    const { orders, lookFor, log } = this.#deps;
    const { orderId, symbol } = order;
    try {
      const sent = (await orders.getOrder(orderId)) ?? order;
      const found = await lookFor(sent);
      if (found === 'absent') return reply;
      log.error('RefusedOrderFound', { orderId, symbol, code: reply.code });
      return found === 'open' || !found.broker
        ? { kind: 'unknown', reason: `${reply.code}, and several orders of the list fit` }
        : { kind: 'accepted', broker: found.broker, brokerTime: '' };
    } catch (error) {
      log.warn('OrderListNotRead', { orderId, error });
      return { kind: 'unknown', reason: `${reply.code}, and the list could not be read` };
    }
  }

  async #originalOf(order: Order): Promise<Order | undefined> {
    if (!order.parentOrderId) return undefined;
    return await this.#deps.orders.getOrder(order.parentOrderId);
  }

  async #markSent(
    orderId: string,
    requestedAt: number,
  ): Promise<{ go: true } | { go: false; reason: string }> {
    const { orders, marketClock, sendDeadlineMs } = this.#deps;
    const marked = await orders.markSent({
      orderId,
      requestedAt,
      sendDeadlineMs,
      marketAt: marketClock.now(),
    });
    return marked.sent ? { go: true } : { go: false, reason: marked.reason };
  }

  /**
   * This request has marked nothing, so it may end a NEW order and no other: one that is SENT by now
   * was sent by somebody else (the same order asked for twice), and its fate is theirs to tell.
   */
  async #drop(order: Order, reason: string): Promise<SubmitOutcome> {
    const { orders, marketClock, log } = this.#deps;
    const { orderId, symbol } = order;
    const dropped = await orders.dropIntent({ orderId, reason, marketAt: marketClock.now() });
    if (!dropped) {
      const now = await orders.getOrder(orderId);
      if (now) return knownOutcome(now);
    }
    log.warn('OrderNotSent', { orderId, symbol, reason });
    return notSent(reason);
  }

  /**
   * The answer must not be lost to a hiccup of the database. If it is lost all the same, the order
   * stays an open question and the broker's list decides.
   */
  async #storeAnswer(orderId: string, outcome: SubmitOutcome): Promise<void> {
    const { orders, marketClock, clock, log } = this.#deps;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await orders.recordAnswer({ orderId, outcome, marketAt: marketClock.now() });
        return;
      } catch (error) {
        log.error('OrderAnswerNotStored', { orderId, attempt, outcome: outcome.kind, error });
        if (attempt >= ANSWER_STORE_TRIES) throw error;
        await clock.sleep(ANSWER_STORE_PAUSE_MS);
      }
    }
  }

  /** Whatever failed here may have failed after the bytes left: unknown, and never sent again. */
  #unknown(orderId: string, error: unknown): SubmitOutcome {
    this.#deps.log.error('OrderSubmitFailed', { orderId, error });
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}

function notSent(reason: string): SubmitOutcome {
  return { kind: 'notSent', reason };
}

function laneOf(order: Order): CallLane {
  if (order.request !== 'PLACE') return 'cancel';
  return order.side === 'SELL' ? 'exit' : 'entry';
}

export function ticketOf(order: Order, original: Order | undefined): OrderTicket {
  return {
    orderId: order.orderId,
    request: order.request,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    venue: order.venue,
    quantity: order.quantity,
    limitPrice: order.limitPrice,
    original: original?.broker,
  };
}

/** What the row says of an order that has been sent before. */
function knownOutcome(order: Order): SubmitOutcome {
  if (order.broker) return { kind: 'accepted', broker: order.broker, brokerTime: '' };
  if (order.status === 'SENT') return { kind: 'unknown', reason: 'sent before, not answered yet' };
  if (order.endReason === 'NOT_SENT') return notSent('ended before it was sent');
  return { kind: 'rejected', code: order.endReason ?? order.status, message: 'ended before' };
}
