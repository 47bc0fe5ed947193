import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettled } from './support/afternoon.ts';

const NEXT_TO_THE_CHECKOUT = fileURLToPath(new URL('../../shared/data', import.meta.url));
const DAY = join(
  process.env['FLEET_DATA_DIR'] ?? NEXT_TO_THE_CHECKOUT,
  'minute_krx_20190920.csv.gz',
);
/** Without the file of real bars the test is skipped and counted as such. */
const onTheRealDay = existsSync(DAY) ? describe : describe.skip;

onTheRealDay('the trading day of 2019-09-20', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it('ends tied out after at least twenty round trips over ten stocks by every worker', async () => {
    const supervisor = folder.supervisor(['--day', DAY, '--workers', '4', '--speed', '600']);
    await expectSettled(folder, supervisor, async ({ query }) => {
      const [{ trades, stocks } = { trades: 0, stocks: 0 }] = await query(
        'select count(*)::int as trades, count(distinct symbol)::int as stocks from trades',
      );
      expect(Number(trades)).toBeGreaterThanOrEqual(20);
      expect(Number(stocks)).toBeGreaterThanOrEqual(10);
    });
    const report = folder.report();
    expect(report).toMatchObject({ tradeDate: '2019-09-20', unsellable: [] });
    expect(report.workers.every((worker) => worker.trades > 0)).toBe(true);
  }, 400_000);
});
