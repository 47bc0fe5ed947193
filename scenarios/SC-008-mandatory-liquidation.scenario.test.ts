import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettled, SCENARIO_MS } from './support/afternoon.ts';

/** Bought so late that neither the strategy's targets nor its patience end them all before the clock does. */
const LATE = '--day generated:1 --from 2026-03-12 --at 14:52 --speed 100 --workers 6'.split(' ');

describe('positions that are held when the liquidation time comes', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'are sold before the close, each told of, and nothing is bought any more (SC-008)',
    async () => {
      const supervisor = folder.supervisor(LATE);
      await expectSettled(folder, supervisor, async ({ query }) => {
        const liquidated = await query(
          `select symbol from events where type = 'MandatoryLiquidationEvent' order by symbol`,
        );
        expect(liquidated.length).toBeGreaterThan(0);
        // Sold after the latest start means sold because of it, whoever decided first in that minute.
        const late = await query(`select symbol from trades
          where entered_at < '2026-03-12 15:14:00+09' and exited_at > '2026-03-12 15:17:00+09' order by symbol`);
        expect(liquidated).toEqual(expect.arrayContaining([...late]));
        expect(
          await query(`select e.symbol from events e where e.type = 'MandatoryLiquidationEvent'
            and (e.market_at < '2026-03-12 14:15:00+09' or e.market_at > '2026-03-12 15:16:00+09' or not exists
              (select from trades t where t.symbol = e.symbol and t.exit_reason = 'MANDATORY_LIQUIDATION'
                 and t.exited_at >= e.market_at))`),
        ).toEqual([]);
        expect(
          await query(`select trade_id from trades where exited_at > '2026-03-12 15:31:00+09'`),
        ).toEqual([]);
        expect(
          await query(`select order_id from orders where side = 'BUY' and request = 'PLACE'
            and created_market_at > '2026-03-12 15:15:00+09'`),
        ).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
