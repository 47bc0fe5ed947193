import { describe, expect, it } from '@jest/globals';
import { quantity, won, type Order } from '@fleet/domain';
import {
  aBrokerOrder,
  anOrder,
  aPosition,
  FakeAccountStore,
  FakeClock,
  FakeEventStore,
  FakeOrderStore,
  RecordingLog,
  TEST_DATE,
  TEST_MARKET_AT,
} from '@fleet/testkit';
import { type BrokerBalance, BrokerError, type BrokerOrder } from '../ports/broker.ts';
import type { OrderChange } from '../ports/order-feed.ts';
import { AccountWatch } from './account-watch.ts';

const SYMBOL = '005930';
const sold = (shares: number, number = '99', changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  aBrokerOrder({
    key: { date: TEST_DATE, branch: '00950', number },
    side: 'SELL',
    quantity: quantity(20),
    filledQuantity: quantity(shares),
    filledAmount: won(9_900 * shares),
    ...changes,
  });

function setUp(held = 10, ...open: readonly Order[]) {
  const clock = new FakeClock(TEST_MARKET_AT);
  const orders = new FakeOrderStore(clock, new FakeEventStore());
  orders.put(...open);
  if (held > 0) {
    orders.positions.set(SYMBOL, aPosition({ symbol: SYMBOL, quantity: quantity(held) }));
  }
  const account = new FakeAccountStore(orders.positions);
  const changes: OrderChange[] = [];
  let reads = 0;
  let failing = false;
  let shares: Readonly<Record<string, number>> = { [SYMBOL]: held };
  const nothing = won(0);
  const watch = new AccountWatch({
    account,
    orders,
    broker: {
      async getCash(): Promise<BrokerBalance> {
        reads += 1;
        if (failing) throw new BrokerError('TIMEOUT', 'no balance');
        const holdings = Object.entries(shares).map(([symbol, count]) => ({
          symbol,
          quantity: quantity(count),
          sellableQuantity: quantity(count),
          averagePrice: won(10_000),
          boughtToday: quantity(0),
          soldToday: quantity(0),
        }));
        const amounts = { boughtTodayAmount: nothing, soldTodayAmount: nothing };
        return {
          holdings,
          cashDeposit: nothing,
          settledCashD2: nothing,
          costsToday: nothing,
          ...amounts,
        };
      },
    },
    accountId: 'account',
    clock,
    marketClock: clock,
    onChange: (change) => changes.push(change),
    log: new RecordingLog(),
  });
  return {
    clock,
    orders,
    account,
    changes,
    reads: () => reads,
    fails: (now: boolean) => (failing = now),
    holds: (now: Readonly<Record<string, number>>) => (shares = now),
    position: () => orders.positions.get(SYMBOL)?.quantity ?? 0,
    /** One pass with these foreign rows, after so long. */
    look: async (rows: readonly BrokerOrder[], afterMs = 5_000): Promise<number> => {
      await clock.advance(afterMs);
      const list = { date: TEST_DATE, readStartedAt: clock.now(), orders: rows };
      return await watch.look(list, rows);
    },
  };
}

describe('the fleet’s shares sold by hand', () => {
  it('are booked once list and holdings agree, and the worker is told', async () => {
    const { look, holds, position, changes } = setUp();
    holds({});
    expect(await look([sold(10)])).toBe(1);
    expect(position()).toBe(0);
    expect(changes).toMatchObject([{ symbol: SYMBOL, status: 'FILLED' }]);
    expect(await look([sold(10)])).toBe(0);
  });

  it('wait for the balance, which lags behind the list', async () => {
    const { look, holds, position } = setUp();
    expect(await look([sold(10)])).toBe(0);
    expect(position()).toBe(10);
    holds({});
    expect(await look([sold(10)])).toBe(1);
    expect(position()).toBe(0);
  });

  it('reduce the position step by step', async () => {
    const { look, holds, position } = setUp();
    holds({ [SYMBOL]: 6 });
    await look([sold(4)]);
    expect(position()).toBe(6);
    holds({ [SYMBOL]: 1 });
    await look([sold(9)]);
    expect(position()).toBe(1);
  });

  it('are not the person’s own shares of the same stock', async () => {
    const { look, holds, position, account } = setUp();
    account.atOpen = { [SYMBOL]: 5 };
    holds({ [SYMBOL]: 10 });
    expect(await look([sold(5)])).toBe(0);
    expect(position()).toBe(10);
  });

  it('of before the open are booked too, by an exact agreement alone', async () => {
    const { look, holds, position, account } = setUp();
    account.atOpen = undefined;
    holds({ [SYMBOL]: 3 });
    await look([sold(10)]);
    expect(position()).toBe(10);
    holds({});
    await look([sold(10)]);
    expect(position()).toBe(0);
    expect(account.mismatches).toEqual([]);
  });
});

describe('shares that nothing explains', () => {
  it('close the gate when a lack of them lasts, once', async () => {
    const { look, holds, account, position } = setUp();
    holds({ [SYMBOL]: 7 });
    await look([], 60_000);
    await look([]);
    expect(account.mismatches).toEqual([]);
    await look([]);
    await look([]);
    await look([]);
    expect(account.mismatches).toEqual([{ symbol: SYMBOL, ours: 10, broker: 7 }]);
    expect(position()).toBe(10);
  });

  it('are not believed while an order of ours is open, nor when they are there again', async () => {
    const selling = anOrder({ side: 'SELL', status: 'SENT' });
    const busy = setUp(10, selling);
    busy.holds({ [SYMBOL]: 7 });
    for (let pass = 0; pass < 6; pass += 1) await busy.look([]);
    expect(busy.account.mismatches).toEqual([]);
    const lagging = setUp();
    for (let pass = 0; pass < 8; pass += 1) {
      lagging.holds({ [SYMBOL]: pass % 3 === 2 ? 10 : 7 });
      await lagging.look([]);
    }
    expect(lagging.account.mismatches).toEqual([]);
  });

  it('are foreign when there are more than ours, and the fleet’s stay ours', async () => {
    const { look, holds, account, position } = setUp();
    holds({ [SYMBOL]: 15, '000660': 3 });
    for (let pass = 0; pass < 4; pass += 1) await look([]);
    expect(account.holdings).toEqual([
      { symbol: SYMBOL, quantity: 5 },
      { symbol: '000660', quantity: 3 },
    ]);
    expect(position()).toBe(10);
  });
});

describe('the pace of the balance reads', () => {
  it('a balance that cannot be read fails nothing and is asked for again soon', async () => {
    const { look, holds, fails, position, reads } = setUp();
    holds({});
    fails(true);
    expect(await look([sold(10)])).toBe(0);
    fails(false);
    expect(await look([sold(10)])).toBe(1);
    expect(position()).toBe(0);
    expect(reads()).toBe(2);
  });

  it('is a slow beat while all is explained', async () => {
    const { look, reads } = setUp();
    for (let pass = 0; pass < 24; pass += 1) await look([]);
    expect(reads()).toBeLessThanOrEqual(3);
    expect(reads()).toBeGreaterThanOrEqual(2);
  });

  it('is quicker with a foreign sale to explain, and slow again after it is', async () => {
    const { look, holds, reads } = setUp();
    await look([]);
    const before = reads();
    await look([sold(4)]);
    await look([sold(4)]);
    expect(reads()).toBe(before + 2);
    holds({ [SYMBOL]: 6 });
    await look([sold(4)]);
    await look([sold(4)]);
    const explained = reads();
    await look([sold(4)]);
    expect(reads()).toBe(explained);
  });
});
