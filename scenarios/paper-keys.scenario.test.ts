import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

/** A quote and a book. */
const CALLS_A_STOCK = 2;

describe('paper keys alone', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'suffice to trade: a fixed universe, quotes and books one by one, one call a second',
    async () => {
      const day = ['--day', 'generated:1', '--from', '2026-03-12', '--at', '12:00'];
      const speed = ['--speed', '200', '--workers', '3'];
      const supervisor = folder.supervisor([...day, ...speed], { SIM_PROFILE: 'paper' });
      await awaitHolder(folder);
      await expectSettled(folder, supervisor, async ({ query }) => {
        const [universe] = await query('select count(*)::int as stocks from universe');
        expect(universe).toEqual({ stocks: 20 });
        const scans = await query(`select (payload->>'looked')::int as stocks,
          extract(epoch from market_at)::int as at from events
          where type = 'CandidateScannedEvent' order by id`);
        const whole = scans.filter(({ stocks }) => stocks === 20);
        expect(whole.length).toBeGreaterThan(scans.length / 2);
        // The first scan's calls came before its instant; the others' lie between.
        const [first, ...others] = scans;
        const calls = others.reduce((sum, scan) => sum + Number(scan['stocks']) * CALLS_A_STOCK, 0);
        const seconds = Number(others.at(-1)?.['at']) - Number(first?.['at']);
        expect(seconds).toBeGreaterThan(3_600);
        expect(calls).toBeLessThanOrEqual(seconds);
      });
    },
    SCENARIO_MS,
  );
});
