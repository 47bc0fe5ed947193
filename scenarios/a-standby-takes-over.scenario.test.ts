import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('a second supervisor on the same fleet', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'stands by, takes the lease when the first is killed, adopts the living, and the day ties out',
    async () => {
      const active = folder.supervisor(afternoon());
      await awaitHolder(folder);
      const standby = folder.supervisor(afternoon());
      expect(await standby.awaitLine(/standing by/)).toContain(String(active.pid));
      expect(await folder.query(`select term::int from leases where name = 'supervisor'`)).toEqual([
        { term: 1 },
      ]);
      const before = folder.runtime();

      active.signal('SIGKILL');
      await active.end();
      await folder.awaitRow(`select 1 from leases where name = 'supervisor' and term = 2`);
      await folder.awaitRow(`select 1 from system_state where term = 2 and state = 'TRADING'`);
      for (const role of ['simulator', 'gateway', 'worker'] as const) {
        const known = before?.processes.filter((process) => process.role === role) ?? [];
        expect(known.length).toBeGreaterThan(0);
        expect(new Set(folder.pids(role))).toEqual(new Set(known.map(({ pid }) => pid)));
      }
      expect(standby.hasEnded()).toBe(false);

      await expectSettled(folder, standby, async ({ query }) => {
        expect(await query('select count(*)::int as n from workers')).toEqual([{ n: 3 }]);
        expect(
          await query(`select count(*)::int as n from events where type = 'MarketTradingEvent'`),
        ).toEqual([{ n: 2 }]);
      });
    },
    SCENARIO_MS,
  );
});
