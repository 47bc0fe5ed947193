import { afterEach, describe, expect, it } from '@jest/globals';
import { ALWAYS, brokenRules, FleetFolder, withBooks } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, SCENARIO_MS } from './support/afternoon.ts';

const GATE_SET = `select id, recorded_at::text as at from events
  where type = 'GateChangedEvent' and payload->>'to' = $1 order by id desc limit 1`;

describe("the operator's hand on the running fleet", () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'stop lets no order be stored or sent, resume opens again, flatten ends flat and STOPPED',
    async () => {
      const supervisor = folder.supervisor(afternoon('12:00'));
      await awaitHolder(folder);

      await folder.fleetctl('stop', '--reason', 'drill');
      const stopped = await folder.awaitRow(GATE_SET, ['STOPPED']);
      // Some minutes of the market: the scans go on, and nobody trades on them.
      await folder.awaitRow(
        `select 1 from events where type = 'CandidateScannedEvent' and id > $1 offset 15 limit 1`,
        [stopped['id']],
      );
      const leaked = `select order_id from orders where request = 'PLACE'
        and (created_at > $1::timestamptz or sent_at > $1::timestamptz)`;
      expect(await folder.query(leaked, [stopped['at']])).toEqual([]);
      const status: unknown = JSON.parse(await folder.fleetctl('status', '--json'));
      expect(status).toMatchObject({ gate: 'STOPPED' });

      await folder.fleetctl('resume', '--reason', 'drill over');
      await folder.awaitRow(`select 1 from orders where created_at > $1::timestamptz limit 1`, [
        stopped['at'],
      ]);

      await folder.fleetctl('flatten', '--reason', 'home');
      const flattening = await folder.awaitRow(GATE_SET, ['EXIT_ONLY']);
      await folder.awaitRow(`select 1 from system_state where gate = 'STOPPED'`);
      expect(await folder.query('select symbol from positions where qty > 0')).toEqual([]);

      // Some more minutes: nothing is bought any more, and a person's stop outlives the fleet.
      await folder.awaitRow(
        `select 1 from events where type = 'CandidateScannedEvent' and id > $1 offset 15 limit 1`,
        [flattening['id']],
      );
      supervisor.signal('SIGINT');
      expect(await supervisor.end(30_000)).toBe(0);
      await folder.awaitNothingLeft();
      await withBooks(folder.dataDir, async ({ query }) => {
        const bought = `select order_id from orders where side = 'BUY' and request = 'PLACE'
          and created_at > $1::timestamptz`;
        expect(await query(bought, [flattening['at']])).toEqual([]);
        expect(await query('select gate from system_state')).toEqual([{ gate: 'STOPPED' }]);
        expect(await brokenRules(query, ALWAYS)).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
