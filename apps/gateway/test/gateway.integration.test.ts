import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Order, price, quantity, ZERO_WON } from '@fleet/domain';
import { parseTradeDate, stepTicks, type TradeDate } from '@fleet/krx';
import { systemClock } from '@fleet/clock';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import type { FeedStatus, Instrument, OrderChange, OrderTicket, Tick } from '@fleet/service-layer';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import { aBaseline, anIntent, aProcess, eventually, newId, withDatabase } from '@fleet/testkit';
import {
  type GatewayProcess,
  newAddress,
  type SimulatorProcess,
  startGatewayProcess,
  startSimulator,
} from './processes.ts';
import { recordingLog } from './recording-log.ts';

const ACCOUNT = '50012345-01';
/** Of a ticket only the id crosses the socket. */
function ticketOf(orderId: string, symbol: string): OrderTicket {
  return {
    orderId,
    request: 'PLACE',
    symbol,
    side: 'BUY',
    type: 'MARKET',
    venue: 'KRX',
    quantity: quantity(999),
    limitPrice: undefined,
    original: undefined,
  };
}

const PATIENCE = { timeoutMs: 20_000, everyMs: 50 };

describe('gateway, simulator and PostgreSQL as processes', () => {
  const database = withDatabase();
  const address = newAddress();
  let simulator: SimulatorProcess;
  let gateway: GatewayProcess;
  let client: GatewayClient;
  let stores: PostgresStores;
  let instruments: readonly Instrument[];
  let tradeDate: TradeDate;
  const changes: OrderChange[] = [];

  const start = (): Promise<GatewayProcess> =>
    startGatewayProcess({ simulator, dbUrl: database.url, schema: database.schema, address });

  beforeAll(async () => {
    const { pool, url, schema } = database;
    stores = makePostgresStores(pool, { url, schema });
    simulator = await startSimulator(database.serverUrl);
    // Its connections must be gone before the database is.
    database.onDrop(() => simulator.stop());
    database.onDrop(() => stores.close());
    tradeDate = parseTradeDate(simulator.tradeDate);
    gateway = await start();
    database.onDrop(async () => void (await gateway.stop()));
    client = await connectGateway({
      address,
      processName: 'test-worker',
      role: 'worker',
      clock: systemClock,
      log: recordingLog(),
    });
    client.subscribeOrderChanges((change) => changes.push(change));
    await client.login();
    instruments = (await client.getInstruments())
      .filter(({ kind, warnings }) => kind === 'COMMON' && warnings.length === 0)
      .toSorted((a, b) => b.previousVolume - a.previousVolume);
    await stores.settlement.saveBaseline(aBaseline({ tradeDate }), 0);
  }, 60_000);

  afterAll(async () => {
    await client?.close();
  });

  const storedOrder = async (orderId: string): Promise<Order | undefined> =>
    await stores.orders.getOrder(orderId);

  const sealedToken = async (): Promise<string | undefined> =>
    await stores.secrets.load('kis-access-token');

  const listed = async (symbol: string) =>
    (await client.getOrders(ACCOUNT, tradeDate)).orders.filter((row) => row.symbol === symbol);

  /** A worker that holds the stock and has stored a buy far through the ask. */
  async function storeBuy(instrument: Instrument): Promise<OrderTicket> {
    const { symbol, market, kind } = instrument;
    const quote = await client.getQuote(symbol);
    const limit = price(stepTicks(quote.lastPrice.toNumber(), 10, { market, kind }, tradeDate));
    const workerId = newId();
    await stores.workers.register({
      workerId,
      process: aProcess(),
      capitalLimit: price(50_000_000),
      strategyName: 'test-strategy',
      marketAt: quote.at,
    });
    const claim = await stores.locks.claim({
      symbol,
      workerId,
      purpose: 'ENTRY',
      ttlMs: 600_000,
      graceMs: 5_000,
      marketAt: quote.at,
    });
    if (!claim.granted) throw new Error(claim.reason);
    const intent = anIntent({
      tradeDate,
      symbol,
      instrument: { market, kind },
      workerId,
      fence: claim.fence,
      quantity: quantity(3),
      limitPrice: limit,
      judgedPrice: limit,
      expectedLoss: ZERO_WON,
      marketAt: quote.at,
    });
    const stored = await stores.orders.storeIntent(intent);
    if (stored.outcome !== 'stored') throw new Error(JSON.stringify(stored));
    return ticketOf(intent.orderId, symbol);
  }

  it('an order goes out, is filled, is booked, and everybody hears of it', async () => {
    const ticket = await storeBuy(instruments[0]!);
    expect(await client.placeOrder(ticket)).toMatchObject({ kind: 'accepted' });
    await eventually(
      async () => expect(await storedOrder(ticket.orderId)).toMatchObject({ status: 'FILLED' }),
      PATIENCE,
    );
    await eventually(() =>
      expect(changes).toContainEqual(
        expect.objectContaining({ orderId: ticket.orderId, status: 'FILLED' }),
      ),
    );
    expect((await stores.orders.getPosition(ticket.symbol))?.quantity).toBe(3);
  });

  it('a killed gateway comes back with the same token, finds the slot taken, and waits for it', async () => {
    const before = await sealedToken();
    const statuses: FeedStatus[] = [];
    const ticks: Tick[] = [];
    const { symbol } = instruments[1]!;
    await client.subscribeQuotes([symbol], {
      onTick: (tick) => ticks.push(tick),
      onFeedStatus: (_symbol, status) => statuses.push(status),
    });
    await eventually(() => expect(statuses).toEqual(['live']), PATIENCE);
    await gateway.kill();
    await eventually(() => expect(statuses.at(-1)).toBe('stale'), PATIENCE);
    expect(await client.placeOrder(ticketOf(newId(), symbol))).toMatchObject({ kind: 'notSent' });
    gateway = await start();
    // The broker keeps the slot of the dead session for a while: calls work, the feed has to wait.
    await eventually(
      async () =>
        expect(await client.getStatus()).toMatchObject({ loggedIn: true, feedConnected: false }),
      PATIENCE,
    );
    expect((await client.getQuote(symbol)).symbol).toBe(symbol);
    expect(statuses.at(-1)).toBe('stale');
    await eventually(() => expect(statuses.at(-1)).toBe('live'), PATIENCE);
    const heard = ticks.length;
    await eventually(() => expect(ticks.length).toBeGreaterThan(heard), PATIENCE);
    expect(await client.getStatus()).toMatchObject({
      pid: gateway.pid,
      loggedIn: true,
      feedConnected: true,
    });
    expect(before).toMatch(/^v1\./);
    expect(await sealedToken()).toBe(before);
  });

  it('killed between the bytes and the answer: unknown, found in the list, sent once', async () => {
    const rule = { kind: 'SLOW_REPLY', endpoint: 'order-cash', times: 1, delayMs: 200_000 };
    const posted = await fetch(`${simulator.controlUrl}/faults`, {
      method: 'POST',
      body: JSON.stringify({ seed: 1, rules: [rule] }),
    });
    expect(posted.status).toBe(200);
    const ticket = await storeBuy(instruments[2]!);
    const outcome = client.placeOrder(ticket);
    await eventually(async () => expect(await listed(ticket.symbol)).toHaveLength(1), PATIENCE);
    expect(await storedOrder(ticket.orderId)).toMatchObject({ status: 'SENT', broker: undefined });
    await gateway.kill();
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    gateway = await start();
    await eventually(
      async () => expect(await storedOrder(ticket.orderId)).toMatchObject({ status: 'FILLED' }),
      PATIENCE,
    );
    const [row, ...others] = await listed(ticket.symbol);
    expect(others).toEqual([]);
    expect((await storedOrder(ticket.orderId))?.broker?.number).toBe(row?.key.number);
    expect((await stores.orders.getPosition(ticket.symbol))?.quantity).toBe(3);
  });

  it('ends in order on SIGTERM: exit 0, and its lease is free', async () => {
    expect(await gateway.stop()).toBe(0);
    const lease = await stores.leases.read('gateway');
    expect(lease?.expired ?? true).toBe(true);
  });
});
