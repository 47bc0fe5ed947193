import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, wallMarketClock } from '@fleet/clock';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import type { ClientRole } from '@fleet/gateway-contract';
import { FakeAccountStore, FakeMarketLookup } from '@fleet/testkit';
import type { EventStore, FleetEvent } from '@fleet/service-layer';
import { Callers } from '../src/budget/caller.ts';
import type { GatewayOptions, GatewayPorts } from '../src/gateway-ports.ts';
import { Gateway } from '../src/gateway.ts';
import { LOOKS } from '../src/orders/last-look.ts';
import { ACCOUNT, FakeBroker, FakeMarketData } from './fake-broker.ts';
import { FakeLeases, FakeOrders } from './fake-stores.ts';
import { recordingLog } from './recording-log.ts';

/** What outlives a gateway: broker, database, address. */
export interface World {
  readonly broker: FakeBroker;
  readonly marketData: FakeMarketData;
  readonly orders: FakeOrders;
  readonly leases: FakeLeases;
  readonly events: { readonly marked: FleetEvent[]; append: EventStore['append'] };
  readonly address: string;
  readonly clients: GatewayClient[];
  readonly stops: (() => Promise<number>)[];
}

export function makeWorld(address?: string): World {
  const broker = new FakeBroker();
  const marketData = new FakeMarketData();
  broker.now = () => systemClock.now();
  marketData.now = () => systemClock.now();
  const marked: FleetEvent[] = [];
  return {
    broker,
    marketData,
    orders: new FakeOrders(),
    leases: new FakeLeases(systemClock),
    events: { marked, append: async (events) => void marked.push(...events) },
    address: address ?? join(mkdtempSync(join(tmpdir(), 'gateway-')), 'gateway.sock'),
    clients: [],
    stops: [],
  };
}

export interface RunningGateway {
  readonly address: string;
  readonly exitCode: Promise<number>;
  readonly log: ReturnType<typeof recordingLog>;
  brokerLeft(): boolean;
  /** Awaited while the broker is being left. */
  onLeave: () => Promise<void>;
  stop(): Promise<number>;
}

export async function startGateway(
  world: World,
  options: Partial<GatewayOptions> = {},
  ports: Partial<GatewayPorts> = {},
): Promise<RunningGateway> {
  const log = recordingLog();
  let left = false;
  const running = { onLeave: async (): Promise<void> => undefined };
  const gateway = new Gateway(
    {
      broker: world.broker,
      marketData: world.marketData,
      lookup: new FakeMarketLookup(),
      feed: { isConnected: true, listen: () => undefined },
      closeBroker: async () => {
        left = true;
        await running.onLeave();
      },
      budget: { waitingCalls: 0, callsLastMinute: 0 },
      callers: new Callers(),
      orders: world.orders,
      account: new FakeAccountStore(),
      leases: world.leases,
      events: world.events,
      clock: systemClock,
      marketClock: wallMarketClock,
      identity: { pid: process.pid, hostId: 'h', bootId: 'b', startedAt: 's' },
      judgeProcess: () => 'alive',
      log,
      ...ports,
    },
    {
      address: world.address,
      token: undefined,
      tls: undefined,
      accountId: ACCOUNT,
      registrations: 41,
      pollMs: 50,
      leaseTtlMs: 1_000,
      leaseRenewMs: 100,
      leaseMarginMs: 200,
      sendDeadlineMs: 1_000,
      answerDeadlineMs: 2_000,
      looks: LOOKS,
      ...options,
    },
  );
  const stopping = new AbortController();
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  const exitCode = gateway.run(stopping.signal, resolve);
  exitCode.catch(reject);
  const stop = (): Promise<number> => {
    stopping.abort();
    return exitCode;
  };
  world.stops.push(stop);
  const address = await ready;
  return Object.assign(running, { address, exitCode, log, brokerLeft: () => left, stop });
}

export async function connect(
  world: World,
  options: { role?: ClientRole; address?: string; token?: string; ca?: string } = {},
): Promise<GatewayClient> {
  const client = await connectGateway({
    address: options.address ?? world.address,
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    processName: 'test',
    role: options.role ?? 'worker',
    clock: systemClock,
    log: recordingLog(),
  });
  world.clients.push(client);
  return client;
}

export async function endWorld(world: World): Promise<void> {
  await Promise.all(world.clients.map((client) => client.close()));
  await Promise.allSettled(world.stops.map((stop) => stop()));
}
