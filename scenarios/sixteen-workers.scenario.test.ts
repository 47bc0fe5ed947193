import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettled, inventedAfternoon, SCENARIO_MS } from './support/afternoon.ts';
import { climb, flatStocks } from './support/invented-day.ts';

const WORKERS = 16;
/** A few more than there are workers, all worth buying from about 14:24 on. */
const CLIMBING = Array.from({ length: 20 }, (_, index) => ({
  symbol: String(900_010 + 10 * index),
  priceAt: climb('14:15', 14 + index / 4),
}));

describe('sixteen workers', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'share the market of one afternoon: each trades, no claim waits too long for a row, the day ties out (SC-010)',
    async () => {
      const stocks = [...CLIMBING, ...flatStocks(25)];
      const pace = { at: '14:12', speed: 150, workers: WORKERS };
      const supervisor = folder.supervisor(inventedAfternoon(folder, stocks, pace));
      await expectSettled(folder, supervisor, async ({ query }) => {
        const [traded] = await query(
          'select count(distinct entry_worker_id)::int as workers from trades',
        );
        expect(traded).toEqual({ workers: WORKERS });
        expect(await query('select count(*)::int as n from workers')).toEqual([{ n: WORKERS }]);
        // BUSY: a claim that had to wait for the row of its stock beyond the lock timeout.
        expect(
          await query(`select id from events where type = 'LockRejectedEvent'
            and payload->>'reason' = 'BUSY'`),
        ).toEqual([]);
        expect(await query(`select id from events where type = 'WorkerErrorEvent'`)).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
