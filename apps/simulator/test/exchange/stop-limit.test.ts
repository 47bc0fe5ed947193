import { describe, expect, it } from '@jest/globals';

import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import { afterOpen, flat, makeTestDay, type TestBar, TEST_DATE } from './test-day.ts';

const SYMBOL = '123450';
/** 10,000 for half an hour, then 10,200. */
const RISE: readonly TestBar[] = Array.from({ length: 380 }, (_, minute) =>
  flat(minute, minute < 30 ? 10_000 : 10_200, 10_000),
);
const FALL: readonly TestBar[] = RISE.map(([minute, price]) =>
  flat(minute, price === 10_000 ? 10_000 : 9800, 10_000),
);

async function open(bars = RISE): Promise<ManualExchange> {
  const market = makeManualExchange(makeTestDay({ [SYMBOL]: { bars } }));
  market.moveTo(afterOpen(5));
  return market;
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

const STOP = { type: 'STOP_LIMIT', price: 10_300, conditionPrice: 10_200 } as const;

describe('a stop order (22)', () => {
  it('buys at its limit once a trade has reached its condition, not before', async () => {
    const market = await open();
    const number = await accepted(market.buy(SYMBOL, 10, STOP));
    market.moveTo(afterOpen(30) - 1);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({ filledQuantity: 0, conditionPrice: 10_200 });
    market.moveTo(afterOpen(31));
    await market.settled();
    const order = orderOf(market, number);
    expect(order.filledQuantity).toBe(10);
    expect(order.filledAmount).toBeLessThanOrEqual(10 * 10_300);
    expect(order.filledAmount).toBeGreaterThanOrEqual(10 * 10_200);
  });

  it('sells when the price falls to its condition', async () => {
    const market = await open(FALL);
    await accepted(market.buy(SYMBOL, 10));
    const stop = { type: 'STOP_LIMIT', price: 9700, conditionPrice: 9900 } as const;
    const number = await accepted(market.sell(SYMBOL, 10, stop));
    market.moveTo(afterOpen(29));
    await market.settled();
    expect(orderOf(market, number).filledQuantity).toBe(0);
    market.moveTo(afterOpen(31));
    await market.settled();
    expect(orderOf(market, number).filledQuantity).toBe(10);
  });

  it('is an ordinary limit order when its condition holds already', async () => {
    const market = await open();
    const now = { type: 'STOP_LIMIT', price: 10_100, conditionPrice: 9900 } as const;
    expect(orderOf(market, await accepted(market.buy(SYMBOL, 10, now))).filledQuantity).toBe(10);
  });

  it('needs a condition price on the tick and inside the limits', async () => {
    const market = await open();
    const refusalOf = async (conditionPrice: number | undefined) =>
      await market.buy(SYMBOL, 1, { ...STOP, conditionPrice });
    expect(await refusalOf(undefined)).toMatchObject({ reason: 'OFF_TICK' });
    expect(await refusalOf(10_205)).toMatchObject({ reason: 'OFF_TICK' });
    expect(await refusalOf(20_000)).toMatchObject({ reason: 'BEYOND_LIMIT' });
  });

  it('keeps its condition when it is amended without one, and gives its cash back when canceled', async () => {
    const market = await open();
    const { buyingPower } = market.exchange.account(ACCOUNT);
    const number = await accepted(market.buy(SYMBOL, 10, STOP));
    const amended = await market.exchange.amend({
      account: ACCOUNT,
      originalNumber: number,
      type: 'STOP_LIMIT',
      price: 10_250,
      quantity: undefined,
    });
    if (!amended.accepted) throw new Error(amended.reason);
    expect(amended.order).toMatchObject({ price: 10_250, conditionPrice: 10_200 });
    await market.exchange.cancel({
      account: ACCOUNT,
      originalNumber: amended.order.number,
      quantity: undefined,
    });
    market.moveTo(afterOpen(40));
    await market.settled();
    expect(market.exchange.account(ACCOUNT).buyingPower).toBe(buyingPower);
    expect(orderOf(market, amended.order.number).filledQuantity).toBe(0);
  });
});
