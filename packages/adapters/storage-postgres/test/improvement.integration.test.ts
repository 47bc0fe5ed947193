import { beforeAll, describe, expect, it } from '@jest/globals';
import { price, won, type WhyNot } from '@fleet/domain';
import { parseTradeDate } from '@fleet/krx';
import type { OrderIntent } from '@fleet/service-layer';
import { TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { withFleet } from './support/fleet.ts';

const fleet = withFleet();
const NEXT_DATE = parseTradeDate('2026-03-13');

const reasons = (momentum: string): readonly WhyNot[] => [
  { code: 'MOMENTUM', actual: momentum, limit: '0.008' },
  { code: 'TREND', actual: '0.001', limit: '0' },
];

interface RoundTrip {
  readonly momentum?: string;
  readonly ask?: number;
  readonly soldAt: number;
  readonly purpose?: OrderIntent['purpose'];
  /** Shares of a first sell that is taken back with the rest of it unsold. */
  readonly soldFirst?: number;
}

/** Ten shares bought at 10,000 won on a signal, and sold again. */
async function trade({ momentum, ask, soldAt, purpose, soldFirst }: RoundTrip): Promise<void> {
  const holder = await fleet.holder();
  const { orderId } = await fleet.bought(holder);
  if (momentum !== undefined) {
    const signal = {
      orderId,
      tradeDate: TEST_DATE,
      symbol: holder.symbol,
      strategyName: 'test-strategy',
      scanId: 'scan',
      score: '1',
      reasons: reasons(momentum),
      ask: ask === undefined ? undefined : price(ask),
      marketAt: TEST_MARKET_AT,
    };
    await fleet.stores.trading.saveEntrySignal(signal);
    // A lost answer, and the worker writes it again.
    await fleet.stores.trading.saveEntrySignal({ ...signal, reasons: [] });
  }
  if (soldFirst !== undefined) {
    const sell = {
      side: 'SELL',
      quantity: 10,
      price: soldAt,
      purpose: purpose ?? 'STOP_LOSS',
    } as const;
    const first = await fleet.accepted(holder, sell);
    await fleet.book(first, soldFirst, { canceled: 10 - soldFirst });
    // As the worker tells it.
    await fleet.stores.events.append([
      {
        type: 'ExitIncompleteEvent',
        level: 'WARN',
        workerId: holder.workerId,
        symbol: holder.symbol,
        orderId: first.orderId,
        marketAt: TEST_MARKET_AT,
        payload: { rung: 'MARKET', tries: 1, quantity: 10, filledQuantity: soldFirst },
      },
    ]);
  }
  await fleet.sold(holder, 10 - (soldFirst ?? 0), soldAt, purpose ?? 'TAKE_PROFIT');
}

async function improvement(): Promise<Record<string, Record<string, unknown>>> {
  const { rows } = await fleet.pool.query<{
    improvement: Record<string, Record<string, unknown>>;
  }>('SELECT improvement FROM daily_summaries WHERE date = $1', [TEST_DATE]);
  return rows[0]?.improvement ?? {};
}

describe('SC-011: what a day teaches the next', () => {
  beforeAll(async () => {
    await trade({ momentum: '0.012', ask: 10_000, soldAt: 10_500 });
    await trade({ momentum: '0.014', ask: 9_990, soldAt: 10_500 });
    await trade({
      momentum: '0.009',
      ask: 9_950,
      soldAt: 9_500,
      purpose: 'STOP_LOSS',
      soldFirst: 4,
    });
    await trade({ soldAt: 9_000, purpose: 'MANDATORY_LIQUIDATION' });
    await trade({ soldAt: 10_100, purpose: 'MANDATORY_LIQUIDATION' });
  });

  it('tells of each signal what it brought, and its number where it won and lost', async () => {
    const { bySignal } = await improvement();
    expect(bySignal).toMatchObject({
      MOMENTUM: { trades: 3, wins: 2, meanWhenWon: '0.013', meanWhenLost: '0.009' },
      TREND: { trades: 3, wins: 2, meanWhenWon: '0.001', meanWhenLost: '0.001' },
    });
    const { rows } = await fleet.pool.query<{ pnl: string }>(
      `SELECT sum(t.pnl) AS pnl FROM trades t WHERE EXISTS
         (SELECT FROM fills f JOIN entry_signals e USING (order_id) WHERE f.trade_id = t.trade_id)`,
    );
    expect(bySignal?.['MOMENTUM']).toMatchObject({ pnl: rows[0]?.pnl });
  });

  it('tells what parameters and exits brought', async () => {
    const { byParameters, byExitReason } = await improvement();
    expect(byParameters).toMatchObject({ 'test-strategy 1.0.0 params 1': { trades: 5, wins: 3 } });
    expect(byExitReason).toMatchObject({
      TAKE_PROFIT: { trades: 2, wins: 2 },
      STOP_LOSS: { trades: 1, wins: 0 },
      MANDATORY_LIQUIDATION: { trades: 2, wins: 1 },
    });
  });

  it('EC-003: tells of bad fills for lack of liquidity, entries and exits', async () => {
    const { illiquidity } = await improvement();
    expect(illiquidity).toMatchObject({
      partialOrders: 1,
      incompleteExits: 1,
      sharesNotTaken: 6,
      slippage: { trades: 2, cost: String((10 + 50) * 10) },
      hardExits: { trades: 1, wins: 0 },
    });
  });

  it('tells what mandatory liquidation lost', async () => {
    const { liquidation } = await improvement();
    const { rows } = await fleet.pool.query<{ loss: string }>(
      `SELECT sum(pnl) AS loss FROM trades WHERE exit_reason = 'MANDATORY_LIQUIDATION' AND pnl < 0`,
    );
    expect(liquidation).toMatchObject({ trades: 2, losing: 1, loss: rows[0]?.loss });
  });

  it('is the same however often it is made', async () => {
    const before = await improvement();
    await fleet.stores.settlement.applyDayCosts({
      tradeDate: TEST_DATE,
      shares: [],
      marketAt: TEST_MARKET_AT,
    });
    expect(await improvement()).toEqual(before);
  });

  it('is read by the next day’s parameter work, with what the filters refused', async () => {
    const { trading } = fleet.stores;
    for (const scanId of ['one', 'two']) {
      await trading.saveScan([], {
        scanId,
        scannedAt: TEST_MARKET_AT,
        looked: 3,
        tradeDate: TEST_DATE,
        marks: [],
        marketChange: undefined,
        refusals: { 'test-strategy': { SPREAD_RATE: 2, TREND: 1 }, other: { TREND: 3 } },
      });
    }
    expect(await trading.getDayReview(TEST_DATE)).toBeUndefined();
    const review = await trading.getDayReview(NEXT_DATE);
    expect(review).toMatchObject({
      date: TEST_DATE,
      tradesCount: 5,
      winRate: '0.600000',
      improvement: await improvement(),
      refusals: { 'test-strategy': { SPREAD_RATE: 4, TREND: 2 }, other: { TREND: 6 } },
    });
    const row = await fleet.row('daily_summaries', 'date', TEST_DATE);
    expect(review?.pnl.eq(won(String(row['pnl'])))).toBe(true);
  });
});
