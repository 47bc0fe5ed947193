import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import { withDatabase } from '@fleet/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';

import { SimulatorClock } from '../../src/clock/simulator-clock.ts';
import { createExchange } from '../../src/exchange/create-exchange.ts';
import type { ExchangeOptions, RunningExchange } from '../../src/exchange/running-exchange.ts';
import type { OrderRecord } from '../../src/exchange/types.ts';
import { SimulatorStore } from '../../src/store/simulator-store.ts';
import { CHILD_OPTIONS, childInput } from './durable-run.ts';
import { ACCOUNT } from './manual-exchange.ts';
import { afterOpen, CLOSING, flat, makeTestInput, TEST_DATE, TEST_SESSION } from './test-day.ts';

const database = withDatabase({ migrated: false });
const SYMBOL = '123450';
const BARS = [
  ...Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 10_000)),
  flat(CLOSING, 10_000, 5000),
];
const INPUT = makeTestInput({ [SYMBOL]: { bars: BARS } });

let schemas = 0;
const opened: { running: RunningExchange; pool: Pool }[] = [];

afterEach(async () => {
  for (const { running, pool } of opened.splice(0)) {
    await running.close().catch(() => undefined);
    await pool.end();
  }
});

function newSchema(): string {
  schemas += 1;
  return `sim_test_${schemas}`;
}

async function open(
  schema: string,
  options: Partial<ExchangeOptions> = {},
): Promise<RunningExchange> {
  const pool = new Pool({ connectionString: database.url, max: 4 });
  const running = await createExchange({
    pool,
    schema,
    day: INPUT,
    clock: new SimulatorClock({ speed: 1, realNow: () => 0 }),
    accounts: [{ account: ACCOUNT, cash: 100_000_000 }],
    seed: 1,
    onFatal: () => undefined,
    ...options,
  }).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  opened.push({ running, pool });
  return running;
}

async function close(running: RunningExchange): Promise<void> {
  await running.close();
  const index = opened.findIndex((each) => each.running === running);
  await opened.splice(index, 1)[0]!.pool.end();
}

function moveTo({ clock, exchange }: RunningExchange, instant: number): void {
  clock.jumpTo(instant);
  exchange.advance();
}

async function buy(
  { exchange }: RunningExchange,
  quantity: number,
  price?: number,
): Promise<OrderRecord> {
  const type = price === undefined ? 'MARKET' : 'LIMIT';
  const result = await exchange.submit({
    account: ACCOUNT,
    symbol: SYMBOL,
    side: 'BUY',
    type,
    price,
    quantity,
  });
  if (!result.accepted) throw new Error(result.reason);
  return result.order;
}

function booksOf({ exchange }: RunningExchange) {
  return {
    now: exchange.now(),
    date: exchange.tradeDate(),
    orders: exchange.orders(ACCOUNT, TEST_DATE, KRX_CALENDAR.add(TEST_DATE, 5)),
    account: exchange.account(ACCOUNT),
    quote: exchange.quote(SYMBOL),
    book: exchange.book(SYMBOL),
  };
}

