import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettled, inventedAfternoon, SCENARIO_MS } from './support/afternoon.ts';
import { climb, flatStocks, type InventedStock, minuteOf } from './support/invented-day.ts';

const FALL = minuteOf('14:47');
const HELD = '900010';

/** Its fall of ten percent, with that of all the others, halts the market from 14:48 to 15:08. */
function falling(stock: InventedStock): InventedStock {
  const priceAt = (minute: number): number =>
    minute < FALL ? stock.priceAt(minute) : 0.9 * stock.priceAt(FALL);
  return { ...stock, priceAt };
}

describe('a circuit breaker while a stock is held and must be sold', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'one alarm, no sell is asked for until the market takes it, and the day ties out (DESIGN 10)',
    async () => {
      const held = { symbol: HELD, priceAt: climb('14:28', 14, '14:48') };
      const stocks = [held, ...flatStocks(34).map(falling)];
      const pace = { at: '14:25', speed: 60, workers: 1 };
      const supervisor = folder.supervisor(inventedAfternoon(folder, stocks, pace));
      await expectSettled(folder, supervisor, async ({ query }) => {
        const waits = await query(`select level, payload->>'state' as state from events
          where type = 'SellWaitsEvent' and payload->>'state' = 'HALTED'`);
        expect(waits).toEqual([{ level: 'ERROR', state: 'HALTED' }]);
        // One may be on its way when the halt begins.
        const refused = await query(`select 1 from events where type = 'SellRejectedEvent'`);
        expect(refused.length).toBeLessThanOrEqual(1);
        const inHalt = await query(`select o.order_id from orders o, events w
          where w.type = 'SellWaitsEvent' and o.side = 'SELL' and o.request = 'PLACE'
            and o.created_market_at > w.market_at and o.created_market_at < '2026-03-12 15:08:00+09'`);
        expect(inHalt).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
