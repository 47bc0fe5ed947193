import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIVE_PROFILE, makeKisAdapter, UNLIMITED_BUDGET } from '@fleet/broker-kis';
import { AnchoredMarketClock, systemClock } from '@fleet/clock';
import { isTerminal, type Order, price, type Price, quantity, ZERO_WON } from '@fleet/domain';
import { connectGateway, type GatewayClient } from '@fleet/gateway-client';
import { parseTradeDate, stepTicks, type TradeDate } from '@fleet/krx';
import {
  type BrokerPort,
  type Instrument,
  type OrderIntent,
  OrderService,
  type OrderTicket,
} from '@fleet/service-layer';
import { makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import { aBaseline, anIntent, aProcess, eventually, newId, withDatabase } from '@fleet/testkit';
import { ACCOUNT } from './fake-broker.ts';
import { HTS_ID, KEYS, newAddress, startGatewayProcess, startSimulator } from './processes.ts';
import { recordingLog } from './recording-log.ts';

const PATIENCE = { timeoutMs: 30_000, everyMs: 50 };
const ROUNDS = 5;

/** As the owner's own terminal sends it. */
function handSale(symbol: string, shares: number): OrderTicket {
  return {
    orderId: newId(),
    request: 'PLACE',
    symbol,
    side: 'SELL',
    type: 'MARKET',
    venue: 'KRX',
    quantity: quantity(shares),
    limitPrice: undefined,
    original: undefined,
  };
}

describe('order truth against the simulator, with real processes and PostgreSQL', () => {
  const database = withDatabase();
  let client: GatewayClient;
  let stores: PostgresStores;
  let service: OrderService;
  /** The owner's own terminal: the same account, past the fleet. */
  let owner: BrokerPort;
  let market: AnchoredMarketClock;
  let instruments: Instrument[];
  let tradeDate: TradeDate;
  const following = new AbortController();

  beforeAll(async () => {
    const { pool, url, schema } = database;
    stores = makePostgresStores(pool, { url, schema });
    const simulator = await startSimulator(database.serverUrl, { 'rate-limit': '1000' });
    database.onDrop(() => simulator.stop());
    database.onDrop(() => stores.close());
    tradeDate = parseTradeDate(simulator.tradeDate);
    await stores.settlement.saveBaseline(aBaseline({ tradeDate }), 0);
    const address = newAddress();
    const gateway = await startGatewayProcess({ simulator, dbUrl: url, schema, address });
    database.onDrop(async () => void (await gateway.stop()));
    const log = recordingLog();
    const who = { processName: 'test-worker', role: 'worker', clock: systemClock, log } as const;
    client = await connectGateway({ address, ...who });
    await client.login();
    market = await AnchoredMarketClock.follow(`${simulator.controlUrl}/clock`, following.signal);
    const parts = { orders: stores.orders, broker: client, feed: client, marketClock: market };
    service = new OrderService({ ...parts, newId, log });
    const { restUrl, wsUrl } = simulator;
    const account = { accountId: ACCOUNT, htsId: HTS_ID, corporate: undefined };
    const masterUrl = `${restUrl}/common/master`;
    const adapter = makeKisAdapter(
      { ...KEYS, ...account, profile: LIVE_PROFILE, restUrl, wsUrl, masterUrl },
      {
        tokenStore: { load: async () => undefined, save: async () => undefined },
        budget: UNLIMITED_BUDGET,
        clock: systemClock,
        brokerClock: market,
      },
    );
    database.onDrop(() => adapter.close());
    owner = adapter.broker;
    instruments = (await client.getInstruments())
      .filter(({ kind, warnings }) => kind === 'COMMON' && warnings.length === 0)
      .toSorted((a, b) => b.previousVolume - a.previousVolume);
  }, 90_000);

  afterAll(async () => {
    await client?.close();
    following.abort();
  });

  interface Stock {
    readonly instrument: Instrument;
    readonly workerId: string;
    readonly fence: number;
  }

  /** A worker that holds the next stock. */
  async function hold(): Promise<Stock> {
    const instrument = instruments.shift()!;
    const workerId = newId();
    const marketAt = market.now();
    await stores.workers.register({
      workerId,
      process: aProcess(),
      capitalLimit: price(50_000_000),
      strategyName: 'test-strategy',
      marketAt,
    });
    const { symbol } = instrument;
    const claim = { symbol, workerId, purpose: 'ENTRY', ttlMs: 600_000, graceMs: 5_000 } as const;
    const granted = await stores.locks.claim({ ...claim, marketAt });
    if (!granted.granted) throw new Error(granted.reason);
    return { instrument, workerId, fence: granted.fence };
  }

  async function priceOf(stock: Stock, ticks: number): Promise<Price> {
    const quote = await client.getQuote(stock.instrument.symbol);
    return price(stepTicks(quote.lastPrice.toNumber(), ticks, stock.instrument, tradeDate));
  }

  async function place(stock: Stock, terms: Partial<OrderIntent>): Promise<Order> {
    const { instrument, workerId, fence } = stock;
    const { symbol, market: board, kind } = instrument;
    const limitPrice = terms.limitPrice ?? (await priceOf(stock, terms.side === 'SELL' ? -10 : 10));
    const created = await service.createOrder(
      anIntent({
        tradeDate,
        symbol,
        instrument: { market: board, kind },
        workerId,
        fence,
        limitPrice,
        judgedPrice: limitPrice,
        expectedLoss: ZERO_WON,
        marketAt: market.now(),
        ...terms,
      }),
    );
    if (created.outcome === 'denied') throw new Error(JSON.stringify(created));
    const outcome = await service.sendOrder(created.order);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return await read(created.order.orderId);
  }

  async function read(orderId: string): Promise<Order> {
    const order = await stores.orders.getOrder(orderId);
    if (!order) throw new Error(`no order ${orderId}`);
    return order;
  }

  const ended = (orderId: string): Promise<Order> =>
    service.waitForEnd(orderId, market.now() + 600_000, AbortSignal.timeout(30_000));

  const heldOf = async ({ instrument }: Stock): Promise<number> =>
    (await stores.orders.getPosition(instrument.symbol))?.quantity ?? 0;

  /** Fills of a stock: ours by broker number, and the list's. */
  async function bothSides({ instrument }: Stock): Promise<{ ours: object; list: object }> {
    const { symbol } = instrument;
    const { rows } = await database.pool.query<{ number: string; fills: string }>(
      `SELECT o.broker_order_id AS number, sum(f.qty)::int || ' for ' || sum(f.amount) AS fills
       FROM fills f JOIN orders o USING (order_id) WHERE f.symbol = $1 GROUP BY 1`,
      [symbol],
    );
    const list = (await owner.getOrders(ACCOUNT, tradeDate)).orders.filter(
      (row) => row.symbol === symbol && row.filledQuantity > 0,
    );
    return {
      ours: Object.fromEntries(rows.map(({ number, fills }) => [number, fills])),
      list: Object.fromEntries(
        list.map((row) => [
          row.key.number,
          `${row.filledQuantity} for ${row.filledAmount.toFixed()}`,
        ]),
      ),
    };
  }

  async function expectSameBooks(stock: Stock): Promise<void> {
    await eventually(async () => {
      const open = await stores.orders.getOpenOrders();
      expect(open.filter(({ symbol }) => symbol === stock.instrument.symbol)).toEqual([]);
      const { ours, list } = await bothSides(stock);
      expect(ours).toEqual(list);
    }, PATIENCE);
  }

  async function buy(stock: Stock, shares: number): Promise<void> {
    const order = await place(stock, { quantity: quantity(shares) });
    expect(await ended(order.orderId)).toMatchObject({ status: 'FILLED' });
  }

  it('an amend goes out as a request of its own, and what it makes is filled and booked', async () => {
    const stock = await hold();
    await buy(stock, 10);
    const resting = await place(stock, {
      side: 'SELL',
      limitPrice: await priceOf(stock, 30),
      purpose: 'TAKE_PROFIT',
    });
    const limitPrice = await priceOf(stock, -10);
    const next = await service.modifyOrder(resting, { type: 'LIMIT', limitPrice }, stock);
    expect(next).toMatchObject({ request: 'PLACE', quantity: 10 });
    expect(next?.broker?.number).not.toBe(resting.broker?.number);
    expect(await ended(next?.orderId ?? '')).toMatchObject({ status: 'FILLED' });
    await expectSameBooks(stock);
    expect(await read(resting.orderId)).toMatchObject({ endReason: 'REPLACED' });
    expect(await heldOf(stock)).toBe(0);
  }, 60_000);

  it('a cancel that meets fills believes the broker, whoever was first', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const stock = await hold();
      const order = await place(stock, {
        quantity: quantity(20),
        limitPrice: await priceOf(stock, round % 2 === 0 ? 10 : -3),
      });
      await market.sleep(round * 400);
      await service.cancelOrder(await read(order.orderId), stock);
      const end = await ended(order.orderId);
      expect(isTerminal(end.status)).toBe(true);
      outcomes.add(end.status);
      await expectSameBooks(stock);
      expect(await heldOf(stock)).toBe(end.filledQuantity);
    }
    // Both sides of the race were seen.
    expect([...outcomes].toSorted()).toEqual(['CANCELED', 'FILLED']);
  }, 120_000);

  it('an amend that meets fills neither doubles nor loses a share, whoever was first', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const stock = await hold();
      await buy(stock, 20);
      const limitPrice = await priceOf(stock, round % 2 === 0 ? 1 : -3);
      const order = await place(stock, {
        side: 'SELL',
        quantity: quantity(20),
        limitPrice,
        purpose: 'STOP_LOSS',
      });
      await market.sleep(round * 400);
      const crossing = await priceOf(stock, -10);
      const terms = { type: 'LIMIT', limitPrice: crossing } as const;
      const next = await service.modifyOrder(await read(order.orderId), terms, stock);
      for (const { orderId } of next ? [next, order] : [order]) await ended(orderId);
      await expectSameBooks(stock);
      expect(await heldOf(stock)).toBe(0);
    }
  }, 120_000);

  it('the owner’s hand sale of the fleet’s shares is booked at the broker’s price, step by step', async () => {
    const stock = await hold();
    const { symbol } = stock.instrument;
    await buy(stock, 10);
    expect((await owner.placeOrder(handSale(symbol, 6))).kind).toBe('accepted');
    await eventually(async () => expect(await heldOf(stock)).toBe(4), PATIENCE);
    expect((await owner.placeOrder(handSale(symbol, 4))).kind).toBe('accepted');
    await eventually(async () => expect(await heldOf(stock)).toBe(0), PATIENCE);
    const { ours, list } = await bothSides(stock);
    expect(ours).toEqual(list);
    const trades = await database.pool.query<{ exit_reason: string; sold_qty: number }>(
      'SELECT exit_reason, sold_qty FROM trades WHERE symbol = $1',
      [symbol],
    );
    expect(trades.rows).toEqual([{ exit_reason: 'EXTERNAL', sold_qty: 10 }]);
    const alarms = await database.pool.query<{ level: string }>(
      `SELECT level FROM events WHERE symbol = $1 AND type = 'ExternalSaleEvent'`,
      [symbol],
    );
    expect(alarms.rows).toEqual([{ level: 'ERROR' }, { level: 'ERROR' }]);
    const { workerId, fence } = stock;
    const release = { symbol, workerId, fence, reason: 'sold by hand' };
    expect(await stores.locks.release({ ...release, marketAt: market.now() })).toBe('RELEASED');
  }, 90_000);

  it('the owner’s own order and shares are told of once, and not touched', async () => {
    const { symbol } = instruments.shift()!;
    const ticket = { ...handSale(symbol, 7), side: 'BUY' } as const;
    expect((await owner.placeOrder(ticket)).kind).toBe('accepted');
    await eventually(async () => {
      const foreign = await stores.account.getForeign(tradeDate);
      expect(foreign.orders).toContainEqual(
        expect.objectContaining({ symbol, side: 'BUY', filledQuantity: 7 }),
      );
      expect(foreign.holdings).toContainEqual({ symbol, quantity: 7 });
    }, PATIENCE);
    const told = await database.pool.query<{ type: string }>(
      'SELECT type FROM events WHERE symbol = $1 ORDER BY id',
      [symbol],
    );
    expect(told.rows.map(({ type }) => type)).toEqual([
      'ForeignOrderSeenEvent',
      'ForeignHoldingSeenEvent',
    ]);
    expect(await stores.orders.getPosition(symbol)).toBeUndefined();
  }, 90_000);
});
