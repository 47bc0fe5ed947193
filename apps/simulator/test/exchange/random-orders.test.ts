import { KRX_CALENDAR } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { generateDays } from '../../src/day/generated/generated-days.ts';
import { ACCOUNT, makeManualExchange } from './manual-exchange.ts';
import { TEST_DATE } from './test-day.ts';

const input = generateDays({ seed: 3, calendar: KRX_CALENDAR });
const day = input.load(input.firstDate);
const symbols = [...day.symbols.keys()].slice(135, 145);

const step = fc.record({
  waitMs: fc.integer({ min: 0, max: 900_000 }),
  symbol: fc.constantFrom(...symbols),
  act: fc.constantFrom('BUY', 'SELL', 'LIMIT_BUY', 'LIMIT_SELL', 'CANCEL', 'AMEND', 'IOC' as const),
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

/** Our fills of each bar against the bar's volume. */
function checkShares(market: ReturnType<typeof makeManualExchange>): void {
  const symbolOf = new Map(
    market.exchange
      .orders(ACCOUNT, TEST_DATE, TEST_DATE)
      .map(({ number, symbol }) => [number, symbol]),
  );
  const filled = new Map<string, number>();
  for (const { number, at, quantity } of market.batches.flatMap(({ fills }) => fills)) {
    const minute = Math.floor((at - day.session.regular.from) / 60_000);
    const key = `${symbolOf.get(number)}:${minute}`;
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
