import { describe, expect, it } from '@jest/globals';

import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import {
  afterOpen,
  CLOSING,
  flat,
  makeTestDay,
  type TestBar,
  TEST_DATE,
  TEST_SESSION,
} from './test-day.ts';

const SYMBOL = '123450';
const DAY: readonly TestBar[] = [
  ...Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 10_000)),
  flat(CLOSING, 10_050, 20_000),
];

function open(bars = DAY, options = {}): ManualExchange {
  return makeManualExchange(makeTestDay({ [SYMBOL]: { bars, reference: 9900 } }), options);
}

async function accepted(result: ReturnType<ManualExchange['buy']>) {
  const answer = await result;
  if (!answer.accepted) throw new Error(answer.reason);
  return answer.order.number;
}

function orderOf(market: ManualExchange, number: string) {
  return market.exchange
    .orders(ACCOUNT, TEST_DATE, TEST_DATE)
    .find((order) => order.number === number)!;
}

const bookBefore = (openPrice: number) =>
  makeManualExchange(
    makeTestDay({ [SYMBOL]: { bars: [flat(0, openPrice, 1000)], reference: 10_000 } }),
  ).exchange.book(SYMBOL)!;

describe('the opening auction', () => {
  it('ends at a random moment inside half a minute and prints one price first', async () => {
    const ends = new Set<number>();
    for (let seed = 0; seed < 5; seed += 1) {
      const market = open(DAY, { seed });
      market.exchange.watch(SYMBOL);
      market.moveTo(afterOpen(1));
      await market.settled();
      const [first] = market.trades;
      expect(first).toMatchObject({ initiator: 'AUCTION', price: 10_000 });
      expect(first!.at).toBeGreaterThanOrEqual(TEST_SESSION.regular.from);
      expect(first!.at).toBeLessThan(TEST_SESSION.regular.from + TEST_SESSION.randomEndMsMax);
      ends.add(first!.at);
    }
    expect(ends.size).toBeGreaterThan(1);
  });

  it('fills market orders and limits that cross, at the auction price, and leaves the others', async () => {
    const market = open();
    const [crossing, atMarket, tooLow] = await Promise.all([
      accepted(market.buy(SYMBOL, 10, { price: 10_100 })),
      accepted(market.buy(SYMBOL, 10)),
      accepted(market.buy(SYMBOL, 10, { price: 9900 })),
    ]);
    expect(orderOf(market, atMarket).filledQuantity).toBe(0);
    market.moveTo(afterOpen(0, 30));
    await market.settled();
    expect(orderOf(market, crossing)).toMatchObject({ filledQuantity: 10, filledAmount: 100_000 });
    expect(orderOf(market, atMarket)).toMatchObject({ filledQuantity: 10, filledAmount: 100_000 });
    expect(orderOf(market, tooLow).filledQuantity).toBe(0);
  });

  it('gives us no more than our share of its volume', async () => {
    const market = open(DAY, { participation: 0.1 });
    market.exchange.watch(SYMBOL);
    const number = await accepted(market.buy(SYMBOL, 50_000, { price: 10_100 }));
    market.moveTo(afterOpen(0, 30));
    await market.settled();
    const auction = market.trades.find(({ initiator }) => initiator === 'AUCTION')!;
    const fill = market.notices.find(
      ({ kind, order }) => kind === 'FILL' && order.number === number,
    )!;
    expect(fill).toMatchObject({ price: 10_000, at: auction.at });
    expect(fill.quantity).toBe(Math.floor(auction.volume * 0.1));
    market.moveTo(afterOpen(1) - 1);
    await market.settled();
    expect(orderOf(market, number).filledQuantity).toBeLessThanOrEqual(1000);
  });

  it('takes no immediate orders before its result', async () => {
    const market = open();
    market.moveTo(TEST_SESSION.regular.from);
    expect(await market.buy(SYMBOL, 1, { type: 'MARKET_IOC' })).toEqual({
      accepted: false,
      reason: 'ORDER_TYPE_NOT_ALLOWED',
    });
  });

  it('expects a price around the reference, whatever the result will be', () => {
    expect(bookBefore(12_500)).toEqual(bookBefore(8000));
    expect(bookBefore(8000).expected).toMatchObject({
      price: expect.any(Number),
      volume: expect.any(Number),
    });
  });
});

describe('the closing auction', () => {
  it('matches nothing from 15:20 until its result, then at the closing price', async () => {
    const market = open();
    market.moveTo(afterOpen(381));
    const number = await accepted(market.buy(SYMBOL, 10));
    const limit = await accepted(market.buy(SYMBOL, 10, { price: 10_050 }));
    market.moveTo(TEST_SESSION.closingAuction.to - 1);
    await market.settled();
    expect(orderOf(market, number).filledQuantity).toBe(0);
    market.moveTo(TEST_SESSION.closingAuction.to + TEST_SESSION.randomEndMsMax);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({ filledQuantity: 10, filledAmount: 100_500 });
    expect(orderOf(market, limit)).toMatchObject({ filledQuantity: 10, filledAmount: 100_500 });
    const result = market.notices.find(({ kind }) => kind === 'FILL')!;
    expect(result.at).toBeGreaterThanOrEqual(TEST_SESSION.closingAuction.to);
    expect(market.exchange.quote(SYMBOL)!.last).toBe(10_050);
    expect(market.exchange.minuteBars(SYMBOL, { count: 1 })).toEqual([
      expect.objectContaining({
        start: TEST_SESSION.closingAuction.to,
        close: 10_050,
        volume: 20_000,
      }),
    ]);
  });

  it('turns a conditional limit order into a market order', async () => {
    const market = open();
    market.moveTo(afterOpen(300));
    const number = await accepted(
      market.buy(SYMBOL, 10, { type: 'CONDITIONAL_LIMIT', price: 9000 }),
    );
    market.moveTo(TEST_SESSION.closingAuction.to + 30_000);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({ filledQuantity: 10, filledAmount: 100_500 });
  });

  it('ends the day of what did not trade: the rest is rejected, nothing is told', async () => {
    const market = open();
    market.moveTo(afterOpen(300));
    const number = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    const before = market.exchange.account(ACCOUNT).buyingPower;
    await market.settled();
    const told = market.notices.length;
    market.moveTo(TEST_SESSION.closingAuction.to + 30_000);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({
      rejectedQuantity: 10,
      restQuantity: 0,
      filledQuantity: 0,
    });
    expect(market.notices).toHaveLength(told);
    expect(market.exchange.account(ACCOUNT).buyingPower - before).toBe(90_000 + 10);
    expect(await market.buy(SYMBOL, 1)).toEqual({ accepted: false, reason: 'MARKET_CLOSED' });
  });

  it('ends the day of orders in a symbol that has no closing price', async () => {
    const market = open([flat(0, 10_000, 1000)]);
    market.moveTo(afterOpen(300));
    const number = await accepted(market.buy(SYMBOL, 1));
    market.moveTo(TEST_SESSION.closingAuction.to + 30_000);
    await market.settled();
    expect(orderOf(market, number).rejectedQuantity).toBe(1);
  });
});
