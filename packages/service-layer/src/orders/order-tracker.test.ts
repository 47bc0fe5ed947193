import { describe, expect, it } from '@jest/globals';
import { price, quantity, won, type Order } from '@fleet/domain';
import { KRX_CALENDAR, kstDate, kstInstant, parseTradeDate, type TradeDate } from '@fleet/krx';
import {
  aBrokerOrder,
  anOrder,
  FakeAccountStore,
  FakeClock,
  FakeEventStore,
  FakeOrderStore,
  newId,
  RecordingLog,
  TEST_DATE,
  TEST_MARKET_AT,
} from '@fleet/testkit';
import { type BrokerBalance, BrokerError, type BrokerOrder } from '../ports/broker.ts';
import type { OrderChange } from '../ports/order-feed.ts';
import { OrderTracker } from './order-tracker.ts';
import { orderIsOverAt } from './venue-close.ts';

const ANSWER_DEADLINE_MS = 10_000;
const YESTERDAY = parseTradeDate('2026-03-11');
const key = (number: string, date: TradeDate = TEST_DATE) => ({ date, branch: '00950', number });
const accepted = (changes: Partial<Order> = {}): Order =>
  anOrder({ status: 'SENT', broker: key('1'), answeredAt: 1, sentAt: 1, ...changes });
const question = (changes: Partial<Order> = {}): Order =>
  anOrder({ status: 'SENT', sentAt: TEST_MARKET_AT, sentMarketAt: TEST_MARKET_AT, ...changes });
const filled = (shares: number, changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  aBrokerOrder({
    filledQuantity: quantity(shares),
    filledAmount: won(10_000 * shares),
    ...changes,
  });

function setUp(...stored: readonly Order[]) {
  const clock = new FakeClock(TEST_MARKET_AT);
  const orders = new FakeOrderStore(clock, new FakeEventStore());
  orders.put(...stored);
  const changes: OrderChange[] = [];
  const broker = {
    rows: [] as BrokerOrder[],
    reads: [] as TradeDate[],
    before: async (): Promise<void> => undefined,
    async getOrders(_account: string, date: TradeDate) {
      broker.reads.push(date);
      const readStartedAt = clock.now();
      await broker.before();
      return { date, readStartedAt, orders: broker.rows.filter((row) => row.key.date === date) };
    },
    balances: 0,
    holdings: [] as BrokerBalance['holdings'],
    async getCash(): Promise<BrokerBalance> {
      broker.balances += 1;
      const nothing = won(0);
      return {
        holdings: broker.holdings,
        cashDeposit: nothing,
        settledCashD2: nothing,
        boughtTodayAmount: nothing,
        soldTodayAmount: nothing,
        costsToday: nothing,
      };
    },
  };
  const account = new FakeAccountStore(orders.positions);
  const tracker = new OrderTracker({
    orders,
    account,
    broker,
    accountId: 'account',
    clock,
    marketClock: clock,
    tradeDateOf: kstDate,
    isOverAt: (date, order) => orderIsOverAt(KRX_CALENDAR, date, order),
    answerDeadlineMs: ANSWER_DEADLINE_MS,
    onChange: (change) => changes.push(change),
    log: new RecordingLog(),
  });
  const foreign = () => account.foreignOrders.size;
  return { clock, orders, account, broker, tracker, changes, foreign };
}

describe('booking what the list says', () => {
  it('books cumulative fills and tells of them', async () => {
    const order = accepted();
    const { orders, broker, tracker, changes } = setUp(order);
    broker.rows = [filled(4)];
    expect(await tracker.reconcileNow()).toEqual({ orders: 1, mismatches: 1 });
    expect(orders.row(order.orderId)).toMatchObject({ status: 'PARTIAL', filledQuantity: 4 });
    expect(await tracker.reconcileNow()).toEqual({ orders: 1, mismatches: 0 });
    broker.rows = [filled(10)];
    await tracker.reconcileNow();
    expect(changes.map(({ status }) => status)).toEqual(['PARTIAL', 'FILLED']);
    expect(orders.positions.get('005930')?.quantity).toBe(10);
  });

  it('books nothing by a number alone that is of another stock or side', async () => {
    const order = accepted();
    const { orders, broker, tracker } = setUp(order);
    broker.rows = [filled(4, { symbol: '000660' }), filled(4, { side: 'SELL' })];
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).filledQuantity).toBe(0);
  });

  it('a failed read books nothing and fails', async () => {
    const order = accepted();
    const { orders, broker, tracker, changes } = setUp(order);
    broker.rows = [filled(4)];
    broker.before = async () => {
      throw new BrokerError('TIMEOUT', 'page 2');
    };
    await expect(tracker.reconcileNow()).rejects.toThrow('page 2');
    expect(orders.row(order.orderId).filledQuantity).toBe(0);
    expect(changes).toEqual([]);
  });

  it('is behind after a failed read or a loss of touch, until one whole pass begun after it', async () => {
    const { broker, tracker } = setUp(accepted());
    expect(tracker.isBehind).toBe(false);
    broker.before = async () => {
      throw new BrokerError('UNAVAILABLE', 'away');
    };
    await expect(tracker.reconcileNow()).rejects.toThrow('away');
    expect(tracker.isBehind).toBe(true);
    // Touch is lost again while the list is being read.
    broker.before = async () => tracker.loseTouch('feed lost');
    await tracker.reconcileNow();
    expect(tracker.isBehind).toBe(true);
    broker.before = async () => undefined;
    await tracker.reconcileNow();
    expect(tracker.isBehind).toBe(false);
  });

  it('a row that cannot be booked fails the pass, but not the other rows', async () => {
    const bad = accepted();
    const good = accepted({ symbol: '000660', broker: key('2') });
    const { orders, broker, tracker } = setUp(bad, good);
    const other = { symbol: '000660', key: key('2') };
    broker.rows = [filled(11, { quantity: quantity(11) }), filled(10, other)];
    await expect(tracker.reconcileNow()).rejects.toThrow('beyond the quantity');
    expect(orders.row(good.orderId).status).toBe('FILLED');
  });

  it('callers that wait share the next pass, begun after they asked', async () => {
    const { clock, broker, tracker } = setUp(accepted());
    broker.before = () => clock.sleep(100);
    const first = tracker.reconcileNow();
    await clock.advance(10);
    const later = [tracker.reconcileNow(), tracker.reconcileNow()];
    await clock.advance(500);
    await Promise.all([first, ...later]);
    expect(broker.reads).toHaveLength(2);
  });

  it('reads an earlier day by its own date, and ends what it left open as expired', async () => {
    const yesterday = { tradeDate: YESTERDAY, broker: key('1', YESTERDAY) };
    const order = accepted(yesterday);
    const { orders, broker, tracker } = setUp(order);
    broker.rows = [filled(4, { key: key('1', YESTERDAY) })];
    const { mismatches } = await tracker.reconcileNow();
    expect(broker.reads).toEqual([TEST_DATE, YESTERDAY]);
    expect(mismatches).toBe(1);
    expect(orders.row(order.orderId)).toMatchObject({
      status: 'CANCELED',
      endReason: 'EXPIRED',
      filledQuantity: 4,
    });
  });
});

