import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder, kill } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('a worker is killed while it holds a stock', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'loses its locks and exits, another adopts its stock, and the day ties out (SC-009)',
    async () => {
      const supervisor = folder.supervisor(afternoon());
      const dead = await awaitHolder(folder);
      kill(dead.pid);

      await folder.awaitRow(
        `select 1 from workers where worker_id = $1 and status = 'EXIT' and current_symbol is null`,
        [dead.workerId],
      );
      const released = await folder.awaitRow(
        `select id, payload->>'reason' as reason from events where type = 'LockReleasedEvent'
         and worker_id = $1 and symbol = $2 order by id desc limit 1`,
        [dead.workerId, dead.symbol],
      );
      expect(released['reason']).toBe('PROVED_DEAD');
      expect(
        await folder.query('select symbol from stock_locks where worker_id = $1', [dead.workerId]),
      ).toEqual([]);
      const adopter = await folder.awaitRow(
        `select worker_id from events where type = 'LockAcquiredEvent' and symbol = $1
         and id > $2 and (payload->>'orphan')::boolean order by id limit 1`,
        [dead.symbol, released['id']],
      );
      expect(adopter['worker_id']).not.toBe(dead.workerId);

      await expectSettled(folder, supervisor, async ({ query }) => {
        expect(
          await query(
            `select exit_worker_id::text as worker_id from trades
             where symbol = $1 and entry_worker_id = $2 and exit_worker_id <> entry_worker_id`,
            [dead.symbol, dead.workerId],
          ),
        ).toEqual([adopter]);
        const workers = await query('select count(*)::int as n from workers');
        expect(workers).toEqual([{ n: 4 }]);
      });
    },
    SCENARIO_MS,
  );
});
