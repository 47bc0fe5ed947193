import { KRX_CALENDAR, type OrderType } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { generateDays } from '../../src/day/generated/generated-days.ts';
import { ACCOUNT, makeManualExchange, type ManualExchange } from './manual-exchange.ts';
import { afterOpen, flat, makeTestDay, TEST_DATE } from './test-day.ts';

const input = generateDays({ seed: 3, calendar: KRX_CALENDAR });
const day = input.load(input.firstDate);
const symbols = [...day.symbols]
  .filter(([, { instrument, bars }]) => instrument.halts.length === 0 && bars.minute.length > 370)
  .slice(0, 25);

/** The market's volume at a price since an order came, and whether it traded through it. */
function tradedSince(market: ManualExchange, limit: number, from: number, until: number) {
  const trades = market.trades.filter(({ at }) => at > from && at <= until);
  return {
    atPrice: trades
      .filter(({ price }) => price === limit)
      .reduce((sum, { volume }) => sum + volume, 0),
    isThrough: trades.some(({ price }) => price < limit),
  };
}

describe('a resting order', () => {
  it('fills only after what stood before it has traded, or the market went through it (property)', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...symbols),
        fc.integer({ min: 5, max: 340 }),
        fc.integer({ min: 1, max: 300 }),
        async ([symbol, traded], minute, quantity) => {
          const market = makeManualExchange({ ...day, symbols: new Map([[symbol, traded]]) });
          const { exchange } = market;
          exchange.watch(symbol);
          const from = afterOpen(minute, 17);
          market.moveTo(from);
          const best = exchange.book(symbol)!.bids[0];
          if (best === undefined) return;
          const limit = best.price;
          const answer = await market.buy(symbol, quantity, { price: limit });
          // Interrupted stocks have no queue: their orders gather for an auction.
          if (!answer.accepted || exchange.quote(symbol)!.volatilityInterrupted) return;
          market.moveTo(from + 20 * 60_000);
          await market.settled();
          if (exchange.interruptions().length > 0) return;
          let filled = 0;
          for (const { at, quantity: shares } of market.notices.filter(
            ({ kind }) => kind === 'FILL',
          )) {
            filled += shares;
            const { atPrice, isThrough } = tradedSince(market, limit, from, at);
            expect(isThrough || atPrice >= best.size + filled).toBe(true);
            seen += 1;
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(seen).toBeGreaterThan(10);
  });
});

const SYMBOL = '123450';
const LIQUID = Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 10_000));

const CONTINUOUS: readonly (readonly [OrderType, 'STANDS' | 'FILLS' | 'ENDS'])[] = [
  ['LIMIT', 'FILLS'],
  ['MARKET', 'FILLS'],
  ['CONDITIONAL_LIMIT', 'FILLS'],
  ['BEST_LIMIT', 'FILLS'],
  ['TOP_LIMIT', 'STANDS'],
  ['LIMIT_IOC', 'FILLS'],
  ['LIMIT_FOK', 'FILLS'],
  ['MARKET_IOC', 'FILLS'],
  ['MARKET_FOK', 'FILLS'],
  ['BEST_IOC', 'FILLS'],
  ['BEST_FOK', 'FILLS'],
  ['MID_PRICE', 'STANDS'],
  ['STOP_LIMIT', 'STANDS'],
  ['MID_PRICE_IOC', 'ENDS'],
  ['MID_PRICE_FOK', 'ENDS'],
];
const PRICED = new Set(['LIMIT', 'CONDITIONAL_LIMIT', 'LIMIT_IOC', 'LIMIT_FOK', 'STOP_LIMIT']);

async function place(type: OrderType, instant: number) {
  const market = makeManualExchange(makeTestDay({ [SYMBOL]: { bars: LIQUID } }));
  market.moveTo(instant);
  const price = PRICED.has(type) ? 10_050 : undefined;
  const conditionPrice = type === 'STOP_LIMIT' ? 10_050 : undefined;
  const answer = await market.buy(SYMBOL, 5, { type, price, conditionPrice });
  await market.settled();
  return { answer, order: market.exchange.orders(ACCOUNT, TEST_DATE, TEST_DATE)[0] };
}

describe('every order type of the regular session', () => {
  it.each(CONTINUOUS)('%s in continuous trading: %s', async (type, fate) => {
    const { answer, order } = await place(type, afterOpen(30, 30));
    expect(answer).toMatchObject({ accepted: true });
    expect(order).toMatchObject({
      filledQuantity: fate === 'FILLS' ? 5 : 0,
      canceledQuantity: fate === 'ENDS' ? 5 : 0,
      restQuantity: fate === 'STANDS' ? 5 : 0,
    });
  });

  it.each(CONTINUOUS)('%s in the opening auction waits or is refused', async (type) => {
    const { answer } = await place(type, afterOpen(-5));
    const isTaken = ['LIMIT', 'MARKET', 'CONDITIONAL_LIMIT'].includes(type);
    expect(answer.accepted).toBe(isTaken);
  });
});
