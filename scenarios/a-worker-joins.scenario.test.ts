import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { afternoon, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('a further worker joins the running fleet', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'trades with its own capital, hands its stock over when it is told to stop, and the day ties out',
    async () => {
      const supervisor = folder.supervisor(afternoon('13:30'));
      await folder.awaitRow(`select 1 from system_state where state = 'TRADING'`);
      const worker = folder.worker('1000000');
      const joined = await folder.awaitRow(
        `select w.worker_id, w.current_symbol as symbol from workers w
         join positions p on p.symbol = w.current_symbol and p.qty > 0
         where w.pid = $1 and w.status = 'HOLD'`,
        [worker.pid],
      );
      worker.signal('SIGTERM');
      expect(await worker.end(30_000)).toBe(0);
      const [{ now: end } = { now: undefined }] = await folder.query(
        `select status as now from workers where worker_id = $1`,
        [joined['worker_id']],
      );
      expect(end).toBe('EXIT');

      await expectSettled(folder, supervisor, async ({ query }) => {
        const [trade] = await query(
          `select bought_amount::float8 as paid, exit_worker_id = entry_worker_id as same
           from trades where entry_worker_id = $1 order by entered_at desc limit 1`,
          [joined['worker_id']],
        );
        expect(trade).toMatchObject({ same: false });
        expect(Number(trade?.['paid'])).toBeLessThanOrEqual(1_000_000);
        expect(
          await query(
            `select payload->>'orphan' as orphan from events where type = 'LockReleasedEvent'
             and worker_id = $1 and symbol = $2 order by id desc limit 1`,
            [joined['worker_id'], joined['symbol']],
          ),
        ).toEqual([{ orphan: 'true' }]);
      });
    },
    SCENARIO_MS,
  );
});