const at = (clock: FakeClock, time: string) =>
  clock.advance(kstInstant(TEST_DATE, time) - clock.now());

describe('orders at the close of their venue', () => {
  it.each([
    ['KRX', '15:31:29', '15:31:31'],
    ['NXT', '20:00:59', '20:01:01'],
    ['SOR', '20:00:59', '20:01:01'],
  ] as const)('of %s are open until %s and EXPIRED from then on', async (venue, before, after) => {
    const order = accepted({ venue });
    const { clock, orders, broker, tracker } = setUp(order);
    broker.rows = [filled(4)];
    await at(clock, before);
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).status).toBe('PARTIAL');
    await at(clock, after);
    await tracker.reconcileNow();
    expect(orders.row(order.orderId)).toMatchObject({ status: 'CANCELED', endReason: 'EXPIRED' });
  });

  it('are EXPIRED too when the broker calls the rest refused or canceled by then', async () => {
    const order = accepted();
    const { clock, orders, broker, tracker } = setUp(order);
    broker.rows = [filled(4, { rejectedQuantity: quantity(6), leavesQuantity: quantity(0) })];
    await at(clock, '15:32:00');
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).endReason).toBe('EXPIRED');
  });

  it('of today whose row is missing are not ended by that: a missing row is not a zero', async () => {
    const order = accepted();
    const { clock, orders, tracker } = setUp(order);
    await at(clock, '15:40:00');
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).status).toBe('SENT');
  });
});

describe('one look for an order that was refused before execution', () => {
  it('tells that the list does not have it', async () => {
    const order = question();
    const { orders, tracker } = setUp(order);
    expect(await tracker.lookFor(order)).toBe('absent');
    expect(orders.row(order.orderId).status).toBe('SENT');
  });

  it('adopts it, with its fills, when the list has it all the same', async () => {
    const order = question();
    const { orders, broker, tracker, changes } = setUp(order);
    broker.rows = [filled(10, { key: key('7') })];
    expect(await tracker.lookFor(order)).toMatchObject({ broker: key('7') });
    expect(orders.row(order.orderId).status).toBe('FILLED');
    expect(changes.length).toBeGreaterThan(0);
  });

  it('leaves it open when several rows fit', async () => {
    const order = question();
    const { broker, tracker } = setUp(order);
    broker.rows = [aBrokerOrder({ key: key('7') }), aBrokerOrder({ key: key('8') })];
    expect(await tracker.lookFor(order)).toBe('open');
  });
});

