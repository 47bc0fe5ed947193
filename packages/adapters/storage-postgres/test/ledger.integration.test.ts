import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_COST_RATES,
  estimateCommission,
  estimateSellTax,
  quantity,
  summaryOf,
  won,
  type Won,
} from '@fleet/domain';
import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import type { BrokerOrder } from '@fleet/service-layer';
import { TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { type Holder, withFleet } from './support/fleet.ts';

const fleet = withFleet();

const SETTLED = KRX_CALENDAR.settlementDate(TEST_DATE);
const KOSPI = { market: 'KOSPI', kind: 'COMMON' } as const;
const commission = (amount: number): Won => estimateCommission(won(amount), DEFAULT_COST_RATES);
const tax = (amount: number): Won => estimateSellTax(won(amount), KOSPI, SETTLED);

async function books(holder: Holder) {
  const { rows: fills } = await fleet.pool.query(
    `SELECT side, sum(qty)::bigint AS qty, sum(amount) AS amount, sum(commission) AS commission,
       sum(transaction_tax) AS tax FROM fills WHERE symbol = $1 GROUP BY side ORDER BY side`,
    [holder.symbol],
  );
  const { rows: trades } = await fleet.pool.query(
    `SELECT bought_qty, bought_amount, sold_qty, sold_amount, commission, transaction_tax, pnl,
       exit_reason FROM trades WHERE symbol = $1 ORDER BY created_at`,
    [holder.symbol],
  );
  const { rows: position } = await fleet.pool.query(
    'SELECT qty, avg_price FROM positions WHERE symbol = $1',
    [holder.symbol],
  );
  const { rows: orders } = await fleet.pool.query(
    `SELECT side, status, filled_qty, filled_amount, reserved_amount FROM orders
     WHERE symbol = $1 ORDER BY created_at`,
    [holder.symbol],
  );
  return { fills, trades, position, orders };
}

describe('booking from the list', () => {
  it('SC-005 books a buy: order, fill, position with its entry, trade, events', async () => {
    const holder = await fleet.holder();
    const order = await fleet.accepted(holder);
    const booked = await fleet.book(order, 4);
    expect(booked).toEqual({
      orderId: order.orderId,
      symbol: holder.symbol,
      workerId: holder.workerId,
      filledStep: 4,
      status: 'PARTIAL',
      closedTrade: undefined,
    });
    expect(await fleet.row('orders', 'order_id', order.orderId)).toMatchObject({
      reserved_amount: '60008',
    });
    await fleet.book(order, 10, { price: 9_900, marketAt: TEST_MARKET_AT + 1_000 });
    expect(await fleet.stores.orders.getPosition(holder.symbol)).toMatchObject({
      quantity: 10,
      averageEntryPrice: won(9_900),
      entryPrice: won(10_000),
      enteredAt: TEST_MARKET_AT,
      workerId: holder.workerId,
      strategyName: 'test-strategy',
      strategyVersion: '1.0.0',
      paramsVersion: 1,
    });
    const events = await fleet.events({ symbol: holder.symbol });
    expect(events.map((event) => event.type)).toEqual([
      'LockAcquiredEvent',
      'OrderCreatedEvent',
      'OrderSentEvent',
      'OrderAcceptedEvent',
      'FillReceivedEvent',
      'PositionEnteredEvent',
      'OrderPartiallyFilledEvent',
      'FillReceivedEvent',
      'OrderFilledEvent',
    ]);
    expect(events.find((event) => event.type === 'PositionEnteredEvent')?.payload).toMatchObject({
      entryPrice: '10000',
      enteredAt: TEST_MARKET_AT,
      strategyVersion: '1.0.0',
      paramsVersion: 1,
    });
  });

  it('SC-007 books a sell: PnL after costs, flat position, PositionExitedEvent', async () => {
    const holder = await fleet.holder();
    await fleet.bought(holder, 10, 10_000);
    const { closedTrade } = await fleet.sold(holder, 10, 11_000, 'STOP_LOSS');
    const pnl = won(110_000 - 100_000)
      .minus(commission(100_000))
      .minus(commission(110_000))
      .minus(tax(110_000));
    expect(closedTrade?.pnl?.eq(pnl)).toBe(true);
    expect(await fleet.row('positions', 'symbol', holder.symbol)).toMatchObject({
      qty: 0,
      avg_price: null,
    });
    expect(
      await fleet.events({ symbol: holder.symbol, type: 'PositionExitedEvent' }),
    ).toMatchObject([{ payload: { pnl: pnl.toFixed(), reason: 'STOP_LOSS' } }]);
  });

  it('SC-011 keeps the summary exact: pnl, win rate, average, worst loss, count', async () => {
    const sell = async (at: number) => {
      const holder = await fleet.holder();
      await fleet.bought(holder, 10, 10_000);
      return (await fleet.sold(holder, 10, at)).closedTrade!;
    };
    await sell(10_500);
    await sell(9_000);
    await sell(9_990);
    const { rows } = await fleet.pool.query<{ trade_id: string; pnl: string }>(
      'SELECT trade_id, pnl FROM trades WHERE closed_on = $1',
      [TEST_DATE],
    );
    const expected = summaryOf(rows.map((row) => ({ tradeId: row.trade_id, pnl: won(row.pnl) })));
    expect(expected.tradesCount).toBeGreaterThanOrEqual(3);
    expect(await fleet.row('daily_summaries', 'date', TEST_DATE)).toMatchObject({
      pnl: expected.pnl.toFixed(),
      trades_count: expected.tradesCount,
      win_count: expected.winCount,
      win_rate: expected.winCount / expected.tradesCount,
      avg_pnl: expected.averagePnl.toFixed(),
      max_loss: expected.maxLoss.toFixed(),
      improvement: {
        byExitReason: { TAKE_PROFIT: expect.anything() },
        byStrategy: { 'test-strategy': { trades: expected.tradesCount } },
        liquidation: { trades: 0, losing: 0, loss: '0' },
      },
    });
    expect(await fleet.stores.settlement.getSummary(TEST_DATE)).toMatchObject({
      tradesCount: expected.tradesCount,
      winRate: expected.winRate.toFixed(6),
    });
    expect(await fleet.row('account_days', 'trade_date', TEST_DATE)).toMatchObject({
      realized_pnl: expected.pnl.toFixed(),
    });
  });

  it('ends expired and canceled orders with what they had', async () => {
    const holder = await fleet.holder();
    const order = await fleet.accepted(holder);
    await fleet.book(order, 3);
    const end = {
      orderId: order.orderId,
      status: 'CANCELED',
      reason: 'EXPIRED',
      detail: 'the venue has closed',
      marketAt: TEST_MARKET_AT,
    } as const;
    expect(await fleet.stores.orders.endOrder(end)).toBe(true);
    expect(await fleet.stores.orders.getOrder(order.orderId)).toMatchObject({
      status: 'CANCELED',
      endReason: 'EXPIRED',
      filledQuantity: 3,
    });
    // A fill that the list tells of after all is booked on a row of its own.
    const late = await fleet.book(order, 5);
    expect(late).toMatchObject({ filledStep: 2, status: 'PARTIAL' });
    expect(late.orderId).not.toBe(order.orderId);
    expect((await fleet.book(order, 5)).filledStep).toBe(0);
    expect((await fleet.book(order, 6, { canceled: 4 })).status).toBe('CANCELED');
    expect(await fleet.stores.orders.getPosition(holder.symbol)).toMatchObject({ quantity: 6 });
    const ledger = await fleet.stores.settlement.readDayLedger(TEST_DATE);
    expect(ledger.orders.find((row) => row.brokerNumber === order.row.key.number)).toMatchObject({
      filledQuantity: 6,
      filledAmount: won(60_000),
    });
  });
});

/** Small seeded generator: the seed is the reproduction. */
function generator(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

async function book(
  order: { orderId: string; row: BrokerOrder },
  steps: readonly (readonly [number, number])[],
  random: (below: number) => number,
) {
  // Any subset in any order with repeats, several at once, and the last one in the end.
  const reads = Array.from({ length: 6 }, () => steps[random(steps.length)]!);
  const at = (cumulative: readonly [number, number]) =>
    fleet.stores.orders.bookBrokerOrder({
      orderId: order.orderId,
      row: {
        ...order.row,
        filledQuantity: quantity(cumulative[0]),
        filledAmount: won(cumulative[1]),
        leavesQuantity: quantity(order.row.quantity - cumulative[0]),
      },
      readStartedAt: TEST_MARKET_AT,
      marketAt: TEST_MARKET_AT,
    });
  for (let index = 0; index < reads.length; index += 2) {
    await Promise.all(reads.slice(index, index + 2).map(at));
  }
  await at(steps.at(-1)!);
  await at(steps[0]!);
}

describe('the same books whatever the list repeats, delays or leaves out', () => {
  const BUY = [
    [3, 30_000],
    [7, 70_010],
    [20, 200_140],
  ] as const;
  const SELL = [
    [1, 10_100],
    [12, 121_000],
    [20, 201_400],
  ] as const;

  const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
  it.each(seeds)('seed %i', async (seed) => {
    const random = generator(seed);
    const holder = await fleet.holder();
    const terms = { quantity: 20, price: 10_010 };
    await book(await fleet.accepted(holder, terms), BUY, random);
    await book(
      await fleet.accepted(holder, { ...terms, side: 'SELL', price: 10_000 }),
      SELL,
      random,
    );
    const costs = {
      buy: commission(200_140),
      sell: commission(201_400),
      tax: tax(201_400),
    };
    const bothCommissions = costs.buy.plus(costs.sell);
    expect(await books(holder)).toEqual({
      fills: [
        { side: 'BUY', qty: 20, amount: '200140', commission: costs.buy.toFixed(), tax: '0' },
        {
          side: 'SELL',
          qty: 20,
          amount: '201400',
          commission: costs.sell.toFixed(),
          tax: costs.tax.toFixed(),
        },
      ],
      trades: [
        {
          bought_qty: 20,
          bought_amount: '200140',
          sold_qty: 20,
          sold_amount: '201400',
          commission: bothCommissions.toFixed(),
          transaction_tax: costs.tax.toFixed(),
          pnl: won(1_260).minus(bothCommissions).minus(costs.tax).toFixed(),
          exit_reason: 'TAKE_PROFIT',
        },
      ],
      position: [{ qty: 0, avg_price: null }],
      orders: ['BUY', 'SELL'].map((side) => ({
        side,
        status: 'FILLED',
        filled_qty: 20,
        filled_amount: side === 'BUY' ? '200140' : '201400',
        reserved_amount: '0',
      })),
    });
    const exits = await fleet.events({ symbol: holder.symbol, type: 'PositionExitedEvent' });
    expect(exits).toHaveLength(1);
    const filled = await fleet.events({ symbol: holder.symbol, type: 'OrderFilledEvent' });
    expect(filled).toHaveLength(2);
    // The sums of the account tie to the fills of all stocks.
    const day = await fleet.row('account_days', 'trade_date', TEST_DATE);
    const ledger = await fleet.stores.settlement.readDayLedger(TEST_DATE);
    expect(day).toMatchObject({
      bought_amount: ledger.boughtAmount.toFixed(),
      sold_amount: ledger.soldAmount.toFixed(),
      commission: ledger.estimatedCommission.toFixed(),
      transaction_tax: ledger.estimatedTax.toFixed(),
    });
  });
});

describe('the ledger', () => {
  it('is append-only in its fills and events', async () => {
    const holder = await fleet.holder();
    await fleet.bought(holder);
    for (const table of ['fills', 'events']) {
      await expect(fleet.pool.query(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
      await expect(fleet.pool.query(`UPDATE ${table} SET symbol = 'x'`)).rejects.toThrow(
        'append-only',
      );
      await expect(fleet.pool.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('append-only');
    }
  });

  it('keeps one fill a cumulative quantity', async () => {
    const holder = await fleet.holder();
    const { orderId } = await fleet.bought(holder);
    await expect(
      fleet.pool.query(
        `INSERT INTO fills (fill_id, order_id, trade_id, symbol, side, qty, price, amount,
           cumulative_qty, commission, transaction_tax, trade_date, market_at)
         SELECT gen_random_uuid(), order_id, trade_id, symbol, side, qty, price, amount,
           cumulative_qty, 0, 0, trade_date, market_at FROM fills WHERE order_id = $1`,
        [orderId],
      ),
    ).rejects.toMatchObject({ code: '23505' });
  });

  it('corrects positions that differ from the fills, and only those', async () => {
    const [right, wrong, invented] = [
      await fleet.holder(),
      await fleet.holder(),
      await fleet.holder(),
    ];
    await fleet.bought(right);
    await fleet.bought(wrong);
    await fleet.pool.query('UPDATE positions SET qty = 7 WHERE symbol = $1', [wrong.symbol]);
    await fleet.pool.query(
      `INSERT INTO positions (symbol, qty, avg_price, market_at)
       VALUES ($1, 5, 100, clock_timestamp())`,
      [invented.symbol],
    );
    const corrected = await fleet.stores.orders.recalculatePositions(TEST_MARKET_AT);
    expect(corrected).toEqual([wrong.symbol, invented.symbol].toSorted());
    expect(await fleet.stores.orders.getPosition(wrong.symbol)).toMatchObject({
      quantity: 10,
      averageEntryPrice: won(10_000),
    });
    expect(await fleet.row('positions', 'symbol', invented.symbol)).toMatchObject({ qty: 0 });
    expect(await fleet.stores.orders.recalculatePositions(TEST_MARKET_AT)).toEqual([]);
    expect(
      await fleet.events({ symbol: wrong.symbol, type: 'PositionCorrectedEvent' }),
    ).toMatchObject([{ level: 'WARN', payload: { from: { quantity: 7 }, to: { quantity: 10 } } }]);
  });

  it('shares real costs out in place of the estimates; the last values win', async () => {
    const holder = await fleet.holder();
    await fleet.bought(holder);
    const { closedTrade } = await fleet.sold(holder);
    const tradeId = closedTrade!.tradeId;
    const before = await fleet.stores.settlement.getSummary(TEST_DATE);
    const apply = (adjustment: number) =>
      fleet.stores.settlement.applyDayCosts({
        tradeDate: TEST_DATE,
        shares: [
          {
            tradeId,
            commission: won(20),
            transactionTax: won(198),
            costAdjustment: won(adjustment),
          },
        ],
        marketAt: TEST_MARKET_AT,
      });
    await apply(5);
    const summary = await apply(-3);
    expect(await fleet.row('trades', 'trade_id', tradeId)).toMatchObject({
      commission: '20',
      transaction_tax: '198',
      cost_adjustment: '-3',
      pnl: String(10_000 - 20 - 198 + 3),
    });
    const moved = won(10_000 - 215).minus(closedTrade!.pnl!);
    expect(summary.pnl.eq(before!.pnl.plus(moved))).toBe(true);
    expect(await fleet.row('account_days', 'trade_date', TEST_DATE)).toMatchObject({
      realized_pnl: summary.pnl.toFixed(),
    });
  });

  it('WT-004 keeps one settlement a date', async () => {
    const save = (tiedOut: boolean) =>
      fleet.stores.settlement.saveSettlement({
        tradeDate: TEST_DATE,
        realizedPnl: won(100),
        unrealizedPnl: won(-30),
        positionsSnapshot: [{ symbol: '005930', quantity: 1 }],
        tieOut: { cashDifference: '0' },
        tiedOut,
        brokerBalance: {
          holdings: [],
          cashDeposit: won(1),
          settledCashD2: won(1),
          boughtTodayAmount: won(0),
          soldTodayAmount: won(0),
          costsToday: won(0),
        },
        marketAt: TEST_MARKET_AT,
      });
    await save(false);
    await save(true);
    expect(await fleet.row('daily_settlements', 'trade_date', TEST_DATE)).toMatchObject({
      total_pnl: '70',
      tied_out: true,
      positions_snapshot: [{ symbol: '005930', quantity: 1 }],
    });
    const events = await fleet.events({ type: 'DailySettlementEvent' });
    expect(events.map((event) => event.level)).toEqual(['ERROR', 'INFO']);
  });

  it('counts a result on the day of its exit, whenever it was bought', async () => {
    const next = parseTradeDate('2026-03-13');
    const holder = await fleet.holder();
    await fleet.bought(holder);
    const sell = fleet.intentOf(holder, { side: 'SELL', tradeDate: next });
    await fleet.stores.orders.storeIntent(sell);
    const { send } = await import('./support/fleet.ts');
    await send(fleet.stores, sell.orderId);
    const key = { date: next, branch: '1', number: '1' };
    const accepted = { kind: 'accepted', broker: key, brokerTime: '1' } as const;
    const marketAt = TEST_MARKET_AT + 86_400_000;
    await fleet.stores.orders.recordAnswer({ orderId: sell.orderId, outcome: accepted, marketAt });
    const { aBrokerOrder } = await import('@fleet/testkit');
    const row = aBrokerOrder({
      key,
      symbol: holder.symbol,
      side: 'SELL',
      filledQuantity: quantity(10),
      filledAmount: won(90_000),
    });
    await fleet.stores.orders.bookBrokerOrder({
      orderId: sell.orderId,
      row,
      readStartedAt: 0,
      marketAt,
    });
    expect(await fleet.stores.settlement.getSummary(next)).toMatchObject({ tradesCount: 1 });
    expect(await fleet.row('account_days', 'trade_date', next)).toMatchObject({
      bought_amount: '0',
      sold_amount: '90000',
      consecutive_losses: 1,
    });
    const { costBearers } = await fleet.stores.settlement.readDayLedger(next);
    expect(costBearers).toMatchObject([{ boughtAmount: won(0), soldAmount: won(90_000) }]);
  });
});
