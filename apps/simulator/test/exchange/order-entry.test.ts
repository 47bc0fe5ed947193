import { describe, expect, it } from '@jest/globals';

import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import { afterOpen, flat, makeTestDay, TEST_DATE, TEST_SESSION, type TestBar } from './test-day.ts';

const SYMBOL = '123450';
const BARS: readonly TestBar[] = Array.from({ length: 380 }, (_, minute) =>
  flat(minute, 10_000, 10_000),
);

function open(options = {}): ManualExchange {
  return makeManualExchange(makeTestDay({ [SYMBOL]: { bars: BARS } }), options);
}

async function accepted(result: ReturnType<ManualExchange['buy']>) {
  const answer = await result;
  if (!answer.accepted) throw new Error(answer.reason);
  return answer.order;
}

const refusal = (reason: string) => ({ accepted: false, reason });

function rows(market: ManualExchange) {
  return new Map(
    market.exchange.orders(ACCOUNT, TEST_DATE, TEST_DATE).map((order) => [order.number, order]),
  );
}

describe('an order request', () => {
  it.each([
    ['a symbol that is not listed', { symbol: '999990' }, 'UNKNOWN_SYMBOL'],
    ['no quantity', { quantity: 0 }, 'BAD_QUANTITY'],
    ['half a share', { quantity: 0.5 }, 'BAD_QUANTITY'],
    ['a price off the tick', { type: 'LIMIT', price: 10_001 }, 'OFF_TICK'],
    ['no price for a limit order', { type: 'LIMIT', price: undefined }, 'OFF_TICK'],
    ['a price above the upper limit', { type: 'LIMIT', price: 13_010 }, 'BEYOND_LIMIT'],
    ['a price under the lower limit', { type: 'LIMIT', price: 6990 }, 'BEYOND_LIMIT'],
    [
      'an after-hours type in the session',
      { type: 'POST_CLOSE_CLOSING_PRICE' },
      'ORDER_TYPE_NOT_ALLOWED',
    ],
    ['more than the cash', { quantity: 1_000_000 }, 'NO_CASH'],
    ['an amount beyond all numbers', { quantity: 9_007_199_254_740_991 }, 'NO_CASH'],
    ['shares that are not held', { side: 'SELL' }, 'NO_SHARES'],
    ['an account of somebody else', { account: '1111111111' }, 'UNKNOWN_ORDER'],
  ] as const)('with %s is refused', async (_, change, reason) => {
    const market = open();
    market.moveTo(afterOpen(30));
    expect(await market.buy(SYMBOL, 1, change)).toEqual(refusal(reason));
    expect(rows(market).size).toBe(0);
  });

  it('is refused before the auction opens and after the close', async () => {
    const market = open();
    expect((await market.buy(SYMBOL, 1)).accepted).toBe(true);
    market.moveTo(TEST_SESSION.closingAuction.to + 30_000);
    expect(await market.buy(SYMBOL, 1)).toEqual(refusal('MARKET_CLOSED'));
  });

  it('takes closing-price orders after the close, which find no trades', async () => {
    const market = open();
    market.moveTo(TEST_SESSION.closingAuction.to + 60_000);
    const order = await accepted(market.buy(SYMBOL, 1, { type: 'POST_CLOSE_CLOSING_PRICE' }));
    market.moveTo(TEST_SESSION.postCloseClosingPrice.to);
    await market.settled();
    expect(rows(market).get(order.number)).toMatchObject({ rejectedQuantity: 1, restQuantity: 0 });
  });

  it('locks a market buy at the upper limit and a limit buy at its price', async () => {
    const market = open({ cash: 1_000_000 });
    market.moveTo(TEST_SESSION.openingAuction.from);
    await accepted(market.buy(SYMBOL, 10));
    expect(market.exchange.account(ACCOUNT).buyingPower).toBe(1_000_000 - 130_000 - 10);
    await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    // 220,000 × 0.0140527 % = 30.9 → 30
    expect(market.exchange.account(ACCOUNT).buyingPower).toBe(1_000_000 - 220_000 - 30);
  });

  it('gets a ten-digit number, one higher each time, and the branch', async () => {
    const market = open();
    market.moveTo(afterOpen(1));
    const numbers = [];
    for (let count = 0; count < 3; count += 1) {
      numbers.push((await accepted(market.buy(SYMBOL, 1, { price: 9000 }))).number);
    }
    expect(numbers).toEqual(['0000000001', '0000000002', '0000000003']);
    expect(rows(market).get('0000000001')).toMatchObject({
      branch: '06010',
      acceptedAt: afterOpen(1),
    });
  });

  it('is stored before its answer and before its notices', async () => {
    const market = open();
    market.moveTo(afterOpen(1));
    const answer = market.buy(SYMBOL, 1);
    expect(rows(market).size).toBe(0);
    expect(market.exchange.account(ACCOUNT).boughtToday).toBe(0);
    const order = await accepted(answer);
    const stored = market.batches.flatMap((batch) =>
      batch.orders.map(({ record }) => record.number),
    );
    expect(stored).toContain(order.number);
    expect(market.batches.flatMap(({ fills }) => fills)).toHaveLength(1);
    expect(market.exchange.account(ACCOUNT).boughtToday).toBeGreaterThan(0);
    await market.settled();
    expect(market.notices.map(({ kind }) => kind)).toEqual(['ACCEPTED', 'FILL']);
  });

  it('leaves a line in the arrival log, accepted or refused', async () => {
    const market = open();
    market.moveTo(afterOpen(1));
    await market.buy(SYMBOL, 0);
    await accepted(market.buy(SYMBOL, 1));
    expect(market.batches.flatMap(({ arrivals }) => arrivals)).toEqual([
      expect.objectContaining({
        sequence: 1,
        refusal: 'BAD_QUANTITY',
        number: undefined,
        marketMs: afterOpen(1),
      }),
      expect.objectContaining({
        sequence: 2,
        refusal: undefined,
        number: '0000000001',
        symbol: SYMBOL,
      }),
    ]);
  });
});

