import type { Order } from '@fleet/domain';
import type { BrokerPort, SubmitOutcome } from '../ports/broker.ts';
import type { MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OrderFeed } from '../ports/order-feed.ts';
import type { IntentResult, ModifyIntent, OrderIntent, OrderStore } from '../ports/order-store.ts';
import { InvariantViolation, isTerminal } from '@fleet/domain';
import { ticketOf } from './order-egress.ts';

export interface OrderServiceDependencies {
  readonly orders: OrderStore;
  readonly broker: Pick<BrokerPort, 'placeOrder' | 'cancelOrder' | 'modifyOrder'>;
  readonly feed: OrderFeed;
  readonly marketClock: MarketClock;
  readonly newId: () => string;
  readonly log: Log;
}

/** Between looks at an order that no push has told of, market ms. */
const LOOK_EVERY_MS = 3_000;

/** What a worker does with orders: create (intent), send, cancel, wait. The broker's word is final. */
export class OrderService {
  readonly #deps: OrderServiceDependencies;

  constructor(deps: OrderServiceDependencies) {
    this.#deps = deps;
  }

  /** Stores the intent; nothing leaves. */
  async createOrder(intent: OrderIntent): Promise<IntentResult> {
    const result = await this.#deps.orders.storeIntent(intent);
    const { symbol, side, quantity, workerId } = intent;
    if (result.outcome === 'denied') {
      this.#deps.log.warn('OrderDenied', { symbol, side, quantity, workerId, ...result });
    } else {
      const { orderId, status } = result.order;
      this.#deps.log.info('OrderCreated', { orderId, symbol, side, qty: quantity, status });
    }
    return result;
  }

  /** Sends a stored intent through the gateway; at most once, whatever happens here. */
  async sendOrder(order: Order, signal?: AbortSignal): Promise<SubmitOutcome> {
    const options = signal ? { signal } : {};
    const outcome = await this.#leave(order, () =>
      this.#deps.broker.placeOrder(ticketOf(order, undefined), options),
    );
    const { orderId, symbol, side, quantity } = order;
    const fields = { orderId, symbol, side, qty: quantity, outcome: outcome.kind, detail: outcome };
    if (outcome.kind === 'accepted') this.#deps.log.info('OrderSent', fields);
    else this.#deps.log.warn('OrderNotAccepted', fields);
    return outcome;
  }

  /**
   * No request stays NEW: nobody would send it, and its stock could never be let go. Dropping is a
   * compare-and-set on NEW, so an order that has left, or is about to, is not touched.
   */
  async #leave(order: Order, submit: () => Promise<SubmitOutcome>): Promise<SubmitOutcome> {
    const { orders, marketClock, log } = this.#deps;
    const { orderId } = order;
    const outcome = await submit().catch((error: unknown): SubmitOutcome => {
      log.error('OrderSubmitFailed', { orderId, error });
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    });
    if (outcome.kind === 'accepted' || outcome.kind === 'rejected') return outcome;
    const reason = 'reason' in outcome ? outcome.reason : outcome.code;
    const dropped = await orders.dropIntent({ orderId, reason, marketAt: marketClock.now() });
    return dropped ? { kind: 'notSent', reason } : outcome;
  }

  /** Asks the broker to cancel what is left. True when the request was accepted; the list tells the rest. */
  async cancelOrder(order: Order, owner: { workerId: string; fence: number }): Promise<boolean> {
    const { orders, marketClock, broker, newId, log } = this.#deps;
    const orderId = newId();
    const stored = await orders.storeCancelIntent({
      orderId,
      idempotencyKey: `cancel:${orderId}`,
      parentOrderId: order.orderId,
      workerId: owner.workerId,
      fence: owner.fence,
      marketAt: marketClock.now(),
    });
    if (stored.outcome === 'denied') {
      log.warn('CancelDenied', {
        orderId: order.orderId,
        code: stored.code,
        detail: stored.detail,
      });
      return false;
    }
    const outcome = await this.#leave(stored.order, () =>
      broker.cancelOrder(ticketOf(stored.order, order)),
    );
    log.info('CancelSent', { orderId: order.orderId, symbol: order.symbol, outcome: outcome.kind });
    return outcome.kind === 'accepted';
  }

  /**
   * Asks the broker to work what is left of an order at another price. The order that works it from
   * here on, once accepted; undefined when not, or not known: the list tells the rest.
   */
  async modifyOrder(
    order: Order,
    terms: Pick<ModifyIntent, 'type' | 'limitPrice'>,
    owner: { workerId: string; fence: number },
  ): Promise<Order | undefined> {
    const { orders, marketClock, broker, newId, log } = this.#deps;
    const orderId = newId();
    const stored = await orders.storeModifyIntent({
      ...terms,
      orderId,
      idempotencyKey: `modify:${orderId}`,
      parentOrderId: order.orderId,
      workerId: owner.workerId,
      fence: owner.fence,
      marketAt: marketClock.now(),
    });
    if (stored.outcome === 'denied') {
      const { code, detail } = stored;
      log.warn('ModifyDenied', { orderId: order.orderId, code, detail });
      return undefined;
    }
    const outcome = await this.#leave(stored.order, () =>
      broker.modifyOrder(ticketOf(stored.order, order)),
    );
    const { symbol, tradeDate } = order;
    log.info('ModifySent', { orderId: order.orderId, symbol, outcome: outcome.kind });
    if (outcome.kind !== 'accepted') return undefined;
    const ofStock = await orders.getOrdersOf(symbol, tradeDate);
    return ofStock.find(
      (other) => other.request === 'PLACE' && other.broker?.number === outcome.broker.number,
    );
  }

  /** Waits until the order has ended or market time is up; the order as it then is. */
  async waitForEnd(orderId: string, untilMarket: number, signal: AbortSignal): Promise<Order> {
    const { orders, marketClock, feed } = this.#deps;
    for (;;) {
      const news = this.#nextChange(feed, orderId, signal);
      try {
        const order = await orders.getOrder(orderId);
        if (!order) throw new InvariantViolation('an order is gone', { orderId });
        const now = marketClock.now();
        if (isTerminal(order.status) || now >= untilMarket) return order;
        const pause = Math.min(LOOK_EVERY_MS, untilMarket - now);
        await marketClock.sleep(pause, news.signal).catch(() => undefined);
      } finally {
        news.stop();
      }
      signal.throwIfAborted();
    }
  }

  /** A signal that aborts on the next pushed change of the order. */
  #nextChange(
    feed: OrderFeed,
    orderId: string,
    signal: AbortSignal,
  ): { signal: AbortSignal; stop: () => void } {
    const changed = new AbortController();
    const unsubscribe = feed.subscribeOrderChanges((change) => {
      if (change.orderId === orderId) changed.abort();
    });
    return { signal: AbortSignal.any([signal, changed.signal]), stop: unsubscribe };
  }
}
