import { AnchoredMarketClock, systemClock, wallMarketClock } from '@fleet/clock';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import { identifyProcess, identifySelf, judgeProcess } from '@fleet/host';
import type { Clock, Log, MarketClock, ProcessIdentity, RunRegistry } from '@fleet/service-layer';
import {
  makePool,
  makePostgresStores,
  migrate,
  openRunRegistry,
  type PostgresStores,
} from '@fleet/storage-postgres';

// The supervisor's choice of adapters; the rest of the app knows them by these names.
export { identifyProcess, judgeProcess };
export type { GatewayClient, PostgresStores };

export const clock: Clock = systemClock;

export function ownIdentity(): ProcessIdentity {
  return identifySelf();
}

export function isProvedDead(process: ProcessIdentity): boolean {
  return judgeProcess(process) === 'dead';
}

export interface Storage {
  readonly stores: PostgresStores;
  close(): Promise<void>;
}

/** The registry of runs of this database. */
export async function withRegistry<T>(
  dbUrl: string,
  work: (registry: RunRegistry) => Promise<T>,
): Promise<T> {
  const pool = makePool({
    url: dbUrl,
    schema: 'public',
    applicationName: 'fleet-registry',
    max: 1,
  });
  try {
    return await work(await openRunRegistry(pool));
  } finally {
    await pool.end();
  }
}

/** Brings the run's schema up to date and opens its stores. */
export async function openStorage(dbUrl: string, schema: string, log: Log): Promise<Storage> {
  await migrate(dbUrl, schema);
  const onConnectionError = (error: Error): void => log.warn('DatabaseConnectionLost', { error });
  const applicationName = 'fleet-supervisor';
  const pool = makePool({ url: dbUrl, schema, applicationName, onConnectionError });
  const stores = makePostgresStores(pool, { url: dbUrl, schema, onConnectionError });
  return {
    stores,
    async close() {
      await stores.close();
      await pool.end();
    },
  };
}

export async function openMarketClock(
  url: string | undefined,
  signal: AbortSignal,
): Promise<MarketClock> {
  return url === undefined ? wallMarketClock : await AnchoredMarketClock.follow(url, signal);
}

export async function openGateway(
  address: string,
  access: { readonly token: string | undefined; readonly ca: string | undefined },
  log: Log,
): Promise<GatewayClient> {
  const { token, ca } = access;
  return await connectGateway({
    address,
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    processName: 'supervisor',
    role: 'supervisor',
    clock: systemClock,
    log,
  });
}
