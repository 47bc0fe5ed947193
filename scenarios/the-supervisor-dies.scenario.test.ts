import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('the supervisor is killed in the middle of the day', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'is followed by the same command, which adopts the living, and the day ties out',
    async () => {
      const first = folder.supervisor(afternoon());
      await awaitHolder(folder);
      const before = folder.runtime();
      first.signal('SIGKILL');
      await first.end();

      const second = folder.supervisor(afternoon());
      await folder.awaitRow(`select 1 from leases where name = 'supervisor' and term = 2`);
      await folder.awaitRow(`select 1 from system_state where term = 2 and state = 'TRADING'`);
      expect(folder.runtime()?.runId).toBe(before?.runId);
      for (const role of ['simulator', 'gateway', 'worker'] as const) {
        const known = before?.processes.filter((process) => process.role === role) ?? [];
        expect(known.length).toBeGreaterThan(0);
        expect(new Set(folder.pids(role))).toEqual(new Set(known.map(({ pid }) => pid)));
      }

      await expectSettled(folder, second, async ({ query }) => {
        expect(await query('select count(*)::int as n from workers')).toEqual([{ n: 3 }]);
        expect(
          await query(
            `select count(*)::int as n from events where type = 'SupervisorTermStartedEvent'`,
          ),
        ).toEqual([{ n: 2 }]);
      });
    },
    SCENARIO_MS,
  );
});
