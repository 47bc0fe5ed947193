import { describe, expect, it } from '@jest/globals';
import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import * as fc from 'fast-check';
import {
  applyFillToPosition,
  applyFillToTrade,
  bookBrokerRow,
  estimateCommission,
  estimateSellTax,
  expectedDayCosts,
  type Fill,
  flatPosition,
  NO_SHARES,
  type Order,
  pnlOf,
  type Position,
  quantity,
  shareCosts,
  type Side,
  summaryOf,
  sumWon,
  tieOut,
  type TieOutInput,
  type Trade,
  transitionOrder,
  type Won,
  won,
  ZERO_WON,
} from './index.ts';
import { sampleOrder } from './testing/samples.ts';

const KOSPI = { market: 'KOSPI', kind: 'COMMON' } as const;
const tradeDate = parseTradeDate('2026-03-12');
const settlementDate = KRX_CALENDAR.settlementDate(tradeDate);

interface RoundTrip {
  readonly symbol: string;
  /** Steps of the buy, then sold in two steps. */
  readonly buys: readonly { readonly shares: number; readonly unitPrice: number }[];
  readonly sellPrices: readonly [number, number];
}

const roundTrips: fc.Arbitrary<RoundTrip[]> = fc.array(
  fc.record({
    symbol: fc.constantFrom('005930', '000660', '035720'),
    buys: fc.array(
      fc.record({
        shares: fc.integer({ min: 1, max: 40 }),
        unitPrice: fc.integer({ min: 1_000, max: 300_000 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    sellPrices: fc.tuple(
      fc.integer({ min: 1_000, max: 300_000 }),
      fc.integer({ min: 1_000, max: 300_000 }),
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

/** A whole day through the package's door: orders, list rows, fills, positions, trades. */
class Books {
  readonly orders: Order[] = [];
  readonly fills: Fill[] = [];
  readonly trades: Trade[] = [];
  readonly positions = new Map<string, Position>();

  trade({ symbol, buys, sellPrices }: RoundTrip, tradeId: string): void {
    const total = buys.reduce((sum, { shares }) => sum + shares, 0);
    const half = Math.floor(total / 2);
    const sells = [
      { shares: half, unitPrice: sellPrices[0] },
      { shares: total - half, unitPrice: sellPrices[1] },
    ].filter(({ shares }) => shares > 0);
    const opened = this.#fill({ symbol, side: 'BUY', tradeId, steps: buys });
    this.trades.push(this.#fill({ symbol, side: 'SELL', tradeId, steps: sells }, opened));
  }

  #fill(
    ticket: { symbol: string; side: Side; tradeId: string; steps: RoundTrip['buys'] },
    trade?: Trade,
  ): Trade {
    const { symbol, side, tradeId, steps } = ticket;
    const total = quantity(steps.reduce((sum, { shares }) => sum + shares, 0));
    const orderId = `${tradeId}-${side}`;
    const fresh = sampleOrder({ orderId, symbol, side, quantity: total });
    let order = transitionOrder(transitionOrder(fresh, { type: 'SENT' }), { type: 'ACCEPTED' });
    let current = trade;
    for (const { shares, unitPrice } of steps) {
      const filledQuantity = quantity(order.filledQuantity + shares);
      const outcome = bookBrokerRow(order, {
        filledQuantity,
        filledAmount: won(order.filledAmount.plus(shares * unitPrice)),
        canceledQuantity: NO_SHARES,
        rejectedQuantity: NO_SHARES,
        leavesQuantity: quantity(total - filledQuantity),
      });
      if (outcome.kind !== 'changed' || outcome.step === undefined) throw new Error('no step');
      order = outcome.order;
      const fill = { fillId: '', orderId, symbol, side, marketAt: 0, ...outcome.step };
      current = this.#book(fill, tradeId, current);
    }
    this.orders.push(order);
    if (current === undefined) throw new Error('no fills');
    return current;
  }

  #book(fill: Fill, tradeId: string, trade: Trade | undefined): Trade {
    this.fills.push(fill);
    const { symbol, side, amount } = fill;
    const context = {
      tradeId,
      tradeDate,
      workerId: 'worker-1',
      strategyName: 'momentum-breakout',
      strategyVersion: '1.0.0',
      paramsVersion: 1,
      commission: estimateCommission(amount),
      transactionTax: side === 'SELL' ? estimateSellTax(amount, KOSPI, settlementDate) : ZERO_WON,
    };
    const before = this.positions.get(symbol) ?? flatPosition(symbol);
    this.positions.set(symbol, applyFillToPosition(before, fill, context));
    return applyFillToTrade(trade, fill, context);
  }

  amount(side: Side): Won {
    return sumWon(this.fills.filter((fill) => fill.side === side).map((fill) => fill.amount));
  }
}

function booksOf(trips: readonly RoundTrip[]): Books {
  const books = new Books();
  trips.forEach((trip, index) => books.trade(trip, `trade-${index}`));
  return books;
}

/** The broker's side, from the orders alone. */
function tieOutOf(books: Books, ledgerFills: readonly Fill[]): TieOutInput {
  const sums = (side: Side) =>
    sumWon(ledgerFills.filter((fill) => fill.side === side).map((fill) => fill.amount));
  const [bought, sold] = [books.amount('BUY'), books.amount('SELL')];
  const soldByMarket = [{ ...KOSPI, amount: sold }];
  const costs = expectedDayCosts(
    { boughtAmount: bought, soldAmount: sold, soldByMarket },
    settlementDate,
  ).total;
  return {
    settlementDate,
    ledger: {
      boughtAmount: sums('BUY'),
      soldAmount: sums('SELL'),
      soldByMarket: [{ ...KOSPI, amount: sums('SELL') }],
      positions: {},
      orders: books.orders.map(({ orderId, symbol, filledQuantity, filledAmount }) => ({
        brokerNumber: orderId,
        symbol,
        filledQuantity,
        filledAmount,
      })),
    },
    broker: {
      holdings: [],
      settledCashD2: won(sold.minus(bought).minus(costs)),
      boughtAmount: bought,
      soldAmount: sold,
      costs,
      orders: books.orders.map(({ orderId, symbol, side, filledQuantity, filledAmount }) => ({
        number: orderId,
        symbol,
        side,
        filledQuantity,
        filledAmount,
      })),
    },
    baseline: {
      settledCashD2: ZERO_WON,
      boughtAmount: ZERO_WON,
      soldAmount: ZERO_WON,
      costs: ZERO_WON,
      foreignHoldings: {},
    },
  };
}

describe('a day in miniature', () => {
  it('WT-004: any day of round trips ends flat and ties out', () => {
    fc.assert(
      fc.property(roundTrips, (trips) => {
        const books = booksOf(trips);
        expect([...books.positions.values()].every((each) => each.quantity === 0)).toBe(true);
        expect(books.orders.every((order) => order.status === 'FILLED')).toBe(true);
        expect(tieOut(tieOutOf(books, books.fills))).toMatchObject({ ok: true, findings: [] });
      }),
      { numRuns: 50 },
    );
  });

  it('WT-004: a dropped or doubled fill, whichever it is, makes the day red', () => {
    fc.assert(
      fc.property(roundTrips, fc.nat(), fc.boolean(), (trips, pick, doubled) => {
        const books = booksOf(trips);
        const index = pick % books.fills.length;
        const fills = doubled
          ? [...books.fills, books.fills[index]!]
          : books.fills.filter((_, each) => each !== index);
        const result = tieOut(tieOutOf(books, fills));
        expect(result.ok).toBe(false);
        expect(result.cashDifference.isZero()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('SC-011: after the real costs are shared out, the trades sum to the change of cash', () => {
    fc.assert(
      fc.property(roundTrips, fc.integer({ min: -30, max: 30 }), (trips, unexplained) => {
        const books = booksOf(trips);
        const { broker } = tieOutOf(books, books.fills);
        const expected = expectedDayCosts(
          { ...broker, soldByMarket: [{ ...KOSPI, amount: broker.soldAmount }] },
          settlementDate,
        );
        const real = { ...expected, adjustment: won(unexplained) };
        const shares = new Map(shareCosts(real, books.trades).map((each) => [each.tradeId, each]));
        const settled = books.trades.map((trade) => {
          const costed = { ...trade, ...shares.get(trade.tradeId) };
          return { ...costed, pnl: pnlOf(costed) };
        });
        const { pnl, tradesCount } = summaryOf(settled);
        expect(pnl.toFixed()).toBe(broker.settledCashD2.minus(unexplained).toFixed());
        expect(tradesCount).toBe(trips.length);
      }),
      { numRuns: 50 },
    );
  });
});
