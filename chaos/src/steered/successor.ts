import { systemClock } from '@fleet/clock';
import { quantity, won, ZERO_WON, type LockTiming, type Order, type Quote } from '@fleet/domain';
import { identifySelf } from '@fleet/host';
import { silentLogger } from '@fleet/observability';
import {
  LockKeeper,
  OrderService,
  type ClaimPurpose,
  type IntentResult,
  type OrderIntent,
  type SubmitOutcome,
} from '@fleet/service-layer';
import { v7 as newId } from 'uuid';
import type { ChaosFleet } from '../fleet/chaos-fleet.ts';

const NO_LAG = { record: () => undefined, recordSkipped: () => undefined };
const CLAIM_EVERY_MS = 10;

type Terms = Pick<
  OrderIntent,
  'symbol' | 'side' | 'type' | 'quantity' | 'limitPrice' | 'judgedPrice' | 'fence'
>;
type Attempt = Extract<IntentResult, { outcome: 'denied' }> | SubmitOutcome;

/** Who takes a stock over from a stopped or dead owner: the real services, moved by hand. */
export class Successor {
  readonly workerId = newId();
  readonly #fleet: ChaosFleet;
  readonly #keeper: LockKeeper;
  readonly #service: OrderService;
  readonly #closing = new AbortController();

  private constructor(fleet: ChaosFleet, timing: LockTiming) {
    const { stores, marketClock, client } = fleet;
    this.#fleet = fleet;
    const common = { workerId: this.workerId, clock: systemClock, marketClock, log: silentLogger };
    this.#keeper = new LockKeeper({ ...common, locks: stores.locks, timing, lag: NO_LAG });
    const { orders } = stores;
    this.#service = new OrderService({ ...common, orders, broker: client, feed: client, newId });
  }

  static async join(fleet: ChaosFleet, timing: LockTiming = fleet.timing): Promise<Successor> {
    const successor = new Successor(fleet, timing);
    await fleet.stores.workers.register({
      workerId: successor.workerId,
      process: identifySelf(),
      capitalLimit: won(1_000_000_000),
      strategyName: 'chaos',
      marketAt: fleet.marketClock.now(),
    });
    void successor.#keeper.keepRenewing(successor.#closing.signal, () => undefined);
    return successor;
  }

  /** Asks until it is granted; the fence. @throws when it is not within the time */
  async claim(symbol: string, purpose: ClaimPurpose, withinMs: number): Promise<number> {
    const giveUpAt = systemClock.monotonicMs() + withinMs;
    while (systemClock.monotonicMs() < giveUpAt) {
      const result = await this.#keeper.acquire(symbol, purpose);
      if (result.granted) return result.fence;
      await systemClock.sleep(CLAIM_EVERY_MS);
    }
    throw new Error(`${symbol} was not granted within ${withinMs} ms`);
  }

  /** An order of the same terms as another's, without looking whether that one is settled. */
  async repeat(order: Order, fence: number): Promise<Attempt> {
    const { symbol, limitPrice } = order;
    const judgedPrice = limitPrice ?? (await this.#quote(symbol)).upperLimit;
    const { side, type, quantity: shares } = order;
    return await this.#send({
      symbol,
      side,
      type,
      quantity: shares,
      limitPrice,
      judgedPrice,
      fence,
    });
  }

  /** A few shares at the market. */
  async buy(symbol: string, fence: number): Promise<Attempt> {
    const { upperLimit: judgedPrice } = await this.#quote(symbol);
    const terms = { side: 'BUY', type: 'MARKET', quantity: quantity(3) } as const;
    return await this.#send({ ...terms, symbol, limitPrice: undefined, judgedPrice, fence });
  }

  /** Leaves what it holds to whoever is free. */
  async leave(): Promise<void> {
    this.#closing.abort();
    for (const symbol of this.#keeper.heldSymbols()) {
      await this.#keeper.abandon(symbol, 'the steered run is over');
    }
  }

  async #send(terms: Terms): Promise<Attempt> {
    const { stores, marketClock, tradeDate } = this.#fleet;
    const instrument = await stores.trading.getInstrument(tradeDate, terms.symbol);
    if (instrument === undefined) throw new Error(`${terms.symbol} is not in the universe`);
    const orderId = newId();
    const stored = await this.#service.createOrder({
      ...terms,
      orderId,
      idempotencyKey: `steered:${orderId}`,
      tradeDate,
      instrument: { market: instrument.market, kind: instrument.kind },
      workerId: this.workerId,
      venue: 'KRX',
      expectedLoss: ZERO_WON,
      purpose: 'ENTRY',
      strategyName: 'chaos',
      strategyVersion: '1.0.0',
      paramsVersion: 1,
      marketAt: marketClock.now(),
    });
    return stored.outcome === 'denied' ? stored : await this.#service.sendOrder(stored.order);
  }

  async #quote(symbol: string): Promise<Quote> {
    return await this.#fleet.client.getQuote(symbol);
  }
}
