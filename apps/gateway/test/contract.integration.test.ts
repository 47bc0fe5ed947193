import { AnchoredMarketClock, systemClock } from '@fleet/clock';
import {
  type KisProfile,
  LIVE_PROFILE,
  makeKisAdapter,
  PAPER_PROFILE,
  UNLIMITED_BUDGET,
} from '@fleet/broker-kis';
import type { MarkSentResult, OrderTicket } from '@fleet/service-layer';
import {
  describeBrokerPort,
  describeMarketDataPort,
  type PortsUnderTest,
  withDatabase,
} from '@fleet/testkit';
import { ACCOUNT } from './fake-broker.ts';
import { FakeOrders, orderOf } from './fake-stores.ts';
import { HTS_ID, KEYS, startSimulator } from './processes.ts';
import { connect, endWorld, makeWorld, startGateway } from './start-gateway.ts';

/** Stored orders that are whatever the contract asks for; the tracker leaves them alone. */
class TicketOrders extends FakeOrders {
  readonly #tickets = new Map<string, OrderTicket>();

  store(ticket: OrderTicket): void {
    const { orderId, request, symbol, side, type, venue, quantity, limitPrice } = ticket;
    const parent = [...this.rows.values()].find(
      ({ broker }) => broker !== undefined && broker.number === ticket.original?.number,
    );
    const terms = { request, symbol, side, type, venue, quantity, limitPrice };
    this.rows.set(orderId, orderOf(orderId, { ...terms, parentOrderId: parent?.orderId }));
    this.#tickets.set(orderId, ticket);
  }

  override async markSent(request: { orderId: string }): Promise<MarkSentResult> {
    const marked = await super.markSent(request);
    const ticket = this.#tickets.get(request.orderId);
    return marked.sent && ticket !== undefined ? { sent: true, ticket } : marked;
  }

  override async getOpenOrders(): Promise<readonly never[]> {
    return [];
  }
}

/** A gateway in this process on the real adapter, and a client at its socket. */
async function start(
  database: { readonly serverUrl: string },
  profile: KisProfile,
): Promise<PortsUnderTest> {
  const simulator = await startSimulator(database.serverUrl, {
    profile: profile.name,
    'rate-limit': '1000',
  });
  const following = new AbortController();
  const clockUrl = `${simulator.controlUrl}/clock`;
  const market = await AnchoredMarketClock.follow(clockUrl, following.signal);
  const adapter = makeKisAdapter(
    {
      ...KEYS,
      profile,
      restUrl: simulator.restUrl,
      wsUrl: simulator.wsUrl,
      masterUrl: `${simulator.restUrl}/common/master`,
      accountId: ACCOUNT,
      htsId: HTS_ID,
      corporate: undefined,
    },
    {
      tokenStore: { load: async () => undefined, save: async () => undefined },
      budget: UNLIMITED_BUDGET,
      clock: systemClock,
      brokerClock: market,
    },
  );
  const { broker, marketData, lookup, feed } = adapter;
  const world = makeWorld();
  const orders = new TicketOrders();
  const closeBroker = (): Promise<void> => adapter.close();
  const options = { sendDeadlineMs: 5_000, leaseTtlMs: 30_000, leaseMarginMs: 1_000 };
  const ports = { broker, marketData, lookup, feed, closeBroker, orders, marketClock: market };
  await startGateway(world, options, ports);
  const client = await connect(world);
  return {
    broker: client,
    marketData: client,
    lookup: client,
    market,
    accountId: ACCOUNT,
    pageSizes: { orders: profile.pageSizes.orders, holdings: profile.pageSizes.balance },
    store: (ticket) => orders.store(ticket),
    stop: async () => {
      await endWorld(world);
      following.abort();
      await simulator.stop();
    },
  };
}

const database = withDatabase();

for (const profile of [LIVE_PROFILE, PAPER_PROFILE]) {
  const name = `the client of a gateway at a ${profile.name} server`;
  describeBrokerPort(name, () => start(database, profile));
  describeMarketDataPort(name, profile.name, () => start(database, profile));
}