describe('an order whose answer was lost', () => {
  const LATER = ANSWER_DEADLINE_MS;

  it('is not judged by a list that was begun before the answer’s deadline', async () => {
    const order = question();
    const { clock, orders, broker, tracker } = setUp(order);
    broker.rows = [aBrokerOrder({ key: key('7') })];
    await clock.advance(LATER - 1);
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).broker).toBeUndefined();
  });

  it('adopts the number of the one row that fits, and its fills', async () => {
    const order = question();
    const { clock, orders, broker, tracker, changes, foreign } = setUp(order);
    broker.rows = [filled(10, { key: key('7') })];
    await clock.advance(LATER);
    expect((await tracker.reconcileNow()).mismatches).toBe(2);
    expect(orders.row(order.orderId)).toMatchObject({ status: 'FILLED', broker: key('7') });
    expect(changes.at(-1)?.status).toBe('FILLED');
    expect(foreign()).toBe(0);
  });

  it('NEVER_ARRIVED only after 20 s of broker time and two complete reads', async () => {
    const order = question();
    const { clock, orders, tracker, changes } = setUp(order);
    const status = async () => {
      await tracker.reconcileNow();
      return orders.row(order.orderId).status;
    };
    await clock.advance(LATER);
    expect(await status()).toBe('SENT');
    expect(await status()).toBe('SENT');
    await clock.advance(20_000 - LATER - 1);
    expect(await status()).toBe('SENT');
    await clock.advance(1);
    expect(await status()).toBe('REJECTED');
    expect(orders.row(order.orderId).endReason).toBe('NEVER_ARRIVED');
    expect(changes.at(-1)?.status).toBe('REJECTED');
  });

  it('one late read is not enough, and a failed one does not count', async () => {
    const order = question();
    const { clock, orders, broker, tracker } = setUp(order);
    await clock.advance(60_000);
    broker.before = async () => {
      throw new BrokerError('UNAVAILABLE', 'down');
    };
    await tracker.reconcileNow().catch(() => undefined);
    await tracker.reconcileNow().catch(() => undefined);
    broker.before = async () => undefined;
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).status).toBe('SENT');
    await tracker.reconcileNow();
    expect(orders.row(order.orderId).status).toBe('REJECTED');
  });

  it('several rows that fit freeze the stock, once', async () => {
    const order = question();
    const { clock, orders, broker, tracker } = setUp(order);
    broker.rows = [aBrokerOrder({ key: key('7') }), aBrokerOrder({ key: key('8') })];
    await clock.advance(LATER);
    expect((await tracker.reconcileNow()).mismatches).toBe(1);
    expect((await tracker.reconcileNow()).mismatches).toBe(0);
    expect(orders.frozen).toMatchObject([
      { symbol: '005930', candidates: [{ key: { number: '7' } }, { key: { number: '8' } }] },
    ]);
    expect(orders.row(order.orderId).status).toBe('SENT');
  });

  it('that was given up and shows up goes on in a linked row', async () => {
    const order = question({ status: 'REJECTED', endReason: 'NEVER_ARRIVED', answeredAt: 5 });
    const { orders, broker, tracker, foreign } = setUp(order);
    broker.rows = [filled(10, { key: key('7') })];
    expect((await tracker.reconcileNow()).mismatches).toBe(2);
    expect(orders.row(order.orderId).status).toBe('REJECTED');
    const next = orders.row(`${order.orderId} continued`);
    expect(next).toMatchObject({ status: 'FILLED', broker: key('7') });
    expect(foreign()).toBe(0);
  });
});

const parent = () => accepted({ side: 'SELL', orderId: 'parent' });
const modify = () =>
  question({
    orderId: 'modify',
    request: 'MODIFY',
    parentOrderId: 'parent',
    side: 'SELL',
    limitPrice: price(9_900),
  });
const change = (changes: Partial<BrokerOrder> = {}) =>
  aBrokerOrder({
    key: key('7'),
    original: key('1'),
    request: 'CHANGE',
    side: 'SELL',
    price: price(9_900),
    ...changes,
  });

