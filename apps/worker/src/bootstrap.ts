import { AnchoredMarketClock, systemClock, wallMarketClock } from '@fleet/clock';
import { identifySelf } from '@fleet/host';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import type { Logger } from '@fleet/observability';
import type {
  Clock,
  EventStore,
  LagStore,
  LockStore,
  MarketClock,
  OrderStore,
  ProcessIdentity,
  SystemStore,
  TradingStore,
  WorkerStore,
} from '@fleet/service-layer';
import { makePool, makePostgresStores } from '@fleet/storage-postgres';
import type { WorkerSettings } from './settings.ts';

export interface WorkerAdapters {
  readonly workerId: string;
  readonly gateway: GatewayClient;
  readonly locks: LockStore;
  readonly orders: OrderStore;
  readonly workers: WorkerStore;
  readonly trading: TradingStore;
  readonly system: SystemStore;
  readonly events: EventStore;
  readonly lags: LagStore;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  close(): Promise<void>;
}

/** Opens everything a worker talks to. It holds no secret of the broker. */
export async function openAdapters(
  settings: WorkerSettings,
  workerId: string,
  log: Logger,
  stop: AbortSignal,
): Promise<WorkerAdapters> {
  const { marketClockUrl, dbUrl, schema, gatewayAddress, gatewayToken, gatewayCa } = settings;
  const following = new AbortController();
  const marketClock = marketClockUrl
    ? await AnchoredMarketClock.follow(marketClockUrl, following.signal)
    : wallMarketClock;
  const onConnectionError = (error: Error): void => log.warn('DatabaseConnectionLost', { error });
  const pool = makePool({
    url: dbUrl,
    schema,
    applicationName: `fleet-worker-${process.pid}`,
    onConnectionError,
  });
  const killLimits = settings.fleet.kill;
  const stores = makePostgresStores(pool, { url: dbUrl, schema, killLimits, onConnectionError });
  stop.throwIfAborted();
  const gateway = await connectGateway({
    address: gatewayAddress,
    ...(gatewayToken ? { token: gatewayToken } : {}),
    ...(gatewayCa ? { tls: { ca: gatewayCa } } : {}),
    processName: `worker-${process.pid}`,
    role: 'worker',
    clock: systemClock,
    log,
  });
  return {
    workerId,
    gateway,
    locks: stores.locks,
    orders: stores.orders,
    workers: stores.workers,
    trading: stores.trading,
    system: stores.system,
    events: stores.events,
    lags: stores.lags,
    clock: systemClock,
    marketClock,
    async close() {
      await gateway.close();
      await stores.close();
      await pool.end();
      following.abort();
    },
  };
}

export function ownIdentity(): ProcessIdentity {
  return identifySelf();
}
