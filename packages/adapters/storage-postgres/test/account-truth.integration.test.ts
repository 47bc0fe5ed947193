import { describe, expect, it } from '@jest/globals';
import { DEFAULT_KILL_LIMITS, price, quantity, won } from '@fleet/domain';
import { aBrokerOrder, aCancel, newId, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import type { BrokerOrder } from '@fleet/service-layer';
import { makePostgresStores } from '../src/index.ts';
import { type Holder, newBrokerNumber, newSymbol, send, withFleet } from './support/fleet.ts';

const fleet = withFleet();
const marketAt = TEST_MARKET_AT;

/** A person's sell order at 9,900 won. */
function handSale(symbol: string, filled: number, of = 20, number = newBrokerNumber()) {
  return aBrokerOrder({
    key: { date: TEST_DATE, branch: '00950', number },
    symbol,
    side: 'SELL',
    quantity: quantity(of),
    filledQuantity: quantity(filled),
    filledAmount: won(9_900 * filled),
  });
}

const sale = (row: BrokerOrder, fleetQuantity: number, position: number) => ({
  row,
  fleetQuantity: quantity(fleetQuantity),
  position: quantity(position),
  marketAt,
});

async function held(): Promise<Holder> {
  const holder = await fleet.holder();
  await fleet.bought(holder, 10, 10_000);
  return holder;
}

describe('the owner sells the fleet’s shares by hand', () => {
  it('closes the trade at the broker’s price, frees the lock and alarms', async () => {
    const holder = await held();
    const { symbol } = holder;
    const row = handSale(symbol, 10);
    const booked = await fleet.stores.account.bookExternalSale(sale(row, 10, 10));
    expect(booked).toMatchObject({ symbol, status: 'FILLED', filledStep: 10 });
    const trade = await fleet.row('trades', 'symbol', symbol);
    expect(trade).toMatchObject({ exit_reason: 'EXTERNAL', sold_qty: 10, sold_amount: '99000' });
    expect(won(String(trade['pnl'])).lt(-1_000)).toBe(true);
    const events = (await fleet.events({ symbol })).map(({ type }) => type);
    expect(events.slice(-5)).toEqual([
      'OrderCreatedEvent',
      'FillReceivedEvent',
      'PositionExitedEvent',
      'OrderFilledEvent',
      'ExternalSaleEvent',
    ]);
    const release = { symbol, workerId: holder.workerId, fence: holder.fence };
    expect(await fleet.stores.locks.release({ ...release, reason: 'sold', marketAt })).toBe(
      'RELEASED',
    );
  });

  it('reduces the position step by step, each step once, whatever repeats', async () => {
    const { symbol } = await held();
    const number = newBrokerNumber();
    const { account, orders } = fleet.stores;
    const first = sale(handSale(symbol, 4, 20, number), 4, 10);
    await account.bookExternalSale(first);
    expect(await account.bookExternalSale(first)).toBeUndefined();
    expect(await orders.getPosition(symbol)).toMatchObject({ quantity: 6 });
    const [a, b] = await Promise.all([
      account.bookExternalSale(sale(handSale(symbol, 10, 20, number), 10, 6)),
      account.bookExternalSale(sale(handSale(symbol, 10, 20, number), 10, 6)),
    ]);
    expect([a, b].filter((each) => each !== undefined)).toHaveLength(1);
    expect(await orders.getPosition(symbol)).toMatchObject({ quantity: 0 });
    expect((await account.getExternalSales(TEST_DATE)).get(number)).toBe(10);
    const sums = await fleet.pool.query(
      `SELECT sum(qty)::int AS qty, sum(amount)::int AS amount FROM fills WHERE symbol = $1 AND side = 'SELL'`,
      [symbol],
    );
    expect(sums.rows).toEqual([{ qty: 10, amount: 99_000 }]);
  });

  it('books nothing when the position is not what the evidence was judged by', async () => {
    const { symbol } = await held();
    expect(
      await fleet.stores.account.bookExternalSale(sale(handSale(symbol, 4), 4, 9)),
    ).toBeUndefined();
    expect(await fleet.stores.orders.getPosition(symbol)).toMatchObject({ quantity: 10 });
  });

  it('takes its part of the amount when own shares went with the same order', async () => {
    const { symbol } = await held();
    await fleet.stores.account.bookExternalSale(sale(handSale(symbol, 15), 10, 10));
    expect(await fleet.row('trades', 'symbol', symbol)).toMatchObject({ sold_amount: '99000' });
  });

  it('touches no order of ours, and is in the day’s ledger by the broker’s number', async () => {
    const { symbol, ...holder } = await held();
    const waiting = await fleet.accepted({ ...holder, symbol }, { side: 'SELL', quantity: 10 });
    const row = handSale(symbol, 4);
    await fleet.stores.account.bookExternalSale(sale(row, 4, 10));
    expect(await fleet.stores.orders.getOrder(waiting.orderId)).toMatchObject({ status: 'SENT' });
    const ledger = await fleet.stores.settlement.readDayLedger(TEST_DATE);
    expect(ledger.orders.find(({ brokerNumber }) => brokerNumber === row.key.number)).toMatchObject(
      { symbol, filledQuantity: 4 },
    );
  });
});

describe('foreign orders and holdings', () => {
  it('are told of once each, kept for the operator, and followed as they fill', async () => {
    const symbol = newSymbol();
    const number = newBrokerNumber();
    const { account } = fleet.stores;
    const seen = { tradeDate: TEST_DATE, marketAt };
    const orders = [handSale(symbol, 0, 20, number)];
    await account.recordForeign({ ...seen, orders, holdings: [{ symbol, quantity: 7 }] });
    await account.recordForeign({ ...seen, orders, holdings: [{ symbol, quantity: 7 }] });
    const more = [handSale(symbol, 5, 20, number)];
    await account.recordForeign({ ...seen, orders: more, holdings: [{ symbol, quantity: 2 }] });
    const types = (await fleet.events({ symbol })).map(({ type }) => type);
    expect(types).toEqual(['ForeignOrderSeenEvent', 'ForeignHoldingSeenEvent']);
    const foreign = await account.getForeign(TEST_DATE);
    expect(foreign.orders.find((order) => order.number === number)).toEqual({
      number,
      symbol,
      side: 'SELL',
      quantity: 20,
      filledQuantity: 5,
    });
    expect(foreign.holdings).toContainEqual({ symbol, quantity: 2 });
    await account.recordForeign({ ...seen, orders: [], holdings: [] });
    expect((await account.getForeign(TEST_DATE)).holdings).toEqual([]);
  });

  it('a stock with foreign shares that turned up during the day is not bought', async () => {
    const holder = await fleet.holder();
    const holdings = [{ symbol: holder.symbol, quantity: 3 }];
    const seen = { tradeDate: TEST_DATE, orders: [], holdings, marketAt };
    await fleet.stores.account.recordForeign(seen);
    const intent = fleet.intentOf(holder);
    expect(await fleet.stores.orders.storeIntent(intent)).toMatchObject({
      outcome: 'denied',
      code: 'FOREIGN_HOLDING',
    });
    await fleet.stores.account.recordForeign({ ...seen, holdings: [] });
    expect((await fleet.stores.orders.storeIntent(intent)).outcome).toBe('stored');
  });

  it('a lack of shares that lasts closes the gate', async () => {
    const symbol = newSymbol();
    const { account, system } = fleet.stores;
    await account.recordMismatch({ symbol, ours: 10, broker: 7, marketAt });
    expect(await system.read()).toMatchObject({ gate: 'EXIT_ONLY' });
    expect(await fleet.events({ symbol })).toMatchObject([
      { type: 'PositionMismatchEvent', level: 'ERROR', payload: { ours: 10, broker: 7 } },
    ]);
    await system.setGate({ gate: 'OPEN', reason: 'looked at', by: 'person', marketAt });
  });
});

async function frozen() {
  const holder = await fleet.holder();
  const intent = fleet.intentOf(holder);
  await fleet.stores.orders.storeIntent(intent);
  await send(fleet.stores, intent.orderId);
  const rows = [handSale(holder.symbol, 0), handSale(holder.symbol, 0)];
  const { symbol } = holder;
  await fleet.stores.orders.freezeStock({ symbol, orderId: intent.orderId, rows, marketAt });
  await fleet.stores.system.setGate({ gate: 'OPEN', reason: 'x', by: 'person', marketAt });
  return { ...holder, orderId: intent.orderId, rows };
}
const isFrozen = async (symbol: string) =>
  (await fleet.stores.orders.getFrozenStocks()).some((stock) => stock.symbol === symbol);

describe('a frozen stock', () => {
  it('is shown with its candidates', async () => {
    const { symbol, orderId, rows } = await frozen();
    const stock = (await fleet.stores.orders.getFrozenStocks()).find((s) => s.symbol === symbol);
    expect(stock).toMatchObject({ orderId, candidates: rows.map(({ key }) => ({ key })) });
  });

  it('thaws when its order gets its number, and tells of it', async () => {
    const { symbol, orderId, rows } = await frozen();
    await fleet.stores.orders.adoptBrokerNumber({ orderId, row: rows[0]!, marketAt });
    expect(await isFrozen(symbol)).toBe(false);
    expect(await fleet.events({ symbol, type: 'StockUnfrozenEvent' })).toMatchObject([
      { order_id: orderId, payload: { brokerOrderId: rows[0]!.key.number } },
    ]);
  });

  it('thaws when none of them was ours, and stays frozen for any other order', async () => {
    const { symbol, orderId } = await frozen();
    const other = await fleet.accepted(await fleet.holder());
    await fleet.book(other, 10);
    expect(await isFrozen(symbol)).toBe(true);
    await fleet.stores.orders.endOrder({
      orderId,
      status: 'REJECTED',
      reason: 'NEVER_ARRIVED',
      detail: 'by a person',
      marketAt,
    });
    expect(await isFrozen(symbol)).toBe(false);
  });
});

const openGate = () =>
  fleet.stores.system.setGate({
    gate: 'OPEN',
    reason: `looked ${newSymbol()}`,
    by: 'person',
    marketAt,
  });

describe('kill conditions inside the intent transaction', () => {
  it('a streak of refused buys closes the gate, until a person has opened it', async () => {
    await openGate();
    for (let nth = 0; nth < 5; nth += 1) {
      const holder = await fleet.holder();
      const intent = fleet.intentOf(holder);
      expect((await fleet.stores.orders.storeIntent(intent)).outcome).toBe('stored');
      await send(fleet.stores, intent.orderId);
      const outcome = { kind: 'rejected', code: 'APBK0919', message: 'no' } as const;
      await fleet.stores.orders.recordAnswer({ orderId: intent.orderId, outcome, marketAt });
    }
    const holder = await fleet.holder();
    const result = await fleet.stores.orders.storeIntent(fleet.intentOf(holder));
    expect(result).toMatchObject({ outcome: 'denied', code: 'REJECT_STREAK' });
    expect(await fleet.stores.system.read()).toMatchObject({ gate: 'EXIT_ONLY' });
    expect(await fleet.events({ symbol: holder.symbol, type: 'RiskViolationEvent' })).toHaveLength(
      1,
    );
    await openGate();
    expect((await fleet.stores.orders.storeIntent(fleet.intentOf(holder))).outcome).toBe('stored');
  });

  it('too many orders of a stock in a minute stop buys; a sell goes through and closes the gate', async () => {
    const buyer = await fleet.holder();
    await fleet.bought(buyer, 100, 1_000);
    const later = marketAt + 3_600_000;
    const sells = fleet.intentOf(buyer, { side: 'SELL', quantity: quantity(1), marketAt: later });
    for (let nth = 0; nth < 25; nth += 1) {
      const result = await fleet.stores.orders.storeIntent({
        ...sells,
        orderId: newId(),
        idempotencyKey: `sell ${nth} ${buyer.symbol}`,
      });
      expect(result.outcome).toBe('stored');
    }
    expect(await fleet.stores.system.read()).toMatchObject({ gate: 'OPEN' });
    const buy = fleet.intentOf(buyer, { marketAt: later });
    expect(await fleet.stores.orders.storeIntent(buy)).toMatchObject({ code: 'ORDER_RATE' });
    await openGate();
    const one = await fleet.stores.orders.storeIntent({ ...sells, orderId: newId() });
    expect(one.outcome).toBe('stored');
    expect(await fleet.stores.system.read()).toMatchObject({
      gate: 'EXIT_ONLY',
      gateReason: 'ORDER_RATE',
    });
    expect(await fleet.events({ symbol: buyer.symbol, type: 'KillConditionEvent' })).toMatchObject([
      { level: 'ERROR', payload: { code: 'ORDER_RATE', detail: 'ORDERS_OF_STOCK', limit: '25' } },
    ]);
    await openGate();
    expect(
      (await fleet.stores.orders.storeIntent({ ...buy, marketAt: later + 61_000 })).outcome,
    ).toBe('stored');
  });

  it('a buy far above its stock’s mark is refused and closes the gate; an old mark says nothing', async () => {
    await openGate();
    const holder = await fleet.holder();
    await markAt(holder.symbol, 10_000);
    const buyAt = (limit: number, at = marketAt + 60_000) => {
      const limitPrice = price(limit);
      return fleet.intentOf(holder, { limitPrice, judgedPrice: limitPrice, marketAt: at });
    };
    const { orders } = fleet.stores;
    expect(await orders.storeIntent(buyAt(11_010))).toMatchObject({
      outcome: 'denied',
      code: 'PRICE_GAP',
      detail: { actual: '0.101', limit: '0.1' },
    });
    expect(await fleet.stores.system.read()).toMatchObject({ gateReason: 'PRICE_GAP' });
    expect(await fleet.events({ symbol: holder.symbol, type: 'RiskViolationEvent' })).toMatchObject(
      [{ payload: { code: 'PRICE_GAP', detail: 'LIMIT_BEYOND_MARK', actual: '0.101' } }],
    );
    await openGate();
    expect((await orders.storeIntent(buyAt(11_000))).outcome).toBe('stored');
    expect((await orders.storeIntent(buyAt(13_000, marketAt + 60_001))).outcome).toBe('stored');
    expect(await fleet.stores.system.read()).toMatchObject({ gate: 'OPEN' });
  });

  it('a sell far below its mark goes through and closes the gate, told once with its numbers', async () => {
    await openGate();
    const holder = await fleet.holder();
    await fleet.bought(holder, 10, 10_000);
    await markAt(holder.symbol, 10_000);
    for (const key of ['one', 'two']) {
      const limitPrice = price(8_000);
      const sell = fleet.intentOf(holder, {
        side: 'SELL',
        quantity: quantity(1),
        limitPrice,
        judgedPrice: limitPrice,
        orderId: newId(),
        idempotencyKey: `${key} ${holder.symbol}`,
        marketAt,
      });
      expect((await fleet.stores.orders.storeIntent(sell)).outcome).toBe('stored');
    }
    expect(await fleet.stores.system.read()).toMatchObject({ gate: 'EXIT_ONLY' });
    expect(await fleet.events({ symbol: holder.symbol, type: 'KillConditionEvent' })).toMatchObject(
      [{ worker_id: holder.workerId, payload: { code: 'PRICE_GAP', actual: '0.2', limit: '0.1' } }],
    );
    await openGate();
  });

  it('its limits are settings', async () => {
    const { url, schema } = fleet.database;
    const killLimits = { ...DEFAULT_KILL_LIMITS, priceGapRate: '0.5' };
    const stores = makePostgresStores(fleet.pool, { url, schema, killLimits });
    const holder = await fleet.holder();
    await markAt(holder.symbol, 10_000);
    const limitPrice = price(14_000);
    const intent = fleet.intentOf(holder, { limitPrice, judgedPrice: limitPrice, marketAt });
    expect((await stores.orders.storeIntent(intent)).outcome).toBe('stored');
    await stores.close();
  });
});

async function markAt(symbol: string, at: number): Promise<void> {
  await fleet.pool.query(
    `INSERT INTO stock_marks (symbol, price, market_at) VALUES ($1, $2, from_ms($3))`,
    [symbol, at, marketAt],
  );
}

describe('kill conditions that are watched', () => {
  const breach = {
    code: 'CLOCK_SKEW',
    detail: { code: 'DATABASE_CLOCK', actual: '4000', limit: '3000' },
  } as const;

  it('close the gate to EXIT_ONLY with their event, and never widen one', async () => {
    const { system } = fleet.stores;
    await openGate();
    expect(await system.tripKill({ breach, marketAt })).toEqual({
      changed: true,
      gate: 'EXIT_ONLY',
    });
    await system.setGate({ gate: 'OBSERVE', reason: 'looking', by: 'person', marketAt });
    expect(await system.tripKill({ breach, marketAt })).toEqual({
      changed: false,
      gate: 'OBSERVE',
    });
    expect(await system.read()).toMatchObject({ gate: 'OBSERVE', gateReason: 'looking' });
    const told = (await fleet.events({ type: 'KillConditionEvent' })).filter(
      ({ payload }) => payload['code'] === 'CLOCK_SKEW',
    );
    expect(told.map(({ payload }) => payload['gate'])).toEqual(['EXIT_ONLY', 'OBSERVE']);
    expect(told[0]?.payload).toMatchObject({ actual: '4000', limit: '3000' });
    await openGate();
  });

  it('know the database’s clock to the millisecond', async () => {
    const read = async (): Promise<number> => {
      const { rows } = await fleet.pool.query<{ at: number }>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
      );
      return rows[0]?.at ?? 0;
    };
    const before = await read();
    const at = await fleet.stores.system.readDatabaseClock();
    expect(at).toBeGreaterThanOrEqual(Math.floor(before));
    expect(at).toBeLessThanOrEqual(Math.ceil(await read()));
  });
});