describe('a run that was closed', () => {
  it('goes on with the same instant, books, queue places and order numbers', async () => {
    const schema = newSchema();
    const first = await open(schema);
    expect(first.isResumed).toBe(false);
    moveTo(first, afterOpen(20, 30));
    await buy(first, 100);
    await buy(first, 3000, 10_000);
    await buy(first, 5, 9000);
    moveTo(first, afterOpen(21, 10));
    const before = booksOf(first);
    await close(first);

    const second = await open(schema);
    expect(second.isResumed).toBe(true);
    expect(booksOf(second)).toEqual({
      ...before,
      orders: expect.anything(),
      account: expect.anything(),
    });
    const uninterrupted = await open(newSchema());
    moveTo(uninterrupted, afterOpen(20, 30));
    await buy(uninterrupted, 100);
    await buy(uninterrupted, 3000, 10_000);
    await buy(uninterrupted, 5, 9000);
    moveTo(uninterrupted, afterOpen(21, 10));
    for (const running of [second, uninterrupted]) moveTo(running, afterOpen(60));
    for (const running of [second, uninterrupted]) {
      expect((await buy(running, 1)).number).toBe('0000000004');
    }
    expect(booksOf(second)).toEqual(booksOf(uninterrupted));
    expect(booksOf(second).orders[1]!.filledQuantity).toBe(3000);
  });

  it('in an interruption goes on in it, with its queue, its stop order and its end', async () => {
    const jump = BARS.map(([minute, price, , , , volume]) =>
      flat(minute, minute < 30 ? price : 11_200, volume),
    );
    const day = makeTestInput({ [SYMBOL]: { bars: jump } });
    const play = async (running: RunningExchange): Promise<void> => {
      moveTo(running, afterOpen(20));
      await running.exchange.submit({
        account: ACCOUNT,
        symbol: SYMBOL,
        side: 'BUY',
        type: 'STOP_LIMIT',
        price: 11_300,
        conditionPrice: 11_000,
        quantity: 7,
      });
      moveTo(running, afterOpen(31));
      await buy(running, 40);
    };
    const schema = newSchema();
    const first = await open(schema, { day });
    await play(first);
    const interruptions = first.exchange.interruptions();
    expect(interruptions).toMatchObject([{ kind: 'BOTH', releasedAt: undefined }]);
    await close(first);
    const second = await open(schema, { day });
    expect(second.exchange.interruptions()).toEqual(interruptions);
    expect(second.exchange.quote(SYMBOL)!.volatilityInterrupted).toBe(true);
    const uninterrupted = await open(newSchema(), { day });
    await play(uninterrupted);
    for (const running of [second, uninterrupted]) {
      moveTo(running, afterOpen(40));
      await buy(running, 1);
    }
    expect(booksOf(second)).toEqual(booksOf(uninterrupted));
    expect(second.exchange.interruptions()).toEqual(uninterrupted.exchange.interruptions());
    expect(booksOf(second).orders.map(({ filledQuantity }) => filledQuantity)).toEqual([7, 40, 1]);
  });

  it('keeps tokens and other values of the front', async () => {
    const schema = newSchema();
    const first = await open(schema);
    await first.keyValues.set('token:a', { value: 'x', expiresAt: 5 });
    await first.keyValues.set('token:b', 'y');
    await first.keyValues.set('token:b', 'z');
    await first.keyValues.set('other', 1);
    await first.keyValues.delete('other');
    await close(first);
    const second = await open(schema);
    expect(await second.keyValues.get('token:a')).toEqual({ value: 'x', expiresAt: 5 });
    expect(await second.keyValues.get('other')).toBeUndefined();
    expect([...(await second.keyValues.list('token:')).entries()]).toEqual([
      ['token:a', { value: 'x', expiresAt: 5 }],
      ['token:b', 'z'],
    ]);
  });

  it('is not resumed with another day, seed or cash', async () => {
    const schema = newSchema();
    await close(await open(schema));
    await expect(open(schema, { seed: 2 })).rejects.toThrow('begun with another seed');
    await expect(
      open(schema, { accounts: [{ account: ACCOUNT, cash: 5 }], day: childInput() }),
    ).rejects.toThrow('another day input, accounts or cash');
  });

  it('belongs to one process at a time', async () => {
    const schema = newSchema();
    await open(schema);
    const attempt = SimulatorStore.open({
      pool: database.pool,
      schema,
      wait: async () => false,
      onLost: () => undefined,
    });
    await expect(attempt).rejects.toThrow('another simulator is running');
  });

  it('is kept in a schema named sim_ only', async () => {
    await expect(open('fleet')).rejects.toThrow('named sim_');
  });
});

