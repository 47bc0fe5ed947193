import { StateRecoveryError, type Position, type RecoveryStatus } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
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
      const unfilledOrders = await this.#countUnfilled();
      const mismatches = await this.syncUnfilledOrders(unfilledOrders);
      const positionsCorrected = await this.recalculatePositions();
      const { broker, orders, accountId } = this.#deps;
      const balance = await broker.getCash(accountId, { lane: 'reconcile' });
      const positions = await orders.getOpenPositions();
      const openQuestions = await this.#countOpenQuestions();
      this.#requireShares(positions, balance, openQuestions);
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
    const { mismatches } = await this.#deps.gateway.reconcile();
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

  /** Shares that we believe to own and the broker does not show: nothing may be traded on such books. */
  #requireShares(
    positions: readonly Position[],
    balance: BrokerBalance,
    openQuestions: number,
  ): void {
    const held = new Map(balance.holdings.map((holding) => [holding.symbol, holding.quantity]));
    const missing = positions.filter((p) => (held.get(p.symbol) ?? 0) < p.quantity);
    if (missing.length === 0 || openQuestions > 0) return;
    const context = Object.fromEntries(
      missing.map((p) => [p.symbol, { ours: p.quantity, broker: held.get(p.symbol) ?? 0 }]),
    );
    throw new StateRecoveryError('the broker holds fewer shares than our books', { context });
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
