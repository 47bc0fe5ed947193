import { beforeEach, describe, expect, it } from '@jest/globals';
import { quantity, won } from '@fleet/domain';
import type { IntentResult, OrderIntent } from '@fleet/service-layer';
import { aBaseline, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { makePostgresStores } from '../src/index.ts';
import { type Holder, withFleet } from './support/fleet.ts';

const fleet = withFleet();
const MINUTE_MS = 60_000;

type Limits = Parameters<typeof aBaseline>[0] & {};

/** The day begins again: nothing held, nothing lost, limits as the test says, gate open. */
async function begin(limits: NonNullable<Limits['limits']>): Promise<void> {
  await fleet.pool.query(`
    ALTER TABLE trades DISABLE TRIGGER ALL; ALTER TABLE fills DISABLE TRIGGER ALL;
    ALTER TABLE positions DISABLE TRIGGER ALL; ALTER TABLE orders DISABLE TRIGGER ALL;
    DELETE FROM fills; DELETE FROM trades; DELETE FROM positions; DELETE FROM orders;
    ALTER TABLE trades ENABLE TRIGGER ALL; ALTER TABLE fills ENABLE TRIGGER ALL;
    ALTER TABLE positions ENABLE TRIGGER ALL; ALTER TABLE orders ENABLE TRIGGER ALL;
    UPDATE symbol_fences SET open_orders = 0, position_qty = 0;
    DELETE FROM account_days; DELETE FROM day_baselines; DELETE FROM stock_marks;
    DELETE FROM candidates; DELETE FROM scans;`);
  await fleet.stores.settlement.saveBaseline(aBaseline({ limits }), TEST_MARKET_AT);
  await fleet.stores.system.setGate({
    gate: 'OPEN',
    reason: 'test',
    by: 'person',
    marketAt: TEST_MARKET_AT,
  });
}

const buy = (holder: Holder, changes: Partial<OrderIntent> = {}): Promise<IntentResult> =>
  fleet.stores.orders.storeIntent(fleet.intentOf(holder, changes));

async function mark(symbol: string, price: number, at = TEST_MARKET_AT, rangeRate = '0.01') {
  await fleet.pool.query(
    `INSERT INTO stock_marks (symbol, price, range_rate, market_at) VALUES ($1, $2, $3, from_ms($4))
     ON CONFLICT (symbol) DO UPDATE SET price = excluded.price, range_rate = excluded.range_rate,
       market_at = excluded.market_at`,
    [symbol, price, rangeRate, at],
  );
}

async function scanned(at: number, marketChange: string): Promise<void> {
  await fleet.pool.query(
    `INSERT INTO scans (scan_id, trade_date, scanned_at, looked, strategies, market_change)
     VALUES ($1, $2, from_ms($3), 1, '{}', $4)`,
    [`scan-${at}`, TEST_DATE, at, marketChange],
  );
}

/** Holds ten shares at 10,000 won, whose stop costs `expectedLoss`. */
async function holding(expectedLoss = 0): Promise<Holder> {
  const holder = await fleet.holder();
  const order = await fleet.accepted(holder, { expectedLoss: won(expectedLoss) });
  await fleet.book(order, 10);
  return holder;
}

/** A closed trade that lost about so much for its ten shares. */
async function lost(amount: number): Promise<Holder> {
  const holder = await fleet.holder();
  await fleet.bought(holder);
  await fleet.sold(holder, 10, 10_000 - amount / 10);
  return holder;
}

interface Case {
  readonly limits: NonNullable<Limits['limits']>;
  /** Brings the account to where the next buy breaks the limit. */
  readonly bring: (holder: Holder) => Promise<void>;
  readonly order?: Partial<OrderIntent>;
  readonly code: string;
  readonly detail: { readonly actual: string; readonly limit: string };
  readonly closesGate: boolean;
}

const cases: Record<string, Case> = {
  'loss of the day by realised results': {
    limits: { dailyLossLimit: won(5_000) },
    bring: async () => void (await lost(5_000)),
    code: 'DAILY_LOSS_LIMIT',
    // 5,000 of the price, 14 + 13 of commission, 189 of tax.
    detail: { actual: '5216', limit: '5000' },
    closesGate: true,
  },
  'loss of the day with the expected loss of the order': {
    limits: { dailyLossLimit: won(6_000) },
    bring: async () => void (await lost(5_000)),
    order: { expectedLoss: won(785) },
    code: 'DAILY_LOSS_LIMIT',
    detail: { actual: '6001', limit: '6000' },
    closesGate: true,
  },
  'loss of the day with the sold part of a position': {
    limits: { dailyLossLimit: won(2_000) },
    bring: async () => {
      const holder = await fleet.holder();
      await fleet.bought(holder);
      await fleet.sold(holder, 5, 9_500);
    },
    code: 'DAILY_LOSS_LIMIT',
    detail: { actual: '2614', limit: '2000' },
    closesGate: true,
  },
  'total loss of the day, what is held at its mark': {
    limits: { dailyLossLimit: won(4_000), lossBasis: 'TOTAL' },
    bring: async () => await mark((await holding()).symbol, 9_600),
    code: 'DAILY_LOSS_LIMIT',
    detail: { actual: '4014', limit: '4000' },
    closesGate: true,
  },
  'total loss of the day that nobody can measure': {
    limits: { lossBasis: 'TOTAL', markAgeMsMax: 60_000 },
    bring: async () => await mark((await holding()).symbol, 10_000, TEST_MARKET_AT - 60_001),
    code: 'MARK_STALE',
    detail: { actual: '1', limit: '0' },
    closesGate: false,
  },
  'losses that open positions may still bring': {
    limits: { dailyLossLimit: won(3_000) },
    bring: async () => void (await holding(2_500)),
    order: { expectedLoss: won(487) },
    code: 'OPEN_RISK_LIMIT',
    detail: { actual: '3001', limit: '3000' },
    closesGate: false,
  },
  'losses in a row': {
    limits: { maxConsecutiveLosses: 2 },
    bring: async () => void [await lost(10), await lost(10)],
    code: 'CONSECUTIVE_LOSSES',
    detail: { actual: '2', limit: '2' },
    closesGate: true,
  },
  'capital of the worker': {
    limits: {},
    bring: async ({ workerId }) =>
      void (await fleet.pool.query(
        'UPDATE workers SET capital_limit = 99999 WHERE worker_id = $1',
        [workerId],
      )),
    code: 'CAPITAL_LIMIT',
    detail: { actual: '100000', limit: '99999' },
    closesGate: false,
  },
  'value of one stock': {
    limits: { maxExposurePerSymbol: won(150_000) },
    bring: async (holder) => void (await fleet.bought(holder)),
    code: 'EXPOSURE_LIMIT',
    detail: { actual: '200000', limit: '150000' },
    closesGate: false,
  },
  'shares of one stock': {
    limits: { maxQuantityPerSymbol: quantity(19) },
    bring: async (holder) => void (await buy(holder)),
    code: 'EXPOSURE_QUANTITY',
    detail: { actual: '20', limit: '19' },
    closesGate: false,
  },
  'number of positions': {
    limits: { maxPositions: 1 },
    bring: async () => void (await holding()),
    code: 'POSITION_COUNT',
    detail: { actual: '2', limit: '1' },
    closesGate: false,
  },
  'cool-down of a stock': {
    limits: { coolDownMs: 600_000 },
    bring: async (holder) => {
      await fleet.bought(holder);
      await fleet.sold(holder);
    },
    order: { marketAt: TEST_MARKET_AT + 599_999 },
    code: 'COOL_DOWN',
    detail: { actual: '599999', limit: '600000' },
    closesGate: false,
  },
  'range of the stock': {
    limits: { maxStockRangeRate: '0.05' },
    bring: async ({ symbol }) => await mark(symbol, 10_000, TEST_MARKET_AT, '0.051'),
    code: 'STOCK_VOLATILITY',
    detail: { actual: '0.051', limit: '0.05' },
    closesGate: false,
  },
  'range of a stock that was not looked at': {
    limits: { maxStockRangeRate: '0.05' },
    bring: async ({ symbol }) => await mark(symbol, 10_000, TEST_MARKET_AT - 180_001, '0.01'),
    code: 'STOCK_VOLATILITY',
    detail: { actual: 'unknown', limit: '0.05' },
    closesGate: false,
  },
  'move of the market': {
    limits: { maxMarketMoveRate: '0.02' },
    bring: async () => {
      await scanned(TEST_MARKET_AT - 16 * MINUTE_MS, '0.09');
      await scanned(TEST_MARKET_AT - 14 * MINUTE_MS, '0.01');
      await scanned(TEST_MARKET_AT - MINUTE_MS, '-0.011');
    },
    code: 'MARKET_VOLATILITY',
    detail: { actual: '0.021', limit: '0.02' },
    closesGate: false,
  },
};

describe('EC-004: a buy over a limit', () => {
  it.each(Object.entries(cases))('%s', async (_, test) => {
    await begin(test.limits);
    const holder = await fleet.holder();
    await test.bring(holder);
    const intent = fleet.intentOf(holder, test.order);
    // A process of its own has nothing but the rows: limits and baseline outlive who set them.
    const { url, schema } = fleet.database;
    const restarted = makePostgresStores(fleet.pool, { url, schema });
    const result = await restarted.orders.storeIntent(intent);
    expect(result).toMatchObject({
      outcome: 'denied',
      code: test.code,
      detail: { code: test.code, ...test.detail },
    });
    expect(await fleet.stores.orders.getOrder(intent.orderId)).toBeUndefined();
    const told = await fleet.events({ symbol: holder.symbol, type: 'RiskViolationEvent' });
    expect(told.at(-1)).toMatchObject({
      level: 'WARN',
      worker_id: holder.workerId,
      payload: { code: test.code, ...test.detail, side: 'BUY', quantity: 10 },
    });
    const { gate } = await fleet.stores.system.read();
    expect(gate).toBe(test.closesGate ? 'EXIT_ONLY' : 'OPEN');
  });

  it('SC-008, EC-004: leaves the way out of what is held, whatever was broken', async () => {
    await begin({ dailyLossLimit: won(5_000), maxConsecutiveLosses: 1 });
    const held = await holding();
    await lost(6_000);
    expect(await buy(await fleet.holder())).toMatchObject({ code: 'DAILY_LOSS_LIMIT' });
    const sell = fleet.intentOf(held, { side: 'SELL', purpose: 'MANDATORY_LIQUIDATION' });
    expect(await fleet.stores.orders.storeIntent(sell)).toMatchObject({ outcome: 'stored' });
  });

  it('stays below every limit and is stored', async () => {
    await begin({
      lossBasis: 'TOTAL',
      dailyLossLimit: won(20_000),
      maxQuantityPerSymbol: quantity(10),
      maxPositions: 2,
      maxStockRangeRate: '0.05',
      maxMarketMoveRate: '0.02',
    });
    const [holder, other] = [await fleet.holder(), await fleet.holder()];
    await scanned(TEST_MARKET_AT - MINUTE_MS, '0.01');
    for (const { symbol } of [holder, other]) await mark(symbol, 9_900);
    await fleet.bought(other);
    expect(await buy(holder, { expectedLoss: won(2_500) })).toMatchObject({ outcome: 'stored' });
  });
});

describe('EC-004: workers that ask at once', () => {
  beforeEach(async () => await begin({}));

  it('share the last slot: one is stored, the others are denied', async () => {
    await begin({ maxPositions: 2 });
    await holding();
    const holders = await Promise.all(Array.from({ length: 6 }, () => fleet.holder()));
    const results = await Promise.all(holders.map((holder) => buy(holder)));
    expect(codes(results)).toEqual([...Array(5).fill('POSITION_COUNT'), 'stored']);
  });

  it('share the last won that may be lost: one is stored, the others are denied', async () => {
    await begin({ dailyLossLimit: won(4_000) });
    // The account's row is there: a first insert alone would keep them apart.
    await holding();
    const holders = await Promise.all(Array.from({ length: 6 }, () => fleet.holder()));
    const expectedLoss = won(2_500);
    const results = await Promise.all(holders.map((holder) => buy(holder, { expectedLoss })));
    expect(codes(results)).toEqual([...Array(5).fill('OPEN_RISK_LIMIT'), 'stored']);
    expect((await fleet.stores.system.read()).gate).toBe('OPEN');
  });
});

function codes(results: readonly IntentResult[]): string[] {
  return results
    .map((result) => (result.outcome === 'denied' ? result.code : result.outcome))
    .toSorted();
}
