import { describe, expect, it } from '@jest/globals';

import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import {
  afterOpen,
  flat,
  makeTestDay,
  type TestBar,
  TEST_DATE,
  type TestSymbol,
} from './test-day.ts';

const SYMBOL = '123450';
const LIQUID: readonly TestBar[] = Array.from({ length: 380 }, (_, minute) =>
  flat(minute, 10_000, 10_000),
);

function open(
  bars: readonly TestBar[],
  more: Partial<TestSymbol> = {},
  options = {},
): ManualExchange {
  return makeManualExchange(makeTestDay({ [SYMBOL]: { bars, ...more } }), options);
}

function orderOf(market: ManualExchange, number: string) {
  return market.exchange
    .orders(ACCOUNT, TEST_DATE, TEST_DATE)
    .find((order) => order.number === number)!;
}

async function accepted(result: ReturnType<ManualExchange['buy']>) {
  const answer = await result;
  if (!answer.accepted) throw new Error(answer.reason);
  return answer.order;
}

/** Shares that stand in the market without us at this moment. */
function displayed(market: ManualExchange, side: 'bids' | 'asks', price: number): number {
  return market.exchange.book(SYMBOL)![side].find((level) => level.price === price)?.size ?? 0;
}

describe('continuous matching', () => {
  it('fills a market buy from the ask levels upwards, at their prices and sizes', async () => {
    const market = open(LIQUID, {}, { participation: 0.8 });
    market.moveTo(afterOpen(30, 30));
    const { asks } = market.exchange.book(SYMBOL)!;
    const wanted = asks[0]!.size + asks[1]!.size;
    const order = await accepted(market.buy(SYMBOL, wanted));
    expect(order).toMatchObject({
      filledQuantity: wanted,
      filledAmount: asks[0]!.price * asks[0]!.size + asks[1]!.price * asks[1]!.size,
      restQuantity: 0,
    });
  });

  it('shows what we took until the next trade', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(30, 30));
    const [best] = market.exchange.book(SYMBOL)!.asks;
    await accepted(market.buy(SYMBOL, best!.size - 1));
    expect(displayed(market, 'asks', best!.price)).toBe(1);
    await accepted(market.buy(SYMBOL, 1));
    expect(
      market.exchange.quote(SYMBOL)!.ask === best!.price && displayed(market, 'asks', best!.price),
    ).toBe(0);
  });

  it('never fills more than our share of a bar, and goes on in the next one', async () => {
    const market = open(LIQUID, {}, { participation: 0.2 });
    market.moveTo(afterOpen(30, 1));
    const order = await accepted(market.buy(SYMBOL, 7000));
    market.moveTo(afterOpen(31) - 1);
    expect(orderOf(market, order.number).filledQuantity).toBe(2000);
    market.moveTo(afterOpen(32) - 1);
    await market.settled();
    expect(orderOf(market, order.number).filledQuantity).toBe(4000);
    market.moveTo(afterOpen(35));
    await market.settled();
    expect(orderOf(market, order.number)).toMatchObject({ filledQuantity: 7000, restQuantity: 0 });
  });

  it('shares one bar between all our orders', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(30, 1));
    const orders = await Promise.all([1, 2, 3].map(() => accepted(market.buy(SYMBOL, 1500))));
    market.moveTo(afterOpen(31) - 1);
    await market.settled();
    const filled = orders.map(({ number }) => orderOf(market, number).filledQuantity);
    expect(filled.reduce((a, b) => a + b)).toBe(2000);
  });

  it('fills nothing in a minute without trades', async () => {
    const market = open([flat(0, 10_000, 10_000), flat(1, 10_000, 0), flat(5, 10_000, 10_000)]);
    market.moveTo(afterOpen(1, 10));
    const order = await accepted(market.buy(SYMBOL, 100));
    market.moveTo(afterOpen(5) - 1);
    await market.settled();
    expect(orderOf(market, order.number).filledQuantity).toBe(0);
    market.moveTo(afterOpen(6));
    await market.settled();
    expect(orderOf(market, order.number).filledQuantity).toBe(100);
  });

  it('makes a resting bid wait for the queue before it', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(30, 30));
    const { bid } = market.exchange.quote(SYMBOL)!;
    const ahead = displayed(market, 'bids', bid!);
    expect(ahead).toBeGreaterThan(100);
    const traded: number[] = [];
    market.listener({
      onTrade: (trade) => void (trade.price === bid! && traded.push(trade.volume)),
      onBook: () => undefined,
      onNotice: () => undefined,
    });
    const order = await accepted(market.buy(SYMBOL, 50, { price: bid! }));
    expect(order.filledQuantity).toBe(0);
    let beforeFill = 0;
    for (let second = 31; orderOf(market, order.number).filledQuantity === 0; second += 1) {
      beforeFill = traded.reduce((a, b) => a + b, 0);
      market.moveTo(afterOpen(30, second));
      await market.settled();
    }
    expect(beforeFill).toBeLessThanOrEqual(ahead);
    expect(traded.reduce((a, b) => a + b, 0)).toBeGreaterThan(ahead);
    expect(orderOf(market, order.number).filledAmount % bid!).toBe(0);
  });

  it('fills a resting bid at its own price when the market trades through it', async () => {
    const fall: readonly TestBar[] = [
      flat(0, 10_000, 1000),
      flat(1, 10_000, 1000),
      flat(2, 9900, 1000),
    ];
    const market = open(fall, { reference: 10_000 });
    market.moveTo(afterOpen(1, 59));
    const order = await accepted(market.buy(SYMBOL, 60, { price: 9950 }));
    expect(order.filledQuantity).toBe(0);
    market.moveTo(afterOpen(3));
    await market.settled();
    expect(orderOf(market, order.number)).toMatchObject({
      filledQuantity: 60,
      filledAmount: 60 * 9950,
    });
  });

  it('does not fill a bid under the market', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(10));
    const order = await accepted(market.buy(SYMBOL, 10, { price: 9900 }));
    market.moveTo(afterOpen(370));
    await market.settled();
    expect(orderOf(market, order.number)).toMatchObject({ filledQuantity: 0, restQuantity: 10 });
  });

  it('keeps price before time among our orders', async () => {
    const fall: readonly TestBar[] = [
      flat(0, 10_000, 1000),
      flat(1, 10_000, 1000),
      flat(2, 9800, 500),
    ];
    const market = open(fall);
    market.moveTo(afterOpen(1, 59));
    const worse = await accepted(market.buy(SYMBOL, 80, { price: 9900 }));
    const better = await accepted(market.buy(SYMBOL, 80, { price: 9950 }));
    market.moveTo(afterOpen(3));
    await market.settled();
    expect(orderOf(market, better.number).filledQuantity).toBe(80);
    expect(orderOf(market, worse.number).filledQuantity).toBe(20);
  });
});

