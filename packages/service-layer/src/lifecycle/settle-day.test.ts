import { describe, expect, it } from '@jest/globals';
import { DEFAULT_COST_RATES, MarketCloseError, price, won, type Won } from '@fleet/domain';
import { KRX_CALENDAR } from '@fleet/krx';
import {
  aHolding,
  aPosition,
  aQuote,
  FakeFleet,
  FakeSettlementStore,
  TIED_DATE,
  tieTheDay,
} from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import { settleDay } from './settle-day.ts';

function setUp() {
  const fleet = new FakeFleet();
  const { gateway, marketData, orders, events, clock, log } = fleet;
  const settlement = new FakeSettlementStore(events);
  tieTheDay(settlement, gateway);
  const settle = () =>
    fleet.run(
      settleDay({
        broker: gateway,
        marketData,
        orders,
        settlement,
        calendar: KRX_CALENDAR,
        accountId: gateway.accountId,
        tradeDate: TIED_DATE,
        marketClock: clock,
        log,
        costRates: DEFAULT_COST_RATES,
        costTolerance: won(0),
      }),
    );
  return { fleet, gateway, settlement, settle };
}

type Set = ReturnType<typeof setUp>;
const add = (amount: Won, more: number): Won => won(amount.plus(more));

describe('WT-004: settling the day', () => {
  it('WT-004: a day whose books agree ties out, its costs shared out to the won', async () => {
    const { settlement, settle } = setUp();
    const settled = await settle();
    expect(settled.tieOut).toMatchObject({ ok: true, findings: [] });
    expect(settled.realizedPnl.toNumber()).toBe(591_500 - 586_500 - 1_342);
    expect(settled.commission.plus(settled.transactionTax).toNumber()).toBe(1_342);
    expect(settlement.shares.map(({ tradeId }) => tradeId).toSorted()).toEqual(['even', 'won']);
    expect(settled.summary).toMatchObject({ tradesCount: 2 });
  });

  it('WT-004: the same day settles the same a second time', async () => {
    const { settle } = setUp();
    expect(await settle()).toEqual(await settle());
  });

  it('WT-004: open positions are valued at the last price', async () => {
    const { fleet, gateway, settlement, settle } = setUp();
    fleet.orders.positions.set('005930', aPosition());
    gateway.balance = { ...gateway.balance, holdings: [aHolding('005930', 10)] };
    settlement.ledger = { ...settlement.ledger, positions: { '005930': 10 } };
    fleet.marketData.setQuote(aQuote({ lastPrice: price(9_900) }));
    const settled = await settle();
    expect(settled.tieOut.ok).toBe(true);
    expect(settled.unrealizedPnl.toNumber()).toBe(-1_000);
    expect(settled.positionsSnapshot).toEqual([
      {
        symbol: '005930',
        quantity: 10,
        averageEntryPrice: '10000',
        lastPrice: '9900',
        unrealizedPnl: '-1000',
      },
    ]);
    fleet.marketData.quotes.delete('005930');
    expect((await settle()).positionsSnapshot).toMatchObject([
      { lastPrice: null, unrealizedPnl: '0' },
    ]);
  });

  it('a cost beyond the formula is booked as an adjustment', async () => {
    const { gateway, settlement, settle } = setUp();
    const { settledCashD2, costsToday } = gateway.balance;
    gateway.balance = {
      ...gateway.balance,
      settledCashD2: add(settledCashD2, -1),
      costsToday: add(costsToday, 1),
    };
    const settled = await settle();
    expect(settled.tieOut.costDifference.toNumber()).toBe(1);
    const adjustments = settlement.shares.map((share) => share.costAdjustment.toNumber());
    expect(adjustments.reduce((sum, value) => sum + value, 0)).toBe(1);
  });

  it.each<[string, (set: Set) => void]>([
    [
      'a dropped fill',
      ({ settlement: { ledger }, settlement }) => {
        const orders = ledger.orders.slice(1);
        settlement.ledger = { ...ledger, orders, boughtAmount: add(ledger.boughtAmount, -294_500) };
      },
    ],
    [
      'a doubled fill',
      ({ settlement: { ledger }, settlement }) => {
        settlement.ledger = { ...ledger, soldAmount: add(ledger.soldAmount, 297_000) };
      },
    ],
    [
      'a fee one won off',
      ({ gateway }) => {
        gateway.balance = { ...gateway.balance, costsToday: add(gateway.balance.costsToday, 1) };
      },
    ],
    [
      'the tax of another market',
      ({ settlement: { ledger }, settlement }) => {
        const soldByMarket = [
          { market: 'KONEX', kind: 'COMMON', amount: ledger.soldAmount } as const,
        ];
        settlement.ledger = { ...ledger, soldByMarket };
      },
    ],
    [
      'a share too many at the broker',
      ({ gateway }) => {
        gateway.balance = { ...gateway.balance, holdings: [aHolding('005930', 1)] };
      },
    ],
    [
      'cash one won short',
      ({ gateway }) => {
        const settledCashD2 = add(gateway.balance.settledCashD2, -1);
        gateway.balance = { ...gateway.balance, settledCashD2 };
      },
    ],
  ])('%s turns the day red', async (_what, spoil) => {
    const set = setUp();
    spoil(set);
    const { tieOut } = await set.settle();
    expect(tieOut.ok).toBe(false);
    expect(tieOut.findings.length).toBeGreaterThan(0);
  });

  it('EC-001: tries its reads again', async () => {
    const { gateway, settle } = setUp();
    gateway.failures.next('getCash', 2, () => new BrokerError('TIMEOUT', 'slow'));
    gateway.failures.next('getOrders', 2, () => new BrokerError('TIMEOUT', 'slow'));
    expect((await settle()).tieOut.ok).toBe(true);
  });

  it('a day that was never opened cannot be settled', async () => {
    const { settlement, settle } = setUp();
    settlement.baselines.clear();
    await expect(settle()).rejects.toThrow(MarketCloseError);
  });

  it('a day without a trade shares out nothing', async () => {
    const { gateway, settlement, settle } = setUp();
    settlement.ledger = {
      ...settlement.ledger,
      boughtAmount: won(0),
      soldAmount: won(0),
      soldByMarket: [],
      costBearers: [],
      orders: [],
    };
    gateway.rows.length = 0;
    gateway.balance = {
      ...gateway.balance,
      settledCashD2: won('100000000'),
      boughtTodayAmount: won(0),
      soldTodayAmount: won(0),
      costsToday: won(0),
    };
    const settled = await settle();
    expect(settled.tieOut.ok).toBe(true);
    expect(settlement.shares).toEqual([]);
  });
});
