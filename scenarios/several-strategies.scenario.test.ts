import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettled, SCENARIO_MS } from './support/afternoon.ts';

const AFTERNOON = '--day generated:1 --from 2026-03-12 --at 13:30 --speed 300'.split(' ');
const SHARES = 'momentum-breakout:2,pullback-rebound:1';

describe('several strategies on one fleet', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'are pinned and scanned together, run by a worker each, and named by every order (SC-002, SC-005)',
    async () => {
      const supervisor = folder.supervisor([...AFTERNOON, '--strategies', SHARES]);
      await expectSettled(folder, supervisor, async ({ query }) => {
        expect(
          await query('select strategy_name from pinned_params order by strategy_name'),
        ).toEqual([{ strategy_name: 'momentum-breakout' }, { strategy_name: 'pullback-rebound' }]);
        expect(
          await query(
            'select strategy_name, count(*)::int as workers from workers group by 1 order by 1',
          ),
        ).toEqual([
          { strategy_name: 'momentum-breakout', workers: 2 },
          { strategy_name: 'pullback-rebound', workers: 1 },
        ]);
        expect(
          await query('select distinct strategy_name from candidates order by strategy_name'),
        ).toEqual([{ strategy_name: 'momentum-breakout' }, { strategy_name: 'pullback-rebound' }]);
        const bought = await query(`select 1 from orders where side = 'BUY' limit 1`);
        expect(bought).toHaveLength(1);
        expect(
          await query(`select o.order_id from orders o join workers w using (worker_id)
            left join pinned_params p on p.strategy_name = o.strategy_name
              and p.strategy_version = o.strategy_version and p.params_version = o.params_version
            where p.strategy_name is null
              or (o.side = 'BUY' and o.request = 'PLACE' and o.strategy_name <> w.strategy_name)`),
        ).toEqual([]);
        expect(
          await query(`select o.order_id from orders o where o.side = 'BUY' and o.request = 'PLACE'
            and not exists (select from entry_signals s where s.order_id = o.order_id
              and s.strategy_name = o.strategy_name and jsonb_array_length(s.reasons) > 0)`),
        ).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
