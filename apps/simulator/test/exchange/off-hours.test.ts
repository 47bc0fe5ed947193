import { kstInstant } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';

import type { OffHoursTrading } from '../../src/day/day-data.ts';
import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import { CLOSING, flat, makeTestDay, type TestBar, TEST_DATE } from './test-day.ts';

const SYMBOL = '123450';
const BARS: readonly TestBar[] = [
  ...Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 10_000)),
  flat(CLOSING, 10_050, 20_000),
];
const THIN: OffHoursTrading = {
  preOpenVolume: 1000,
  postCloseVolume: 2000,
  singlePrices: Array.from({ length: 12 }, (_, index) => ({ movePercent: index, volume: 100 })),
};

/** Shares that were bought before, so that there is something to sell. */
function open(offHours: OffHoursTrading | undefined = THIN): ManualExchange {
  const symbol = { bars: BARS, reference: 9900 };
  return makeManualExchange(
    makeTestDay({ [SYMBOL]: offHours === undefined ? symbol : { ...symbol, offHours } }),
  );
}

const at = (time: string): number => kstInstant(TEST_DATE, time);

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

describe('the session before the open (05)', () => {
  it('trades at the reference price, inside our share, and ends at 08:40', async () => {
    const market = open();
    const number = await accepted(market.buy(SYMBOL, 500, { type: 'PRE_OPEN_CLOSING_PRICE' }));
    market.moveTo(at('08:40') - 1);
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({
      filledQuantity: 200,
      filledAmount: 200 * 9900,
      restQuantity: 300,
    });
    const fills = market.notices.filter(({ kind }) => kind === 'FILL');
    expect(fills.length).toBe(5);
    expect(fills.every(({ at: instant }) => instant < at('08:40'))).toBe(true);
    market.moveTo(at('08:40'));
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({ rejectedQuantity: 300, restQuantity: 0 });
    expect(await market.buy(SYMBOL, 1, { type: 'PRE_OPEN_CLOSING_PRICE' })).toMatchObject({
      accepted: false,
    });
  });
});

describe('the session after the close (06)', () => {
  it('takes orders from 15:30, trades at the close from 15:40, and ends at 16:00', async () => {
    const market = open();
    market.moveTo(at('15:29'));
    const type = 'POST_CLOSE_CLOSING_PRICE';
    expect(await market.buy(SYMBOL, 1, { type })).toMatchObject({ accepted: false });
    market.moveTo(at('15:31'));
    const number = await accepted(market.buy(SYMBOL, 1000, { type }));
    market.moveTo(at('15:40') - 1);
    await market.settled();
    expect(orderOf(market, number).filledQuantity).toBe(0);
    const { volume } = market.exchange.quote(SYMBOL)!;
    market.moveTo(at('16:00'));
    await market.settled();
    expect(orderOf(market, number)).toMatchObject({
      filledQuantity: 400,
      filledAmount: 400 * 10_050,
      rejectedQuantity: 600,
    });
    expect(market.exchange.quote(SYMBOL)).toMatchObject({ volume, last: 10_050 });
  });

  it('gives nothing to an order that came after a match', async () => {
    const market = open();
    market.moveTo(at('15:59:59'));
    const number = await accepted(market.buy(SYMBOL, 1000, { type: 'POST_CLOSE_CLOSING_PRICE' }));
    market.moveTo(at('16:00'));
    await market.settled();
    expect(orderOf(market, number).filledQuantity).toBeLessThanOrEqual(80);
  });
});

describe('the single-price session after hours (07)', () => {
  const type = 'AFTER_HOURS_SINGLE_PRICE';

  it('matches every ten minutes within 10 % of the close; what is left ends at 18:00', async () => {
    const market = open();
    market.moveTo(at('16:05'));
    expect(await market.buy(SYMBOL, 1, { type, price: 11_060 })).toEqual({
      accepted: false,
      reason: 'BEYOND_LIMIT',
    });
    const high = await accepted(market.buy(SYMBOL, 50, { type, price: 11_050 }));
    const low = await accepted(market.buy(SYMBOL, 50, { type, price: 10_000 }));
    market.moveTo(at('16:10'));
    await market.settled();
    expect(orderOf(market, high)).toMatchObject({ filledQuantity: 20, filledAmount: 20 * 10_050 });
    market.moveTo(at('16:20'));
    await market.settled();
    expect(orderOf(market, high)).toMatchObject({
      filledQuantity: 40,
      filledAmount: 20 * 10_050 + 20 * 10_150,
    });
    market.moveTo(at('18:00'));
    await market.settled();
    expect(orderOf(market, high)).toMatchObject({ filledQuantity: 50 });
    expect(orderOf(market, low)).toMatchObject({ filledQuantity: 0, rejectedQuantity: 50 });
  });

  it('is not open before 16:00', async () => {
    const market = open();
    market.moveTo(at('15:50'));
    expect(await market.buy(SYMBOL, 1, { type, price: 10_000 })).toMatchObject({ accepted: false });
  });
});

describe('a day that does not tell about these sessions', () => {
  it('takes their orders and honestly never fills them', async () => {
    const symbol = { bars: BARS, reference: 9900 };
    const market = makeManualExchange(makeTestDay({ [SYMBOL]: symbol }));
    const before = await accepted(market.buy(SYMBOL, 5, { type: 'PRE_OPEN_CLOSING_PRICE' }));
    market.moveTo(at('15:31'));
    const after = await accepted(market.buy(SYMBOL, 5, { type: 'POST_CLOSE_CLOSING_PRICE' }));
    market.moveTo(at('18:00'));
    await market.settled();
    expect(orderOf(market, before).rejectedQuantity).toBe(5);
    expect(orderOf(market, after).rejectedQuantity).toBe(5);
  });
});
