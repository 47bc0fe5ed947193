import {
  type CostRates,
  DEFAULT_COST_RATES,
  DEFAULT_KILL_LIMITS,
  type KillLimits,
} from '@fleet/domain';
import type {
  AccountStore,
  EventStore,
  LagStore,
  LeaseStore,
  LockStore,
  OrderStore,
  ReportStore,
  SecretStore,
  SettlementStore,
  SystemStore,
  TradingStore,
  WorkerStore,
} from '@fleet/service-layer';
import { PostgresEventStore } from './fleet/postgres-event-store.ts';
import { PostgresLagStore } from './fleet/postgres-lag-store.ts';
import { PostgresLeaseStore } from './fleet/postgres-lease-store.ts';
import { PostgresSecretStore } from './fleet/postgres-secret-store.ts';
import { PostgresSystemStore } from './fleet/postgres-system-store.ts';
import { PostgresWorkerStore } from './fleet/postgres-worker-store.ts';
import { PostgresLockStore } from './locks/postgres-lock-store.ts';
import { makePool, type Pool } from './make-pool.ts';
import { PostgresAccountStore } from './orders/postgres-account-store.ts';
import { PostgresOrderStore } from './orders/postgres-order-store.ts';
import { PostgresReportStore } from './report/postgres-report-store.ts';
import { PostgresSettlementStore } from './settlement/postgres-settlement-store.ts';
import { PostgresTradingStore } from './trading/postgres-trading-store.ts';

/** All stores of one fleet's schema. */
export interface PostgresStores {
  readonly locks: LockStore;
  readonly orders: OrderStore;
  readonly account: AccountStore;
  readonly workers: WorkerStore;
  readonly leases: LeaseStore;
  readonly events: EventStore;
  readonly system: SystemStore;
  readonly trading: TradingStore;
  readonly settlement: SettlementStore;
  readonly report: ReportStore;
  readonly lags: LagStore;
  readonly secrets: SecretStore;
  /** Ends what the stores opened themselves; the pool is its maker's. */
  close(): Promise<void>;
}

export interface StoresOptions {
  readonly url: string;
  readonly schema: string;
  readonly costRates?: CostRates;
  readonly killLimits?: KillLimits;
  readonly onConnectionError?: (error: Error) => void;
}

/** A renewal that takes longer is no renewal. */
const RENEWAL_TIMEOUT_MS = 1_000;

/** Stores on the pool; renewals of locks and leases get a connection of their own. */
export function makePostgresStores(pool: Pool, options: StoresOptions): PostgresStores {
  const { url, schema, onConnectionError } = options;
  const { costRates = DEFAULT_COST_RATES, killLimits = DEFAULT_KILL_LIMITS } = options;
  const renewalPool = makePool({
    url,
    schema,
    applicationName: 'fleet-renewal',
    max: 1,
    statementTimeoutMs: RENEWAL_TIMEOUT_MS,
    ...(onConnectionError === undefined ? {} : { onConnectionError }),
  });
  return {
    locks: new PostgresLockStore({ pool, renewalPool }),
    orders: new PostgresOrderStore(pool, { rates: costRates, kill: killLimits }),
    account: new PostgresAccountStore(pool, costRates),
    workers: new PostgresWorkerStore(pool),
    leases: new PostgresLeaseStore(renewalPool),
    events: new PostgresEventStore(pool),
    system: new PostgresSystemStore(pool),
    trading: new PostgresTradingStore(pool),
    settlement: new PostgresSettlementStore(pool),
    report: new PostgresReportStore(pool),
    lags: new PostgresLagStore(pool),
    secrets: new PostgresSecretStore(pool),
    close: () => renewalPool.end(),
  };
}