describe('several days', () => {
  it('roll: today becomes yesterday, cash settles on T+2, numbers begin again', async () => {
    const schema = newSchema();
    const first = await open(schema);
    moveTo(first, afterOpen(20, 30));
    await buy(first, 100);
    await buy(first, 10, 9000);
    moveTo(first, TEST_SESSION.closingAuction.to + 60_000);
    const today = first.exchange.account(ACCOUNT);
    await first.startNextDay();
    expect(first.exchange.tradeDate()).toBe('2026-03-13');
    expect(first.exchange.now()).toBe(first.exchange.session().openingAuction.from);
    expect(first.exchange.account(ACCOUNT)).toMatchObject({
      cash: 100_000_000,
      cashD1: today.cashD2,
      boughtYesterday: today.boughtToday,
      costsYesterday: today.costsToday,
      buyingPower: today.cashD2,
      boughtToday: 0,
    });
    const { previousTotalAssets } = first.exchange.account(ACCOUNT);
    // Bought and closed at the same price: only the costs are gone.
    const { referencePrice } = first.exchange.instruments()[0]!;
    expect(previousTotalAssets).toBe(today.cashD2 + 100 * referencePrice);
    expect(today.previousTotalAssets).toBe(100_000_000);
    const [symbol = ''] = first.exchange.instruments().map((each) => each.symbol);
    const earlier = first.exchange.earlierMinuteBars(symbol, parseTradeDate('2026-03-12'));
    expect(earlier.at(-1)).toMatchObject({ start: TEST_SESSION.regular.from });
    expect(earlier.every(({ start }) => start <= TEST_SESSION.closingAuction.to)).toBe(true);
    expect(first.exchange.earlierMinuteBars(symbol, first.exchange.tradeDate())).toEqual([]);
    expect((await buy(first, 7)).number).toBe('0000000001');
    moveTo(first, first.exchange.session().regular.from + 60_000);
    await close(first);
    const second = await open(schema);
    const books = booksOf(second);
    expect(
      books.orders.map(({ date, number, filledQuantity, rejectedQuantity }) => [
        date,
        number,
        filledQuantity,
        rejectedQuantity,
      ]),
    ).toEqual([
      ['2026-03-12', '0000000001', 100, 0],
      ['2026-03-12', '0000000002', 0, 10],
      ['2026-03-13', '0000000001', 7, 0],
    ]);
    expect(books.account.holdings[0]).toMatchObject({
      quantity: 107,
      boughtToday: 7,
      boughtYesterday: 100,
    });
    expect(books.account.previousTotalAssets).toBe(previousTotalAssets);
    moveTo(second, second.exchange.session().closingAuction.to + 60_000);
    await second.startNextDay();
    expect(second.exchange.account(ACCOUNT).cash).toBe(today.cashD2);
  });
});

/** A pool whose next commits behave as told. */
function faultyPool(behave: () => 'OK' | 'LOSE_ANSWER' | 'FAIL'): Pool {
  const pool = new Pool({ connectionString: database.url, max: 4 });
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
  Object.assign(pool, {
    query: async (...given: unknown[]) => {
      const isCommit = JSON.stringify(given).includes('new_arrivals');
      const what = isCommit ? behave() : 'OK';
      if (what === 'FAIL') throw new Error('connection refused');
      const answer = await query(...given);
      if (what === 'LOSE_ANSWER') throw new Error('connection reset');
      return answer;
    },
  });
  return pool;
}

async function openFaulty(
  schema: string,
  behave: () => 'OK' | 'LOSE_ANSWER' | 'FAIL',
  onFatal: () => void = () => undefined,
) {
  const pool = faultyPool(behave);
  const running = await createExchange({
    pool,
    schema,
    day: INPUT,
    clock: new SimulatorClock({ speed: 1, realNow: () => 0 }),
    accounts: [{ account: ACCOUNT, cash: 100_000_000 }],
    seed: 1,
    onFatal,
  });
  opened.push({ running, pool });
  return running;
}

describe('a database that answers badly', () => {
  it('gets a commit again whose answer was lost, and books it once', async () => {
    const behaviour: ('OK' | 'LOSE_ANSWER')[] = [];
    const schema = newSchema();
    const running = await openFaulty(schema, () => behaviour.shift() ?? 'OK');
    moveTo(running, afterOpen(20, 30));
    behaviour.push('LOSE_ANSWER', 'LOSE_ANSWER');
    await buy(running, 100);
    const books = booksOf(running);
    expect(books.orders).toHaveLength(1);
    await close(running);
    expect(booksOf(await open(schema)).orders).toEqual(books.orders);
    const { rows } = await database.pool.query(
      `select sum(quantity)::int as shares from ${schema}.fills`,
    );
    expect(rows).toEqual([{ shares: 100 }]);
  });

  it('that stays away ends the process, answers nobody, and shows nothing that is not stored', async () => {
    let isDown = false;
    const fatal = Promise.withResolvers<void>();
    const schema = newSchema();
    const running = await openFaulty(
      schema,
      () => (isDown ? 'FAIL' : 'OK'),
      () => fatal.resolve(),
    );
    moveTo(running, afterOpen(20, 30));
    await buy(running, 100);
    isDown = true;
    await expect(buy(running, 50)).rejects.toThrow('connection refused');
    await fatal.promise;
    expect(running.exchange.orders(ACCOUNT, TEST_DATE, TEST_DATE)).toHaveLength(1);
    isDown = false;
    await running.close().catch(() => undefined);
    await opened.splice(0, 1)[0]!.pool.end();
    const again = await open(schema);
    expect(booksOf(again).orders).toHaveLength(1);
    expect((await buy(again, 1)).number).toBe('0000000002');
  });
});

