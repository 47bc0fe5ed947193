import { describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import { type Won, won, ZERO_WON } from '../money.ts';
import { tieOut } from './tie-out.ts';
import type { TieOutInput } from './tie-out-input.ts';

/**
 * 2026-06-11 of a real paper account: buys 294,500 and 292,000, sells 294,500 and 297,000, costs
 * 1,342; here with the second sell of one share of another stock and one share kept overnight.
 */
const DAY = {
  bought: 586_500,
  sold: 591_500,
  costs: 1_342,
};

const tied: TieOutInput = {
  settlementDate: parseTradeDate('2026-06-15'),
  ledger: {
    boughtAmount: won(DAY.bought),
    soldAmount: won(DAY.sold),
    soldByMarket: [{ market: 'KOSPI', kind: 'COMMON', amount: won(DAY.sold) }],
    positions: { '000660': 3 },
    orders: [
      order('11', '005930', 294_500),
      order('12', '005930', 294_500),
      order('13', '000660', 292_000),
      order('14', '000660', 297_000),
      order('15', '000660', 0, 0),
    ],
  },
  broker: {
    holdings: [
      { symbol: '000660', quantity: 3 },
      { symbol: '035720', quantity: 9 },
    ],
    settledCashD2: won(10_000_000 + 500 + DAY.sold - DAY.bought - DAY.costs),
    boughtAmount: won(DAY.bought + 1_000),
    soldAmount: won(DAY.sold + 2_000),
    costs: won(DAY.costs + 7),
    orders: [
      row('11', '005930', 'BUY', 294_500),
      row('12', '005930', 'SELL', 294_500),
      row('13', '000660', 'BUY', 292_000),
      row('14', '000660', 'SELL', 297_000),
      row('15', '000660', 'SELL', 0, 0),
      row('16', '000660', 'SELL', 0, 0),
    ],
  },
  baseline: {
    settledCashD2: won(10_000_500),
    boughtAmount: won(1_000),
    soldAmount: won(2_000),
    costs: won(7),
    foreignHoldings: { '035720': 9 },
  },
};

describe('tie-out (WT-004)', () => {
  it('WT-004: a day whose books agree ties out to the won and the share', () => {
    expect(tieOut(tied)).toEqual({
      ok: true,
      cashDifference: ZERO_WON,
      grossDifferences: { bought: ZERO_WON, sold: ZERO_WON },
      holdingsDifferences: [],
      orderDifferences: [],
      ledgerDifference: ZERO_WON,
      costDifference: ZERO_WON,
      expectedCosts: won(DAY.costs),
      realCosts: won(DAY.costs),
      findings: [],
    });
  });

  it('WT-004: an empty day ties out', () => {
    const { baseline } = tied;
    const quiet: TieOutInput = {
      ...tied,
      ledger: {
        ...tied.ledger,
        boughtAmount: ZERO_WON,
        soldAmount: ZERO_WON,
        soldByMarket: [],
        orders: [],
      },
      broker: { ...tied.broker, ...baseline, orders: [] },
    };
    expect(tieOut(quiet)).toMatchObject({ ok: true, findings: [] });
  });
});

describe('tie-out controls: each makes the day red (WT-004)', () => {
  it('a dropped fill', () => {
    const result = tieOut(
      withLedger({
        soldAmount: won(DAY.sold - 297_000),
        soldByMarket: [{ market: 'KOSPI', kind: 'COMMON', amount: won(DAY.sold - 297_000) }],
        positions: { '000660': 4 },
        orders: tied.ledger.orders.map((each) =>
          each.brokerNumber === '14' ? order('14', '000660', 0, 0) : each,
        ),
      }),
    );
    expect(result.ok).toBe(false);
    expect(result.cashDifference.toNumber()).toBe(297_000);
    expect(result.grossDifferences.sold.toNumber()).toBe(297_000);
    expect(result.holdingsDifferences).toEqual([{ symbol: '000660', ours: 4, broker: 3 }]);
    expect(result.orderDifferences).toEqual([
      {
        brokerNumber: '14',
        symbol: '000660',
        ours: undefined,
        broker: { quantity: 1, amount: won(297_000) },
      },
    ]);
    expect(result.findings.length).toBeGreaterThanOrEqual(5);
  });

  it('a doubled fill', () => {
    const result = tieOut(
      withLedger({
        boughtAmount: won(DAY.bought + 292_000),
        positions: { '000660': 4 },
        orders: [...tied.ledger.orders, order('13', '000660', 292_000)],
      }),
    );
    expect(result.ok).toBe(false);
    expect(result.cashDifference.toNumber()).toBe(292_000);
    expect(result.grossDifferences.bought.toNumber()).toBe(-292_000);
    expect(result.orderDifferences[0]).toMatchObject({
      brokerNumber: '13',
      ours: { quantity: 2 },
      broker: { quantity: 1 },
    });
  });

  it('an order that both sides filled, for another amount', () => {
    const orders = tied.ledger.orders.map((each) =>
      each.brokerNumber === '13' ? order('13', '000660', 292_001) : each,
    );
    const result = tieOut(withLedger({ boughtAmount: won(DAY.bought + 1), orders }));
    expect(result.orderDifferences).toEqual([
      {
        brokerNumber: '13',
        symbol: '000660',
        ours: { quantity: 1, amount: won(292_001) },
        broker: { quantity: 1, amount: won(292_000) },
      },
    ]);
    expect(result.findings).toEqual([
      'cash: 1 won off',
      'bought amount: -1 won off',
      expect.stringContaining('order 13'),
    ]);
  });

  it('a fill that the ledger sums but its orders do not know', () => {
    const result = tieOut(withLedger({ boughtAmount: won(DAY.bought + 1) }));
    expect(result.ok).toBe(false);
    expect(result.ledgerDifference.toNumber()).toBe(1);
    expect(result.findings.join()).toContain('ledger against its own orders: 1 won off');
  });

  it.each([1, -1])('a fee that the broker took %i won off, cash and all', (off) => {
    const { broker } = tied;
    const result = tieOut({
      ...tied,
      broker: {
        ...broker,
        costs: won(broker.costs.plus(off)),
        settledCashD2: won(broker.settledCashD2.minus(off)),
      },
    });
    expect(result).toMatchObject({ ok: false, cashDifference: ZERO_WON, costDifference: won(off) });
    expect(result.findings).toEqual([
      'costs: broker 1343, formula 1342 (tolerance 0)'.replace('1343', String(1_342 + off)),
    ]);
  });

  it('cash one won off', () => {
    const cash = tied.broker.settledCashD2;
    const result = tieOut(withBroker({ settledCashD2: won(cash.plus(1)) }));
    expect(result).toMatchObject({ ok: false, cashDifference: won(1), costDifference: ZERO_WON });
  });

  it.each(['2025-06-16', '2022-06-15'])('the tax of another year (%s)', (date) => {
    const result = tieOut({ ...tied, settlementDate: parseTradeDate(date) });
    expect(result.ok).toBe(false);
    expect(result.costDifference.isZero()).toBe(false);
  });

  it('a share that only one side holds', () => {
    expect(tieOut(withBroker({ holdings: [] }))).toMatchObject({
      ok: false,
      holdingsDifferences: [
        { symbol: '000660', ours: 3, broker: 0 },
        { symbol: '035720', ours: 0, broker: -9 },
      ],
    });
  });

  it('an order that only our books know', () => {
    const orders = [...tied.ledger.orders, order('99', '005930', 100, 1)];
    const result = tieOut(withLedger({ orders, boughtAmount: won(DAY.bought + 100) }));
    expect(result.orderDifferences).toEqual([
      {
        brokerNumber: '99',
        symbol: '005930',
        ours: { quantity: 1, amount: won(100) },
        broker: undefined,
      },
    ]);
    expect(result.findings.join()).toContain('order 99 (005930): ours 1 for 100, broker nothing');
  });
});

describe('tie-out: tolerance and what is foreign', () => {
  it('lets costs differ within the tolerance and no further', () => {
    const { broker } = tied;
    const input: TieOutInput = {
      ...tied,
      broker: {
        ...broker,
        costs: won(broker.costs.plus(20)),
        settledCashD2: won(broker.settledCashD2.minus(20)),
      },
    };
    expect(tieOut({ ...input, costTolerance: won(20) })).toMatchObject({
      ok: true,
      costDifference: won(20),
    });
    expect(tieOut({ ...input, costTolerance: won(19) }).ok).toBe(false);
  });

  it('takes the owner’s own trades of the day out, and tells of them', () => {
    const foreignSold: Won = won(400_000);
    const { broker } = tied;
    const input: TieOutInput = withBroker({
      holdings: [
        { symbol: '000660', quantity: 3 },
        { symbol: '035720', quantity: 5 },
        { symbol: '068270', quantity: 2 },
      ],
      boughtAmount: won(broker.boughtAmount.plus(300_000)),
      soldAmount: won(broker.soldAmount.plus(foreignSold)),
      // 120 + 130 commission, 495 + 1,487 tax on 991,500 of KOSPI sells.
      costs: won(7 + 120 + 130 + 495 + 1_487),
      settledCashD2: won(10_000_500 + 991_500 - 886_500 - (120 + 130 + 495 + 1_487)),
      orders: [
        ...broker.orders,
        row('21', '035720', 'SELL', 400_000, 4),
        row('22', '068270', 'BUY', 300_000, 2),
      ],
    });
    const result = tieOut(input);
    expect(result).toMatchObject({ ok: true, cashDifference: ZERO_WON });
    expect(result.findings).toEqual([
      'foreign order 21 (035720): SELL 4 for 400000',
      'foreign order 22 (068270): BUY 2 for 300000',
    ]);
    const asFund = tieOut({
      ...input,
      foreignClasses: { '035720': { market: 'KOSPI', kind: 'ETF' } },
    });
    expect(asFund.costDifference.toNumber()).toBe(800);
  });

  it('parts a hand sale that took shares of the fleet and the owner’s own with one order', () => {
    const mixed = row('14', '000660', 'SELL', 891_000, 3);
    const costs = 80 + 160 + 592 + 1_778;
    const input = (external: boolean): TieOutInput => ({
      ...tied,
      ledger: {
        ...tied.ledger,
        orders: tied.ledger.orders.map((each) =>
          each.brokerNumber === '14' ? { ...each, external } : each,
        ),
      },
      broker: {
        ...tied.broker,
        soldAmount: won(tied.broker.soldAmount.plus(594_000)),
        costs: won(7 + costs),
        settledCashD2: won(10_000_500 + 1_185_500 - 586_500 - costs),
        orders: tied.broker.orders.map((each) => (each.number === '14' ? mixed : each)),
      },
      baseline: { ...tied.baseline, foreignHoldings: { '035720': 9, '000660': 2 } },
    });
    const result = tieOut(input(true));
    expect(result.findings).toEqual(['foreign order 14 (000660): SELL 2 for 594000']);
    expect(result.ok).toBe(true);
    // An order of our own of which the list knows more is a difference, not somebody else's.
    expect(tieOut(input(false)).ok).toBe(false);
  });
});

function order(brokerNumber: string, symbol: string, amount: number, shares = 1) {
  return { brokerNumber, symbol, filledQuantity: shares, filledAmount: won(amount) };
}

function row(number: string, symbol: string, side: 'BUY' | 'SELL', amount: number, shares = 1) {
  return { number, symbol, side, filledQuantity: shares, filledAmount: won(amount) };
}

function withLedger(change: Partial<TieOutInput['ledger']>): TieOutInput {
  return { ...tied, ledger: { ...tied.ledger, ...change } };
}

function withBroker(change: Partial<TieOutInput['broker']>): TieOutInput {
  return { ...tied, broker: { ...tied.broker, ...change } };
}
