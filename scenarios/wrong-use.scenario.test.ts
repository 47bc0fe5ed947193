import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettledOrFlat, SCENARIO_MS } from './support/afternoon.ts';
import { syntheticDay } from './support/synthetic-day.ts';

const KEY = 'K'.repeat(36);

describe('wrong use', () => {
  let folder = new FleetFolder();
  afterEach(async () => {
    await folder.remove();
    folder = new FleetFolder();
  });

  it.each([
    ['an unknown flag', ['--wokers', '3'], {}, /--wokers/],
    ['a wrong number', ['--workers', 'three'], {}, /--workers three/],
    ['a speed out of range', ['--speed', '100000'], {}, /--speed 100000/],
    ['a closed exchange', ['--from', '2026-03-01'], {}, /2026-03-01.*closed/],
    ['a file that is not there', ['--day', 'nowhere.csv'], {}, /nowhere\.csv/],
    ['keys without a mode', [], { KIS_APP_KEY: KEY }, /KIS_APP_KEY.*MODE/],
    ['a database without a mode', [], { DB_URL: 'postgresql://127.0.0.1/x' }, /DB_URL.*MODE/],
    ['an unknown mode', [], { MODE: 'REAL' }, /MODE.*SIM, PAPER or LIVE/],
    ['lock times that are no numbers', [], { LOCK_TTL_MS: 'soon' }, /LOCK_TTL_MS/],
  ])(
    '%s gets one clear line, exit 2, and nothing is left behind',
    async (_name, args, env, line) => {
      const supervisor = folder.supervisor(args, env);
      expect(await supervisor.end(30_000)).toBe(2);
      expect(supervisor.lines).toHaveLength(1);
      expect(supervisor.errors).toMatch(line);
      expect(existsSync(folder.dataDir)).toBe(false);
      expect(folder.living()).toEqual([]);
    },
  );

  it.each([
    ['no bars at all', 'symbol,time,open,high,low,close,volume\n'],
    ['another header', 'a,b,c\n1,2,3\n'],
    ['only bad rows', 'symbol,time,open,high,low,close,volume\n123456,25:61,x,1,1,1,1\n'],
  ])('a day file with %s gets one clear line and exit 2', async (_name, text) => {
    mkdirSync(folder.path, { recursive: true });
    const file = join(folder.path, 'day_20260312.csv');
    writeFileSync(file, text);
    const supervisor = folder.supervisor(['--day', file]);
    expect({ code: await supervisor.end(60_000), errors: supervisor.errorLines }).toEqual({
      code: 2,
      errors: [expect.stringContaining('day_20260312.csv')],
    });
    await folder.awaitNothingLeft();
    expect(folder.runtime()).toBeUndefined();
  });

  it(
    'bad rows of a day file are counted and named, and its day runs',
    async () => {
      mkdirSync(folder.path, { recursive: true });
      const file = join(folder.path, 'day_20260312.csv');
      writeFileSync(file, syntheticDay());
      const args = ['--day', file, '--speed', '600', '--at', '15:05', '--workers', '1'];
      const supervisor = folder.supervisor(args);
      await expectSettledOrFlat(folder, supervisor);
      expect(supervisor.output).toMatch(/1 row skipped with an unreadable time \(line 11\)/);
      expect(supervisor.output).toMatch(/1 row skipped with high below low \(line 21\)/);
      expect(supervisor.output).toMatch(
        /reference prices: 0 from daily closes, 3 from .*first open/,
      );
    },
    SCENARIO_MS,
  );

  it('a worker without a fleet says where it looked, exit 2', async () => {
    const worker = folder.worker('1000000');
    expect(await worker.end(30_000)).toBe(2);
    expect(worker.errors).toMatch(/runtime\.json/);
  });
});
