import { KRX_CALENDAR } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { closingMinute, type DayData } from '../../src/day/day-data.ts';
import { generateDays } from '../../src/day/generated/generated-days.ts';
import type { NewOrder } from '../../src/exchange/types.ts';
import { isRegular } from '../../src/exchange/working-order.ts';
import { ACCOUNT, makeManualExchange } from './manual-exchange.ts';
import { TEST_DATE } from './test-day.ts';

const input = generateDays({ seed: 3, calendar: KRX_CALENDAR });
const whole = input.load(input.firstDate);

/** Ordinary stocks, those that the day brings to a limit, and those that it halts for a while. */
const symbols = [
  ...[...whole.symbols.keys()].slice(135, 142),
  ...[...whole.symbols]
    .filter(([, { bars, instrument }]) => bars.close.at(-1) === instrument.upperLimit)
    .map(([symbol]) => symbol)
    .slice(0, 3),
  ...[...whole.symbols]
    .filter(([, { bars, instrument }]) => instrument.halts.length > 0 && bars.minute.length > 0)
    .map(([symbol]) => symbol)
    .slice(0, 2),
];
const { regular } = whole.session;
const day: DayData = {
  ...whole,
  symbols: new Map([...whole.symbols].filter(([symbol]) => symbols.includes(symbol))),
  breaks: [
    {
      market: 'KOSPI',
      level: 1,
      from: regular.from + 200 * 60_000,
      auctionFrom: regular.from + 220 * 60_000,
      auctionTo: regular.from + 230 * 60_000,
    },
  ],
};

const step = fc.record({
  waitMs: fc.integer({ min: 0, max: 900_000 }),
  symbol: fc.constantFrom(...symbols),
  act: fc.constantFrom(
    'BUY',
    'SELL',
    'LIMIT_BUY',
    'LIMIT_SELL',
    'CANCEL',
    'AMEND',
    'IOC',
    'STOP',
    'OFF_HOURS' as const,
  ),
  quantity: fc.integer({ min: 1, max: 400 }),
  ticks: fc.integer({ min: -4, max: 4 }),
});

describe('whatever is ordered', () => {
  it('cash and shares never go negative, rows add up, fills sum to holdings, bars keep their share (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 50 }),
        fc.integer({ min: 100_000, max: 30_000_000 }),
        async (steps, cash) => {
          const market = makeManualExchange(day, { cash });
          const { exchange } = market;
          let instant = day.session.openingAuction.from;
          for (const each of steps) {
            instant += each.waitMs;
            market.moveTo(instant);
            const quote = exchange.quote(each.symbol)!;
            const base = quote.last ?? exchange.instrument(each.symbol)!.referencePrice;
            const price = Math.max(10, base + each.ticks * 50);
            const open = exchange
              .orders(ACCOUNT, TEST_DATE, TEST_DATE)
              .filter(({ restQuantity }) => restQuantity > 0);
            const originalNumber = open.at(-1)?.number ?? '0000000001';
            if (each.act === 'BUY') await market.buy(each.symbol, each.quantity);
            if (each.act === 'SELL') await market.sell(each.symbol, each.quantity);
            if (each.act === 'IOC')
              await market.buy(each.symbol, each.quantity, { type: 'MARKET_IOC' });
            if (each.act === 'STOP')
              await market.buy(each.symbol, each.quantity, {
                type: 'STOP_LIMIT',
                price,
                conditionPrice: price,
              });
            if (each.act === 'OFF_HOURS')
              await market.buy(each.symbol, each.quantity, offHoursOrder(instant, price));
            if (each.act === 'LIMIT_BUY') await market.buy(each.symbol, each.quantity, { price });
            if (each.act === 'LIMIT_SELL') await market.sell(each.symbol, each.quantity, { price });
            if (each.act === 'CANCEL')
              await exchange.cancel({ account: ACCOUNT, originalNumber, quantity: undefined });
            if (each.act === 'AMEND')
              await exchange.amend({
                account: ACCOUNT,
                originalNumber,
                type: 'LIMIT',
                price,
                quantity: undefined,
              });
            await market.settled();
            const view = exchange.account(ACCOUNT);
            expect(view.cashD2).toBeGreaterThanOrEqual(0);
            expect(view.buyingPower).toBeGreaterThanOrEqual(0);
            for (const holding of view.holdings) {
              expect(holding.sellableQuantity).toBeGreaterThanOrEqual(0);
              expect(holding.quantity).toBeGreaterThanOrEqual(holding.sellableQuantity);
            }
          }
          market.moveTo(day.session.afterHoursSinglePrice.to);
          await market.settled();
          checkTotals(market, cash);
          checkShares(market);
        },
      ),
      { numRuns: 20 },
    );
  });
});

