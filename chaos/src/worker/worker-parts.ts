import { systemClock } from '@fleet/clock';
import { DEFAULT_WATCH_LIMITS, won, type LockTiming } from '@fleet/domain';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import {
  LockKeeper,
  OrderService,
  WorkerLifecycle,
  type Log,
  type TradingDay,
  type WorkerBoard,
  type WorkerContext,
} from '@fleet/service-layer';
import { makePool, makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import { v7 as newId } from 'uuid';
import type { Random } from '../random.ts';
import { ChaosStrategy } from './chaos-strategy.ts';
import { FixedMarketClock } from './fixed-market-clock.ts';
import {
  steppingBroker,
  steppingLocks,
  steppingOrders,
  steppingWorkers,
  type StepTeller,
} from './stepping-ports.ts';
import type { WorkerOrder } from './worker-order.ts';

export interface WorkerAdapters {
  readonly stores: PostgresStores;
  readonly gateway: GatewayClient;
}

/** One worker id's life: a worker that lost its right to act is followed by another in its process. */
export interface WorkerLife {
  readonly context: WorkerContext;
  readonly lifecycle: WorkerLifecycle;
  readonly day: TradingDay;
}

/** Real ms between a worker's looks for something to do, at whatever speed the market runs. */
const POLL_MS = 80;
const NO_LAG = { record: () => undefined, recordSkipped: () => undefined };
/** Later than any run: the negative control of the trust window. */
const FOR_EVER_MS = 3_600_000;

export async function openAdapters(order: WorkerOrder, log: Log): Promise<WorkerAdapters> {
  const { dbUrl: url, schema, gatewayAddress, slot } = order;
  const onConnectionError = (error: Error): void => log.warn('DatabaseConnectionLost', { error });
  const applicationName = `chaos-worker-${slot}`;
  const pool = makePool({ url, schema, applicationName, max: 3, onConnectionError });
  return {
    stores: makePostgresStores(pool, { url, schema, onConnectionError }),
    gateway: await connectGateway({
      address: gatewayAddress,
      processName: applicationName,
      role: 'worker',
      clock: systemClock,
      log,
    }),
  };
}

/** The real services on the real stores and the real gateway; only the ports tell their steps. */
export function beginLife(
  order: WorkerOrder,
  { stores, gateway }: WorkerAdapters,
  told: {
    readonly random: Random;
    readonly teller: StepTeller;
    readonly onRefusal: () => void;
    readonly log: Log;
  },
): WorkerLife {
  const { teller, log, random, onRefusal } = told;
  const marketClock = new FixedMarketClock(systemClock, order.market);
  const common = { workerId: newId(), clock: systemClock, marketClock, lag: NO_LAG, log };
  const board: WorkerBoard = { unrealizedPnl: undefined, lastEvent: undefined };
  const workers = steppingWorkers(stores.workers, teller);
  const orders = steppingOrders(stores.orders, teller);
  const broker = steppingBroker(gateway, teller);
  const locks = steppingLocks(stores.locks, teller);
  const { system, events, trading } = stores;
  const lifecycle = new WorkerLifecycle({ ...common, workers, system, board });
  const context: WorkerContext = {
    ...common,
    capital: won(order.capital),
    venue: 'KRX',
    entry: { sizing: { kind: 'ALL_IN' }, order: 'BY_URGENCY' },
    pollMs: POLL_MS * marketClock.speed(),
    timing: order.timing,
    watchLimits: DEFAULT_WATCH_LIMITS,
    broker,
    marketData: gateway,
    orderFeed: gateway,
    orderService: new OrderService({ orders, broker, feed: gateway, marketClock, newId, log }),
    lockKeeper: new WatchedLockKeeper(
      { ...common, locks, timing: believedTiming(order) },
      onRefusal,
    ),
    orders,
    lockStore: locks,
    workers,
    trading,
    system,
    systemNow: () => lifecycle.systemNow(),
    events,
    newId,
    board,
  };
  return { context, lifecycle, day: dayOf(order, new ChaosStrategy(random, order.holdMs)) };
}

/** The real keeper; counts how often the window kept this worker from using a lock. */
class WatchedLockKeeper extends LockKeeper {
  readonly #onRefusal: () => void;

  constructor(deps: ConstructorParameters<typeof LockKeeper>[0], onRefusal: () => void) {
    super(deps);
    this.#onRefusal = onRefusal;
  }

  override fenceOf(symbol: string): number | undefined {
    const fence = super.fenceOf(symbol);
    if (fence === undefined && this.holds(symbol)) this.#onRefusal();
    return fence;
  }
}

function believedTiming({ timing, trustsForEver }: WorkerOrder): LockTiming {
  return trustsForEver === true ? { ...timing, marginMs: -FOR_EVER_MS } : timing;
}

function dayOf(order: WorkerOrder, strategy: ChaosStrategy): TradingDay {
  const tradeDate = parseTradeDate(order.tradeDate);
  const session = KRX_CALENDAR.sessionOf(tradeDate);
  const liquidationAt = session.regular.to - 15 * 60_000;
  return { tradeDate, session, liquidationAt, strategy, params: {}, paramsVersion: 1 };
}
