import type {
  AccountStore,
  BrokerPort,
  Clock,
  EventStore,
  LeaseStore,
  Log,
  MarketClock,
  MarketDataPort,
  MarketLookupPort,
  OrderStore,
  OrderSubmitter,
  ProcessIdentity,
} from '@fleet/service-layer';
import type { Callers } from './budget/caller.ts';
import type { Look } from './orders/last-look.ts';
import type { ServerTls } from './server/gateway-server.ts';

/** What the broker's feed tells beside ticks and notices. */
export interface FeedSignals {
  readonly isConnected: boolean;
  listen(events: {
    onGap(reason: string): void;
    onReconnected(): void;
    onNoticeLost(): void;
    onReject(reject: { readonly trId: string; readonly reason: string }): void;
  }): unknown;
}

/** What the gateway stands on; bootstrap fills it with adapters, tests with fakes. */
export interface GatewayPorts {
  readonly broker: BrokerPort & OrderSubmitter;
  readonly marketData: MarketDataPort;
  readonly lookup: MarketLookupPort;
  readonly feed: FeedSignals;
  /** Leaves the broker's feed and ends idle connections. */
  readonly closeBroker: () => Promise<void>;
  readonly budget: { readonly waitingCalls: number; readonly callsLastMinute: number };
  readonly callers: Callers;
  readonly orders: OrderStore;
  readonly account: AccountStore;
  readonly leases: LeaseStore;
  readonly events: Pick<EventStore, 'append'>;
  readonly clock: Clock;
  /** Also broker time: the wall clock outside a simulation. */
  readonly marketClock: MarketClock;
  readonly identity: ProcessIdentity;
  readonly judgeProcess: (identity: ProcessIdentity) => 'alive' | 'dead' | 'unknown';
  readonly log: Log;
}

/** Milliseconds are real ones unless said otherwise. */
export interface GatewayOptions {
  readonly address: string;
  readonly token: string | undefined;
  readonly tls: ServerTls | undefined;
  readonly accountId: string;
  /** Registrations that a session may hold, notices included. */
  readonly registrations: number;
  /** Broker ms between polls of symbols without a slot. */
  readonly pollMs: number;
  readonly leaseTtlMs: number;
  readonly leaseRenewMs: number;
  readonly leaseMarginMs: number;
  readonly sendDeadlineMs: number;
  readonly answerDeadlineMs: number;
  /** What the last look before an order's bytes looks at: LOOKS. No setting turns one off. */
  readonly looks: readonly Look[];
}