async function resting(side: 'BUY' | 'SELL' = 'SELL') {
  const holder = await fleet.holder();
  if (side === 'SELL') await fleet.bought(holder, 10, 10_000);
  const order = await fleet.accepted(holder, { side, quantity: 10, price: 10_000 });
  const intent = (at: number) => ({
    ...aCancel({ ...holder, parentOrderId: order.orderId }),
    type: 'LIMIT' as const,
    limitPrice: price(at),
  });
  return { holder, order, intent };
}
async function accept(orderId: string, number = newBrokerNumber()) {
  await send(fleet.stores, orderId);
  const broker = { date: TEST_DATE, branch: '00950', number };
  const outcome = { kind: 'accepted', broker, brokerTime: '' } as const;
  await fleet.stores.orders.recordAnswer({ orderId, outcome, marketAt });
  return broker;
}
const working = async (symbol: string, number: string) =>
  (await fleet.stores.orders.getOrdersOf(symbol, TEST_DATE)).find(
    (order) => order.request === 'PLACE' && order.broker?.number === number,
  )!;

describe('a modify', () => {
  it('that is accepted goes on as an order of its own; the amended one ends as REPLACED', async () => {
    const { holder, order, intent } = await resting();
    await fleet.book(order, 3);
    const modify = intent(9_900);
    expect((await fleet.stores.orders.storeModifyIntent(modify)).outcome).toBe('stored');
    const { number } = await accept(modify.orderId);
    const next = await working(holder.symbol, number);
    expect(next).toMatchObject({
      status: 'SENT',
      quantity: 7,
      side: 'SELL',
      purpose: 'TAKE_PROFIT',
    });
    expect(next.limitPrice?.toNumber()).toBe(9_900);
    await fleet.book(order, 3, { canceled: 7 });
    const { orders } = fleet.stores;
    expect(await orders.getOrder(order.orderId)).toMatchObject({
      status: 'CANCELED',
      endReason: 'REPLACED',
      filledQuantity: 3,
    });
    expect(await orders.getOrder(modify.orderId)).toMatchObject({ endReason: 'REPLACED' });
    const row = aBrokerOrder({
      key: next.broker!,
      request: 'CHANGE',
      original: order.row.key,
      symbol: holder.symbol,
      side: 'SELL',
      quantity: quantity(7),
    });
    await fleet.book({ orderId: next.orderId, row }, 7, { price: 9_900 });
    expect(await orders.getPosition(holder.symbol)).toMatchObject({ quantity: 0 });
    const trade = await fleet.row('trades', 'symbol', holder.symbol);
    expect(trade).toMatchObject({ sold_amount: String(3 * 10_000 + 7 * 9_900) });
  });

  it('that came too late is REJECTED with its order FILLED, whatever its own answer says', async () => {
    const { order, intent } = await resting();
    const modify = intent(9_900);
    await fleet.stores.orders.storeModifyIntent(modify);
    await send(fleet.stores, modify.orderId);
    await fleet.book(order, 10);
    expect(await fleet.stores.orders.getOrder(modify.orderId)).toMatchObject({
      status: 'REJECTED',
    });
  });

  it('without an answer stays an open question while its order was taken off the book', async () => {
    const { holder, order, intent } = await resting();
    const modify = intent(9_900);
    const { orders } = fleet.stores;
    await orders.storeModifyIntent(modify);
    await send(fleet.stores, modify.orderId);
    await fleet.book(order, 0, { canceled: 10 });
    expect(await orders.getOrder(modify.orderId)).toMatchObject({ status: 'SENT' });
    const again = fleet.intentOf(holder, { side: 'SELL' });
    expect(await orders.storeIntent(again)).toMatchObject({ code: 'OPEN_QUESTION' });
    const key = { date: TEST_DATE, branch: '00950', number: newBrokerNumber() };
    await orders.adoptBrokerNumber({ orderId: modify.orderId, row: { key }, marketAt });
    expect(await working(holder.symbol, key.number)).toMatchObject({
      status: 'SENT',
      quantity: 10,
    });
  });

  it('is one request at a time, of an open order, where the gate allows its side', async () => {
    const { order, intent } = await resting();
    const { orders, system } = fleet.stores;
    await system.setGate({ gate: 'STOPPED', reason: 'test', by: 'person', marketAt });
    expect(await orders.storeModifyIntent(intent(9_900))).toMatchObject({ code: 'GATE' });
    await system.setGate({ gate: 'OPEN', reason: 'test over', by: 'person', marketAt });
    expect((await orders.storeModifyIntent(intent(9_900))).outcome).toBe('stored');
    expect(await orders.storeModifyIntent(intent(9_800))).toMatchObject({ code: 'OPEN_QUESTION' });
    await fleet.book(order, 10);
    expect(await orders.storeModifyIntent(intent(9_800))).toMatchObject({ code: 'ORDER_ENDED' });
  });

  it('of a buy never asks for more than was judged, and keeps its reservation', async () => {
    const { holder, order, intent } = await resting('BUY');
    const { orders } = fleet.stores;
    expect(await orders.storeModifyIntent(intent(10_010))).toMatchObject({ code: 'BUYING_POWER' });
    const lower = intent(9_990);
    await orders.storeModifyIntent(lower);
    const { number } = await accept(lower.orderId);
    await fleet.book(order, 0, { canceled: 10 });
    const next = await working(holder.symbol, number);
    const row = await fleet.row('orders', 'order_id', next.orderId);
    expect(row).toMatchObject({ reserved_amount: '100000' });
  });
});
