import { afterEach, describe, expect, it } from '@jest/globals';
import { ALWAYS, brokenRules, FleetFolder, withBooks } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('Ctrl-C in the middle of the day', () => {
  let folder = new FleetFolder();
  afterEach(async () => {
    await folder.remove();
    folder = new FleetFolder();
  });

  it(
    'takes everything down in order; the same command resumes, and begins anew after the close',
    async () => {
      const first = folder.supervisor(afternoon());
      await awaitHolder(folder);
      const runId = folder.runtime()?.runId;
      first.signal('SIGINT');
      expect(await first.end(30_000)).toBe(0);
      await folder.awaitNothingLeft();
      expect(folder.runtime()).toBeUndefined();
      await withBooks(folder.dataDir, async ({ query }) => {
        expect(await brokenRules(query, ALWAYS)).toEqual([]);
        expect(await query('select * from stock_locks')).toEqual([]);
        expect(await query(`select * from workers where status <> 'EXIT'`)).toEqual([]);
        expect(await query('select 1 as held from positions where qty > 0 limit 1')).toHaveLength(
          1,
        );
      });

      const second = folder.supervisor(afternoon());
      await expectSettled(folder, second, (books) => {
        expect(books.runId).toBe(runId);
        return Promise.resolve();
      });

      const third = folder.supervisor(afternoon());
      await folder.awaitRow(`select 1 from system_state where state = 'TRADING'`);
      expect(folder.runtime()?.runId).not.toBe(runId);
      third.signal('SIGINT');
      expect(await third.end(30_000)).toBe(0);
      await folder.awaitNothingLeft();
    },
    SCENARIO_MS,
  );

  it(
    'at any moment of the start leaves no process, and the next start goes on',
    async () => {
      // The first full opening keeps its token: the broker gives one a minute.
      const moments = [/creating/, /opening 9\/9/, /resuming/, /generated day/, /opening 1\/9/];
      for (const moment of moments) {
        const supervisor = folder.supervisor(afternoon());
        await supervisor.awaitLine(moment);
        supervisor.signal('SIGINT');
        expect(await supervisor.end(30_000)).toBe(0);
        await folder.awaitNothingLeft(2_000);
        expect(folder.runtime()).toBeUndefined();
      }
    },
    SCENARIO_MS,
  );
});
