import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, FleetFolder, kill } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

/** How many token calls the exchange has answered, and the token as the fleet keeps it. */
const TOKEN_CALLS = `select ((value #>> '{}')::jsonb->>'serial')::int as calls
  from key_values where key = 'auth.tokens'`;
const TOKEN = `select sealed from sealed_secrets where name = 'kis-access-token'`;

describe('the gateway is killed in the middle of the day', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'comes back with the same token, orders are sent again, and the day ties out',
    async () => {
      const supervisor = folder.supervisor(afternoon());
      await awaitHolder(folder);
      const token = await folder.query(TOKEN);
      expect(token).toHaveLength(1);
      const [old = 0] = folder.pids('gateway');
      const [{ now } = { now: 0 }] = await folder.query('select clock_timestamp()::text as now');
      kill(old);

      await eventually(() => folder.pids('gateway').some((pid) => pid !== old), {
        timeoutMs: 30_000,
      });
      await folder.awaitRow(
        `select 1 from orders where sent_at > $1::timestamptz and answered_at is not null
         and status = 'FILLED'`,
        [now],
      );
      expect(await folder.simulatorQuery(TOKEN_CALLS)).toEqual([{ calls: 1 }]);
      expect(await folder.query(TOKEN)).toEqual(token);

      await expectSettled(folder, supervisor, async ({ query, simulator }) => {
        expect(await query(TOKEN)).toEqual(token);
        expect(await simulator(TOKEN_CALLS)).toEqual([{ calls: 1 }]);
      });
    },
    SCENARIO_MS,
  );
});
