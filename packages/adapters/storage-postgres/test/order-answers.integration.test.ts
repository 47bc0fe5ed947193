import { describe, expect, it } from '@jest/globals';
import { ORDER_STEPS, type OrderStatus, won } from '@fleet/domain';
import type { SubmitOutcome } from '@fleet/service-layer';
import { aBrokerOrder, aCancel, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { newBrokerNumber, send, shares, withFleet } from './support/fleet.ts';

const fleet = withFleet();

const keyOf = (number: string) => ({ date: TEST_DATE, branch: '00950', number });

async function sent() {
  const holder = await fleet.holder();
  const intent = fleet.intentOf(holder);
  await fleet.stores.orders.storeIntent(intent);
  await send(fleet.stores, intent.orderId);
  return { holder, orderId: intent.orderId };
}

const answer = (orderId: string, outcome: SubmitOutcome) =>
  fleet.stores.orders.recordAnswer({ orderId, outcome, marketAt: TEST_MARKET_AT + 1_000 });

describe('the broker’s answer', () => {
  it('accepted: stores the number once and records OrderAcceptedEvent once', async () => {
    const { orderId } = await sent();
    const broker = keyOf(newBrokerNumber());
    const outcome = { kind: 'accepted', broker, brokerTime: '100001' } as const;
    const order = await answer(orderId, outcome);
    expect(order).toMatchObject({ status: 'SENT', broker });
    expect(order.answeredAt).toBeDefined();
    expect(await answer(orderId, outcome)).toEqual(order);
    const events = (await fleet.events({ type: 'OrderAcceptedEvent' })).filter(
      (event) => event.order_id === orderId,
    );
    expect(events).toHaveLength(1);
  });

  const ends: [SubmitOutcome, OrderStatus, string, string][] = [
    [
      { kind: 'rejected', code: 'X', message: 'm' },
      'REJECTED',
      'REJECTED_BY_BROKER',
      'OrderRejectedEvent',
    ],
    [
      { kind: 'notExecuted', code: 'EGW00201', message: 'm' },
      'REJECTED',
      'NOT_EXECUTED',
      'OrderNotExecutedEvent',
    ],
    [{ kind: 'notSent', reason: 'refused' }, 'CANCELED', 'NOT_SENT', 'OrderNotSentEvent'],
  ];
  it.each(ends)(
    'EC-002 $kind ends the order and frees stock and cash',
    async (outcome, status, reason, type) => {
      const { holder, orderId } = await sent();
      expect(await answer(orderId, outcome)).toMatchObject({ status, endReason: reason });
      expect(await answer(orderId, outcome)).toMatchObject({ status, endReason: reason });
      const events = await fleet.events({ symbol: holder.symbol });
      expect(events.filter((event) => event.type === type)).toHaveLength(1);
      expect(await fleet.row('orders', 'order_id', orderId)).toMatchObject({
        reserved_amount: '0',
      });
      const release = { ...holder, marketAt: TEST_MARKET_AT, reason: status };
      expect(await fleet.stores.locks.release(release)).toBe('RELEASED');
    },
  );

  it('unknown: stays SENT and open until the list’s number is adopted', async () => {
    const { holder, orderId } = await sent();
    const unknown = { kind: 'unknown', reason: 'timeout' } as const;
    expect(await answer(orderId, unknown)).toMatchObject({ status: 'SENT', answeredAt: undefined });
    expect(await fleet.events({ symbol: holder.symbol, type: 'OrderUnknownEvent' })).toHaveLength(
      1,
    );
    const open = await fleet.stores.orders.getOrdersOfDate(TEST_DATE);
    expect(open.map((order) => order.orderId)).toContain(orderId);
    const row = aBrokerOrder({ key: keyOf(newBrokerNumber()), symbol: holder.symbol });
    const adopt = { orderId, row, marketAt: TEST_MARKET_AT + 20_000 };
    const adopted = await fleet.stores.orders.adoptBrokerNumber(adopt);
    expect(adopted).toMatchObject({ status: 'SENT', broker: row.key });
    expect(adopted.answeredAt).toBeDefined();
    expect(await fleet.stores.orders.adoptBrokerNumber(adopt)).toEqual(adopted);
  });

  it('a list row that is booked before any answer answers it', async () => {
    const { holder, orderId } = await sent();
    const row = aBrokerOrder({ key: keyOf(newBrokerNumber()), symbol: holder.symbol });
    const order = { orderId, row };
    expect(await fleet.book(order, 0)).toMatchObject({ status: 'SENT' });
    expect(await fleet.book(order, 10)).toMatchObject({ status: 'FILLED' });
    expect(await fleet.stores.orders.getOrder(orderId)).toMatchObject({ broker: row.key });
    const types = (await fleet.events({ symbol: holder.symbol })).map(({ type }) => type);
    expect(types.filter((type) => type === 'OrderAcceptedEvent')).toHaveLength(1);
  });

  it('an answer after the list has shown the order changes nothing, a contradicting one alarms', async () => {
    const holder = await fleet.holder();
    const order = await fleet.accepted(holder);
    await fleet.book(order, 4);
    const refused = await answer(order.orderId, { kind: 'rejected', code: 'X', message: 'late' });
    expect(refused).toMatchObject({ status: 'PARTIAL', filledQuantity: 4 });
    const type = 'OrderAnswerContradictedEvent';
    expect(await fleet.events({ symbol: holder.symbol, type })).toHaveLength(1);
    const accepted = { kind: 'accepted', broker: order.row.key, brokerTime: '100000' } as const;
    expect(await answer(order.orderId, accepted)).toMatchObject({ status: 'PARTIAL' });
  });

  it('NEVER_ARRIVED that shows up after all is a new row; the first stays as it ended', async () => {
    const { holder, orderId } = await sent();
    const end = {
      orderId,
      status: 'REJECTED',
      reason: 'NEVER_ARRIVED',
      detail: 'absent from 2 reads',
      marketAt: TEST_MARKET_AT,
    } as const;
    expect(await fleet.stores.orders.endOrder(end)).toBe(true);
    expect(await fleet.stores.orders.endOrder(end)).toBe(false);
    const row = aBrokerOrder({ key: keyOf(newBrokerNumber()), symbol: holder.symbol });
    const adopt = { orderId, row, marketAt: TEST_MARKET_AT + 60_000 };
    const next = await fleet.stores.orders.adoptBrokerNumber(adopt);
    expect(next.orderId).not.toBe(orderId);
    expect(next).toMatchObject({ status: 'SENT', broker: row.key, quantity: 10 });
    expect((await fleet.stores.orders.adoptBrokerNumber(adopt)).orderId).toBe(next.orderId);
    const filled = {
      ...row,
      filledQuantity: shares(10),
      filledAmount: won(100_000),
      leavesQuantity: shares(0),
    };
    const book = { row: filled, readStartedAt: 0, marketAt: TEST_MARKET_AT + 61_000 };
    // By either row's id.
    expect(await fleet.stores.orders.bookBrokerOrder({ ...book, orderId })).toMatchObject({
      orderId: next.orderId,
      filledStep: 10,
      status: 'FILLED',
    });
    expect(
      await fleet.stores.orders.bookBrokerOrder({ ...book, orderId: next.orderId }),
    ).toMatchObject({ filledStep: 0, status: 'FILLED' });
    expect(await fleet.stores.orders.getOrder(orderId)).toMatchObject({
      status: 'REJECTED',
      endReason: 'NEVER_ARRIVED',
    });
    expect(await fleet.stores.orders.getPosition(holder.symbol)).toMatchObject({ quantity: 10 });
  });

  it('an ambiguous order freezes its stock and closes the gate, once', async () => {
    const { holder, orderId } = await sent();
    const freeze = {
      symbol: holder.symbol,
      orderId,
      rows: ['11', '12'].map((number) => aBrokerOrder({ key: keyOf(number) })),
      marketAt: TEST_MARKET_AT,
    };
    await fleet.stores.orders.freezeStock(freeze);
    await fleet.stores.orders.freezeStock(freeze);
    expect(await fleet.events({ symbol: holder.symbol, type: 'StockFrozenEvent' })).toMatchObject([
      { level: 'ERROR', order_id: orderId },
    ]);
    expect((await fleet.stores.system.read()).gate).toBe('EXIT_ONLY');
    await fleet.stores.system.setGate({
      gate: 'OPEN',
      reason: 'looked at',
      by: 'person',
      marketAt: TEST_MARKET_AT,
    });
  });
});

describe('cancels', () => {
  it('end with their order: CANCELED when they took effect', async () => {
    const holder = await fleet.holder();
    const resting = await fleet.accepted(holder);
    await fleet.book(resting, 3);
    const cancel = aCancel({ ...holder, parentOrderId: resting.orderId });
    expect(await fleet.stores.orders.storeCancelIntent(cancel)).toMatchObject({
      outcome: 'stored',
      order: { request: 'CANCEL', quantity: 7 },
    });
    const again = aCancel({ ...holder, parentOrderId: resting.orderId });
    expect(await fleet.stores.orders.storeCancelIntent(again)).toMatchObject({
      code: 'OPEN_QUESTION',
    });
    await send(fleet.stores, cancel.orderId);
    await answer(cancel.orderId, {
      kind: 'accepted',
      broker: keyOf(newBrokerNumber()),
      brokerTime: '100002',
    });
    const booked = await fleet.book(resting, 3, { canceled: 7 });
    expect(booked).toMatchObject({ status: 'CANCELED', filledStep: 0 });
    expect(await fleet.stores.orders.getOrder(resting.orderId)).toMatchObject({
      endReason: 'CANCELED_BY_US',
      filledQuantity: 3,
    });
    expect(await fleet.stores.orders.getOrder(cancel.orderId)).toMatchObject({
      status: 'CANCELED',
    });
    expect(await fleet.row('symbol_fences', 'symbol', holder.symbol)).toMatchObject({
      open_orders: 0,
      position_qty: 3,
    });
    expect(
      await fleet.stores.orders.storeCancelIntent(
        aCancel({ ...holder, parentOrderId: resting.orderId }),
      ),
    ).toMatchObject({ code: 'ORDER_ENDED' });
  });

  it('end as REJECTED when the fill was faster, whatever became of their answer', async () => {
    const holder = await fleet.holder();
    const resting = await fleet.accepted(holder);
    const cancel = aCancel({ ...holder, parentOrderId: resting.orderId });
    await fleet.stores.orders.storeCancelIntent(cancel);
    await send(fleet.stores, cancel.orderId);
    await answer(cancel.orderId, { kind: 'unknown', reason: 'reset' });
    expect(await fleet.book(resting, 10)).toMatchObject({ status: 'FILLED' });
    expect(await fleet.stores.orders.getOrder(cancel.orderId)).toMatchObject({
      status: 'REJECTED',
    });
    await answer(cancel.orderId, { kind: 'rejected', code: 'X', message: 'too late' });
    expect(await fleet.row('symbol_fences', 'symbol', holder.symbol)).toMatchObject({
      open_orders: 0,
    });
  });
});

const sorted = (steps: readonly { from: string; to: string }[]) =>
  steps.map(({ from, to }) => `${from} -> ${to}`).toSorted();

describe('the database’s own guards', () => {
  const statuses: OrderStatus[] = ['NEW', 'SENT', 'PARTIAL', 'FILLED', 'CANCELED', 'REJECTED'];

  it('know the same order steps as the domain', async () => {
    const { rows } = await fleet.pool.query<{ from: OrderStatus; to: OrderStatus }>(
      `SELECT a AS from, b AS to FROM unnest($1::text[]) a, unnest($1::text[]) b
       WHERE a <> b AND is_order_step(a, b)`,
      [statuses],
    );
    expect(sorted(rows)).toEqual(sorted(ORDER_STEPS));
  });

  it('refuse a backward step, a falling fill and changed terms', async () => {
    const holder = await fleet.holder();
    const order = await fleet.accepted(holder);
    await fleet.book(order, 4);
    const set = (change: string) =>
      fleet.pool.query(`UPDATE orders SET ${change} WHERE order_id = $1`, [order.orderId]);
    await expect(set(`status = 'SENT'`)).rejects.toThrow('SENT cannot follow PARTIAL');
    await expect(set('filled_qty = 3')).rejects.toThrow('cannot fall');
    await expect(set('qty = 11')).rejects.toThrow('terms');
    await expect(set('limit_price = 1')).rejects.toThrow('terms');
    await expect(set(`broker_order_id = '9999999'`)).rejects.toThrow('answer');
    await expect(set(`answered_at = clock_timestamp()`)).rejects.toThrow('answer');
    await expect(fleet.pool.query('DELETE FROM orders')).rejects.toThrow('append-only');
  });
});