describe('a modify whose answer was lost', () => {
  it('is found by its parent and its terms, and goes on as an order of its own', async () => {
    const { clock, orders, broker, tracker } = setUp(parent(), modify());
    const old = aBrokerOrder({ side: 'SELL', canceledQuantity: quantity(10) });
    broker.rows = [old, change()];
    await clock.advance(ANSWER_DEADLINE_MS);
    await tracker.reconcileNow();
    expect(orders.row('modify').broker).toEqual(key('7'));
    expect(orders.row('modify continued')).toMatchObject({
      request: 'PLACE',
      status: 'SENT',
      broker: key('7'),
    });
    expect(orders.row('parent')).toMatchObject({ status: 'CANCELED' });
  });

  it('is not a change that a person made at another price', async () => {
    const { clock, orders, broker, tracker } = setUp(parent(), modify());
    broker.rows = [aBrokerOrder({ side: 'SELL' }), change({ price: price(9_800) })];
    await clock.advance(60_000);
    await tracker.reconcileNow();
    await tracker.reconcileNow();
    expect(orders.row('modify')).toMatchObject({ status: 'REJECTED', endReason: 'NEVER_ARRIVED' });
  });

  it('that was given up and shows up goes on in a linked row', async () => {
    const given = { ...modify(), status: 'REJECTED', endReason: 'NEVER_ARRIVED' } as const;
    const { orders, broker, tracker } = setUp(parent(), given);
    broker.rows = [aBrokerOrder({ side: 'SELL', canceledQuantity: quantity(10) }), change()];
    await tracker.reconcileNow();
    expect(orders.row('modify').status).toBe('REJECTED');
    expect(orders.row('modify continued')).toMatchObject({ status: 'SENT', broker: key('7') });
  });
});

describe('orders that are not ours', () => {
  it('that fit a given-up order are not taken for it while another fits too', async () => {
    const order = question({ status: 'REJECTED', endReason: 'NEVER_ARRIVED', answeredAt: 5 });
    const { orders, broker, tracker, foreign } = setUp(order);
    broker.rows = [aBrokerOrder({ key: key('7') }), aBrokerOrder({ key: key('8') })];
    await tracker.reconcileNow();
    expect(orders.all()).toHaveLength(1);
    expect(foreign()).toBe(2);
  });

  it('are told of once and never touched', async () => {
    const { orders, broker, tracker, foreign } = setUp();
    broker.rows = [filled(10, { key: key('99'), price: price(50_000) })];
    await tracker.reconcileNow();
    await tracker.reconcileNow();
    expect(foreign()).toBe(1);
    expect(orders.all()).toEqual([]);
    expect(orders.positions.size).toBe(0);
  });

  it('are not called so while an order of ours waits for its number', async () => {
    const { broker, tracker, foreign } = setUp(question());
    broker.rows = [aBrokerOrder({ key: key('7') })];
    await tracker.reconcileNow();
    expect(foreign()).toBe(0);
  });
});

function start(...stored: readonly Order[]) {
  const set = setUp(...stored);
  const stop = new AbortController();
  const running = set.tracker.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await set.clock.advance(100);
    await running;
  };
  return { ...set, end };
}

describe('the beat of the reads', () => {
  it('reads nothing before there is an order or news', async () => {
    const { clock, broker, end } = start(anOrder());
    await clock.advance(300_000);
    expect(broker.reads).toHaveLength(0);
    await end();
  });

  it('a notice makes it read, and books nothing by itself', async () => {
    const order = accepted();
    const { clock, orders, broker, tracker, end } = start(order);
    await clock.advance(2_000);
    const reads = broker.reads.length;
    tracker.wake('notice');
    await clock.advance(30);
    expect(broker.reads.length).toBe(reads + 1);
    expect(orders.row(order.orderId).filledQuantity).toBe(0);
    broker.rows = [filled(10)];
    await clock.advance(1_100);
    expect(orders.row(order.orderId).status).toBe('FILLED');
    await end();
  });

  it('news that comes during a pass is not lost', async () => {
    const { clock, orders, broker, tracker, end } = start();
    broker.before = () => clock.sleep(500);
    tracker.wake('logged in');
    await clock.advance(100);
    const order = accepted({ orderId: newId() });
    orders.put(order);
    broker.rows = [filled(10)];
    // The pass under way has read our orders already; the wake comes before it ends.
    tracker.wake('notice');
    await clock.advance(1_200);
    expect(orders.row(order.orderId).status).toBe('FILLED');
    await end();
  });

  it('goes on after failures, and slowly when nothing is open', async () => {
    const { clock, broker, tracker, end } = start();
    broker.before = async () => {
      throw new BrokerError('UNAVAILABLE', 'down');
    };
    tracker.wake('logged in');
    await clock.advance(11_000);
    broker.before = async () => undefined;
    await clock.advance(10_000);
    broker.reads.length = 0;
    tracker.wake('again');
    await clock.advance(12_000);
    broker.reads.length = 0;
    await clock.advance(300_000);
    expect(broker.reads.length).toBeGreaterThanOrEqual(4);
    expect(broker.reads.length).toBeLessThanOrEqual(6);
    await end();
  });
});
