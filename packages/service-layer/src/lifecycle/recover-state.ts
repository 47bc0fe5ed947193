import { StateRecoveryError, type Position, type RecoveryStatus } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import { retryRead } from '../reads/retry-read.ts';
import type { BrokerBalance, BrokerPort } from '../ports/broker.ts';
import type { MarketClock } from '../ports/clock.ts';
import type { EventStore, FleetEvent } from '../ports/fleet-store.ts';
import type { Log } from '../ports/log.ts';
import type { GatewayControl } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';

export interface StateRecoveryDependencies {
  readonly orders: OrderStore;
  readonly broker: Pick<BrokerPort, 'getCash'>;
  readonly gateway: Pick<GatewayControl, 'reconcile'>;
  readonly events: EventStore;
  readonly accountId: string;
  readonly tradeDate: TradeDate;
  readonly marketClock: MarketClock;
  readonly log: Log;
}

export interface RecoveryResult {
  readonly status: RecoveryStatus;
  /** SENT and PARTIAL orders of ours before the pass. */
  readonly unfilledOrders: number;
  readonly mismatches: number;
  readonly positionsCorrected: readonly string[];
  /** Orders whose answer is still unknown after it: their stocks stay closed until it is. */
  readonly openQuestions: number;
  readonly balance: BrokerBalance;
  readonly positions: readonly Position[];
}

/** The broker's balance lags behind its order list by less than this, broker time. */
const LOOK_AGAIN_MS = 6_000;
const LOOKS_AT_SHARES = 3;

/**
 * Makes our record match the broker's (market lifecycle 5.5, ED-003, ED-004, WT-002, WT-003). The
 * broker wins; every difference is an event. Fails closed: no complete read, no trading.
 */
export class StateRecoveryService {
  readonly #deps: StateRecoveryDependencies;

  constructor(deps: StateRecoveryDependencies) {
    this.#deps = deps;
  }

  /** @throws StateRecoveryError when the broker cannot be read or shares are missing there */
  async recover(): Promise<RecoveryResult> {
    try {
      await this.#dropOfEarlierDays();
      const unfilledOrders = await this.#countUnfilled();
      const mismatches = await this.syncUnfilledOrders(unfilledOrders);
      const positionsCorrected = await this.recalculatePositions();
      const { balance, positions, openQuestions } = await this.#compareShares();
      const status = openQuestions > 0 ? 'PARTIAL' : 'SUCCESS';
      await this.#tell('StateRecoveredEvent', mismatches > 0 ? 'WARN' : 'INFO', {
        status,
        unfilledOrders,
        mismatches,
        positionsCorrected,
        openQuestions,
      });
      return {
        status,
        unfilledOrders,
        mismatches,
        positionsCorrected,
        openQuestions,
        balance,
        positions,
      };
    } catch (cause) {
      if (cause instanceof StateRecoveryError) throw cause;
      throw new StateRecoveryError('the state could not be recovered from the broker', { cause });
    }
  }

  /** ED-004. How many orders the broker knew better. */
  async syncUnfilledOrders(unfilledOrders: number): Promise<number> {
    const reconcile = () => this.#deps.gateway.reconcile();
    const { mismatches } = await retryRead(this.#deps, 'order list', reconcile);
    await this.#tell('UnfilledOrdersRecoveredEvent', mismatches > 0 ? 'WARN' : 'INFO', {
      unfilledOrders,
      mismatches,
    });
    return mismatches;
  }

  /** Positions from fills; the symbols that were wrong. */
  async recalculatePositions(): Promise<readonly string[]> {
    return await this.#deps.orders.recalculatePositions(this.#deps.marketClock.now());
  }

  async #countUnfilled(): Promise<number> {
    const open = await this.#deps.orders.getOpenOrders();
    return open.filter((order) => order.status !== 'NEW').length;
  }

  async #countOpenQuestions(): Promise<number> {
    const open = await this.#deps.orders.getOpenOrders();
    return open.filter((order) => order.status === 'SENT' && order.answeredAt === undefined).length;
  }

  /** What an earlier day stored and never sent will not be sent any more. */
  async #dropOfEarlierDays(): Promise<void> {
    const { orders, marketClock, tradeDate } = this.#deps;
    for (const order of await orders.getOpenOrders()) {
      if (order.status !== 'NEW' || order.tradeDate >= tradeDate) continue;
      const { orderId } = order;
      await orders.dropIntent({
        orderId,
        reason: 'of an earlier day',
        marketAt: marketClock.now(),
      });
    }
  }

  /**
   * Shares that we believe to own and the broker does not show: nothing may be traded on such books.
   * Workers may be trading meanwhile (a restart in mid-day), so a difference must last to count.
   */
  async #compareShares(): Promise<Pick<RecoveryResult, 'balance' | 'positions' | 'openQuestions'>> {
    const { orders, broker, accountId, gateway, marketClock } = this.#deps;
    for (let look = 1; ; look += 1) {
      const before = await orders.getOpenPositions();
      const readBalance = () => broker.getCash(accountId, { lane: 'reconcile' });
      const balance = await retryRead(this.#deps, 'balance', readBalance);
      const positions = await orders.getOpenPositions();
      const openQuestions = await this.#countOpenQuestions();
      const missing = missingShares(before, positions, balance);
      const isGood = Object.keys(missing).length === 0 || openQuestions > 0;
      if (isGood) return { balance, positions, openQuestions };
      if (look === LOOKS_AT_SHARES) {
        const message = 'the broker holds fewer shares than our books';
        throw new StateRecoveryError(message, { context: missing });
      }
      await marketClock.sleep(LOOK_AGAIN_MS);
      await retryRead(this.#deps, 'order list', () => gateway.reconcile());
    }
  }

  async #tell(
    type: string,
    level: FleetEvent['level'],
    payload: Record<string, unknown>,
  ): Promise<void> {
    const { events, marketClock, log } = this.#deps;
    await events.append([{ type, level, marketAt: marketClock.now(), payload }]);
    if (level === 'WARN') log.warn(type, payload);
    else log.info(type, payload);
  }
}

/** Bought or sold between the two reads counts for neither: the lesser of both is what must be there. */
function missingShares(
  before: readonly Position[],
  after: readonly Position[],
  balance: BrokerBalance,
): Record<string, { ours: number; broker: number }> {
  const held = new Map(balance.holdings.map(({ symbol, quantity }) => [symbol, quantity]));
  const earlier = new Map(before.map(({ symbol, quantity }) => [symbol, quantity]));
  const missing: Record<string, { ours: number; broker: number }> = {};
  for (const { symbol, quantity } of after) {
    const ours = Math.min(quantity, earlier.get(symbol) ?? 0);
    const theirs = held.get(symbol) ?? 0;
    if (theirs < ours) missing[symbol] = { ours, broker: theirs };
  }
  return missing;
}