async function runWithFills(schema: string) {
  const running = await open(schema);
  moveTo(running, afterOpen(20, 30));
  await buy(running, 4500);
  moveTo(running, afterOpen(24));
  await buy(running, 1);
  const books = booksOf(running);
  await close(running);
  return books;
}

describe('a crash between a fill and its commit', () => {
  it('loses no fill and doubles none: they come again from the same requests', async () => {
    const schema = newSchema();
    const before = await runWithFills(schema);
    await database.pool.query(
      `with lost as (delete from ${schema}.fills where number = '0000000001' and sequence > 2 returning quantity, price)
       update ${schema}.orders set filled_quantity = filled_quantity - (select sum(quantity) from lost),
         rest_quantity = rest_quantity + (select sum(quantity) from lost) where number = '0000000001'`,
    );
    const after = booksOf(await open(schema));
    expect(after.orders).toEqual(before.orders);
    expect(after.account).toEqual(before.account);
    const { rows } = await database.pool.query(
      `select sum(quantity)::int as shares from ${schema}.fills where number = '0000000001'`,
    );
    expect(rows).toEqual([{ shares: 4500 }]);
  });

  it('refuses books that do not follow from the day', async () => {
    const schema = newSchema();
    await runWithFills(schema);
    await database.pool.query(`update ${schema}.fills set price = price + 10 where sequence = 1`);
    await expect(open(schema)).rejects.toThrow('does not follow from this day input');
  });
});

describe('kill -9', () => {
  interface Said {
    readonly at: number;
    readonly order?: OrderRecord;
  }

  /** Runs the child until it has said enough, then kills it without warning. */
  async function runAndKill(schema: string, round: number): Promise<readonly Said[]> {
    const file = join(import.meta.dirname, 'durable-child.ts');
    const child = spawn(
      process.execPath,
      ['--no-warnings', file, database.url, schema, String(round)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    const said: Said[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const heard: Said = JSON.parse(line);
      said.push(heard);
      if (said.length === 80 + round * 7) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    return said;
  }

  it('at any moment keeps every answer, every notice, the order numbers and the direction of time', async () => {
    const schema = newSchema();
    const said: Said[] = [];
    for (let round = 1; round <= 3; round += 1) {
      const latest = said.at(-1)?.at ?? 0;
      const more = await runAndKill(schema, round);
      expect(more[0]!.at).toBeGreaterThanOrEqual(latest);
      said.push(...more);
    }
    const clock = new SimulatorClock({ speed: 1, realNow: () => 0 });
    const running = await open(schema, { ...CHILD_OPTIONS, day: childInput(), clock });
    const orders = new Map(
      running.exchange.orders(ACCOUNT, TEST_DATE, TEST_DATE).map((order) => [order.number, order]),
    );
    expect(running.exchange.now()).toBeGreaterThanOrEqual(said.at(-1)!.at);
    const told = said.flatMap(({ order }) => (order === undefined ? [] : [order]));
    expect(told.length).toBeGreaterThan(100);
    for (const order of told) {
      const kept = orders.get(order.number)!;
      expect(kept).toMatchObject({
        symbol: order.symbol,
        side: order.side,
        quantity: order.quantity,
        acceptedAt: order.acceptedAt,
      });
      expect(kept.filledQuantity).toBeGreaterThanOrEqual(order.filledQuantity);
    }
    const numbers = [...orders.keys()].map(Number);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
    const instants = [...orders.values()].map(({ acceptedAt }) => acceptedAt);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    const { rows } = await database.pool.query(
      `select o.filled_quantity::int as filled, coalesce(sum(f.quantity), 0)::int as fills
       from ${schema}.orders o left join ${schema}.fills f using (trade_date, number)
       group by o.number, o.filled_quantity having o.filled_quantity <> coalesce(sum(f.quantity), 0)`,
    );
    expect(rows).toEqual([]);
    const arrivals = await running.arrivals();
    expect(arrivals.filter(({ number }) => number !== undefined)).toHaveLength(orders.size);
  });
});