const cancel = (market: ManualExchange, originalNumber: string, quantity?: number) =>
  market.exchange.cancel({ account: ACCOUNT, originalNumber, quantity });

const amend = (market: ManualExchange, originalNumber: string, price: number, quantity?: number) =>
  market.exchange.amend({ account: ACCOUNT, originalNumber, type: 'LIMIT', price, quantity });

describe('cancel and amend', () => {
  it('a cancel takes the rest, with a row and a number of its own', async () => {
    const market = open();
    market.moveTo(afterOpen(1));
    const order = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    const part = await accepted(cancel(market, order.number, 4));
    expect(rows(market).get(order.number)).toMatchObject({ canceledQuantity: 4, restQuantity: 6 });
    await accepted(cancel(market, String(Number(order.number))));
    expect(rows(market).get(order.number)).toMatchObject({ canceledQuantity: 10, restQuantity: 0 });
    expect(rows(market).get(part.number)).toMatchObject({
      request: 'CANCEL',
      originalNumber: order.number,
      quantity: 4,
      restQuantity: 0,
    });
    expect(await cancel(market, order.number)).toEqual(refusal('NOTHING_TO_CHANGE'));
    expect(market.exchange.account(ACCOUNT).buyingPower).toBe(1_000_000_000);
  });

  it('an amend moves the rest to a new order, which the next change must name', async () => {
    const market = open();
    market.moveTo(afterOpen(1));
    const order = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    const amended = await accepted(amend(market, order.number, 9100));
    expect(amended).toMatchObject({
      request: 'AMEND',
      originalNumber: order.number,
      price: 9100,
      quantity: 10,
    });
    expect(rows(market).get(order.number)).toMatchObject({ canceledQuantity: 10, restQuantity: 0 });
    expect(await cancel(market, order.number)).toEqual(refusal('NOTHING_TO_CHANGE'));
    expect((await cancel(market, amended.number)).accepted).toBe(true);
  });

  it('an amend to a crossing price trades at once', async () => {
    const market = open();
    market.moveTo(afterOpen(1, 30));
    const order = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    const amended = await accepted(amend(market, order.number, 10_500, 4));
    expect(amended).toMatchObject({ filledQuantity: 4, restQuantity: 0 });
    expect(rows(market).get(order.number)).toMatchObject({ canceledQuantity: 4, restQuantity: 6 });
  });

  it('loses its place in the queue by an amend', async () => {
    const fall: readonly TestBar[] = [
      flat(0, 10_000, 5000),
      flat(1, 10_000, 5000),
      flat(2, 9900, 500),
    ];
    const market = makeManualExchange(makeTestDay({ [SYMBOL]: { bars: fall } }));
    market.moveTo(afterOpen(1, 59));
    const first = await accepted(market.buy(SYMBOL, 100, { price: 9950 }));
    const second = await accepted(market.buy(SYMBOL, 100, { price: 9950 }));
    const moved = await accepted(amend(market, first.number, 9950));
    market.moveTo(afterOpen(3));
    await market.settled();
    expect(rows(market).get(second.number)!.filledQuantity).toBe(100);
    expect(rows(market).get(moved.number)!.filledQuantity).toBe(0);
  });

  it('cannot change more than the rest, what is done, or what it does not know', async () => {
    const market = open();
    market.moveTo(afterOpen(1, 30));
    const order = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    const done = await accepted(market.buy(SYMBOL, 1));
    expect(await cancel(market, order.number, 11)).toEqual(refusal('QUANTITY_ABOVE_REST'));
    expect(await amend(market, order.number, 9100, 11)).toEqual(refusal('QUANTITY_ABOVE_REST'));
    expect(await amend(market, order.number, 9101)).toEqual(refusal('OFF_TICK'));
    expect(await cancel(market, done.number)).toEqual(refusal('NOTHING_TO_CHANGE'));
    expect(await cancel(market, '0000009999')).toEqual(refusal('UNKNOWN_ORDER'));
    expect(await cancel(market, order.number, 0)).toEqual(refusal('BAD_QUANTITY'));
  });

  it('an amend upwards needs the cash for it', async () => {
    const market = open({ cash: 100_000 });
    market.moveTo(afterOpen(1, 30));
    const order = await accepted(market.buy(SYMBOL, 10, { price: 9000 }));
    expect(await amend(market, order.number, 9990)).toMatchObject({ accepted: true });
    const [latest] = [...rows(market).values()].slice(-1);
    expect(await amend(market, latest!.number, 10_500)).toEqual(refusal('NO_CASH'));
    expect(rows(market).get(latest!.number)!.restQuantity).toBe(10);
  });
});