/** The type that fits the hour; refused in the session. */
function offHoursOrder(instant: number, price: number): Partial<NewOrder> {
  const { preOpenClosingPrice, postCloseClosingPrice } = day.session;
  if (instant < (preOpenClosingPrice?.to ?? 0)) return { type: 'PRE_OPEN_CLOSING_PRICE' };
  return instant < postCloseClosingPrice.to
    ? { type: 'POST_CLOSE_CLOSING_PRICE' }
    : { type: 'AFTER_HOURS_SINGLE_PRICE', price };
}

function checkTotals(market: ReturnType<typeof makeManualExchange>, cash: number): void {
  const { exchange } = market;
  const orders = exchange.orders(ACCOUNT, TEST_DATE, TEST_DATE);
  const view = exchange.account(ACCOUNT);
  expect(orders.every(({ restQuantity }) => restQuantity === 0)).toBe(true);
  const sum = (side: string) =>
    orders
      .filter((order) => order.side === side)
      .reduce((total, { filledAmount }) => total + filledAmount, 0);
  expect([view.boughtToday, view.soldToday]).toEqual([sum('BUY'), sum('SELL')]);
  expect(view.cashD2).toBe(cash - sum('BUY') + sum('SELL') - view.costsToday);
  for (const symbol of symbols) {
    const net = orders
      .filter((order) => order.symbol === symbol)
      .reduce(
        (total, { side, filledQuantity }) => total + (side === 'BUY' ? 1 : -1) * filledQuantity,
        0,
      );
    expect(view.holdings.find((holding) => holding.symbol === symbol)?.quantity ?? 0).toBe(net);
  }
  const stored = market.batches.flatMap(({ fills }) => fills);
  expect(stored.reduce((total, { quantity }) => total + quantity, 0)).toBe(
    orders.reduce((total, { filledQuantity }) => total + filledQuantity, 0),
  );
}

/** Our fills of each bar against the bar's volume; no fill in a halt or a running interruption. */
function checkShares(market: ReturnType<typeof makeManualExchange>): void {
  const { exchange } = market;
  const orderOf = new Map(
    exchange.orders(ACCOUNT, TEST_DATE, TEST_DATE).map((order) => [order.number, order]),
  );
  const interruptions = exchange.interruptions();
  const closing = closingMinute(day.session);
  const filled = new Map<string, number>();
  for (const { number, at, quantity } of market.batches.flatMap(({ fills }) => fills)) {
    const { symbol, type } = orderOf.get(number)!;
    if (!isRegular(type)) continue;
    const { market: board, halts } = day.symbols.get(symbol)!.instrument;
    const breaks = day.breaks!.filter((each) => each.market === board);
    const pauses = [
      ...halts,
      ...breaks.map(({ from, auctionTo }) => ({ from, to: auctionTo })),
      ...interruptions
        .filter((each) => each.symbol === symbol)
        .map(({ triggeredAt, releasedAt }) => ({ from: triggeredAt, to: releasedAt! })),
    ];
    expect(pauses.some(({ from, to }) => at >= from && at < to)).toBe(false);
    const minute = Math.min(closing, Math.floor((at - day.session.regular.from) / 60_000));
    const key = `${symbol}:${minute}`;
    filled.set(key, (filled.get(key) ?? 0) + quantity);
  }
  for (const [key, quantity] of filled) {
    const [symbol = '', minute] = key.split(':');
    const { bars } = day.symbols.get(symbol)!;
    const row = bars.minute.indexOf(Number(minute));
    expect(row).toBeGreaterThanOrEqual(0);
    expect(quantity).toBeLessThanOrEqual(Math.floor(bars.volume[row]! * 0.2));
  }
}
