import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('every process is killed at once, the database too', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'goes on with the same run by the same command, and the day ties out',
    async () => {
      const first = folder.supervisor(afternoon());
      const holder = await awaitHolder(folder);
      const runId = folder.runtime()?.runId;
      await folder.killEverything();
      await first.end();

      const second = folder.supervisor(afternoon());
      await expectSettled(folder, second, async ({ query, runId: settledRun }) => {
        expect(settledRun).toBe(runId);
        expect(
          await query(
            `select count(*)::int as n from trades where symbol = $1 and entry_worker_id = $2
             and exit_worker_id <> entry_worker_id`,
            [holder.symbol, holder.workerId],
          ),
        ).toEqual([{ n: 1 }]);
      });
      expect(second.output).toMatch(/resum|goes on|going on|again/i);
    },
    SCENARIO_MS,
  );
});