describe('immediate orders', () => {
  it('fill what is there and cancel the rest (IOC)', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(30, 30));
    const order = await accepted(market.buy(SYMBOL, 9000, { type: 'MARKET_IOC' }));
    expect(order.filledQuantity).toBeGreaterThan(0);
    expect(order.filledQuantity).toBeLessThanOrEqual(2000);
    expect(order).toMatchObject({ restQuantity: 0, canceledQuantity: 9000 - order.filledQuantity });
    await market.settled();
    expect(market.notices.map(({ kind }) => kind)).toContain('EXPIRED_IOC');
  });

  it('fill all or nothing (FOK)', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(30, 30));
    const tooLarge = await accepted(market.buy(SYMBOL, 9000, { type: 'MARKET_FOK' }));
    expect(tooLarge).toMatchObject({ filledQuantity: 0, canceledQuantity: 9000 });
    const small = await accepted(market.buy(SYMBOL, 10, { type: 'MARKET_FOK' }));
    expect(small).toMatchObject({ filledQuantity: 10, canceledQuantity: 0 });
  });

  it('take the best opposite price as their limit (BEST_LIMIT) or the best own one (TOP_LIMIT)', async () => {
    const market = open(LIQUID);
    market.moveTo(afterOpen(30, 30));
    const { bid, ask } = market.exchange.quote(SYMBOL)!;
    const best = await accepted(market.buy(SYMBOL, 1, { type: 'BEST_LIMIT' }));
    expect(best).toMatchObject({ filledQuantity: 1, filledAmount: ask });
    const top = await accepted(market.buy(SYMBOL, 1, { type: 'TOP_LIMIT' }));
    expect(top.filledQuantity).toBe(0);
    market.moveTo(afterOpen(300));
    await market.settled();
    expect(orderOf(market, top.number)).toMatchObject({ filledQuantity: 1, filledAmount: bid });
  });
});

const locked = (price: number): readonly TestBar[] => [
  flat(0, 10_000, 1000),
  ...Array.from({ length: 300 }, (_, index) => flat(index + 1, price, 1000)),
];

describe('at the price limits', () => {
  it('shows no ask at the upper limit, and a buy waits behind the queue', async () => {
    const market = open(locked(13_000), { reference: 10_000 });
    market.moveTo(afterOpen(10));
    const quote = market.exchange.quote(SYMBOL)!;
    expect(quote).toMatchObject({ last: 13_000, bid: 13_000, ask: undefined, askSize: 0 });
    expect(market.exchange.book(SYMBOL)!.asks).toEqual([]);
    const queue = quote.bidSize;
    expect(queue).toBeGreaterThan(1000);
    const order = await accepted(market.buy(SYMBOL, 10, { price: 13_000 }));
    const byMarket = await accepted(market.buy(SYMBOL, 10));
    expect([order.filledQuantity, byMarket.filledQuantity]).toEqual([0, 0]);
    market.moveTo(afterOpen(11));
    await market.settled();
    expect(orderOf(market, order.number).filledQuantity).toBe(0);
    market.moveTo(afterOpen(200));
    await market.settled();
    expect(orderOf(market, order.number)).toMatchObject({
      filledQuantity: 10,
      filledAmount: 130_000,
    });
    expect(orderOf(market, byMarket.number).filledQuantity).toBe(10);
  });

  it('lets a sell at the upper limit go at once', async () => {
    const market = open(locked(13_000), { reference: 10_000 });
    market.moveTo(afterOpen(0, 59));
    await accepted(market.buy(SYMBOL, 10));
    market.moveTo(afterOpen(10, 30));
    const order = await accepted(market.sell(SYMBOL, 10));
    expect(order).toMatchObject({ filledQuantity: 10, filledAmount: 130_000 });
  });

  it('shows no bid at the lower limit, and a market sell waits for buyers', async () => {
    const market = open(locked(7000), { reference: 10_000 });
    market.moveTo(afterOpen(0, 59));
    await accepted(market.buy(SYMBOL, 10));
    market.moveTo(afterOpen(10));
    expect(market.exchange.quote(SYMBOL)).toMatchObject({ bid: undefined, ask: 7000 });
    const order = await accepted(market.sell(SYMBOL, 10));
    expect(order.filledQuantity).toBe(0);
    market.moveTo(afterOpen(11));
    await market.settled();
    expect(orderOf(market, order.number).filledQuantity).toBe(0);
    market.moveTo(afterOpen(250));
    await market.settled();
    expect(orderOf(market, order.number)).toMatchObject({
      filledQuantity: 10,
      filledAmount: 70_000,
    });
  });
});

describe('halts', () => {
  it('take no orders but cancels, and show no quotes', async () => {
    const halts = [{ from: afterOpen(10), to: afterOpen(40) }];
    const market = open([...LIQUID.slice(0, 10), ...LIQUID.slice(40)], { halts });
    market.moveTo(afterOpen(9));
    const order = await accepted(market.buy(SYMBOL, 5, { price: 9900 }));
    market.moveTo(afterOpen(11));
    expect(market.exchange.quote(SYMBOL)).toMatchObject({
      halted: true,
      bid: undefined,
      ask: undefined,
    });
    expect(await market.buy(SYMBOL, 1)).toEqual({ accepted: false, reason: 'HALTED' });
    const canceled = await market.exchange.cancel({
      account: ACCOUNT,
      originalNumber: order.number,
      quantity: undefined,
    });
    expect(canceled.accepted).toBe(true);
    market.moveTo(afterOpen(41));
    expect((await market.buy(SYMBOL, 1)).accepted).toBe(true);
  });
});
