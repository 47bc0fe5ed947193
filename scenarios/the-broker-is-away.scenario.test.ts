import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, FleetFolder, kill } from '../packages/testkit/src/index.ts';
import { afternoon, awaitHolder, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

describe('the broker goes away in the middle of the day', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'and comes back: an order on its way is an open question that the list answers, nothing is sent twice, and the day ties out',
    async () => {
      const supervisor = folder.supervisor([...afternoon('13:30'), ...folder.faultFlags()]);
      await awaitHolder(folder);
      const workers = await folder.query('select worker_id from workers order by worker_id');
      const [old = 0] = folder.pids('simulator');
      // The broker takes the next order, and is gone before it has said so.
      await folder.setFaults([{ kind: 'SLOW_REPLY', endpoint: 'order-cash', delayMs: 1_200_000 }]);
      const asked = await folder.awaitRow(
        `select order_id, clock_timestamp()::text as now from orders where status = 'SENT' and answered_at is null
         and request = 'PLACE' and sent_at < clock_timestamp() - interval '200 ms'`,
      );
      const [known] = await folder.query(
        'select count(*)::int as n from orders where broker_order_id is not null',
      );
      await eventually(
        async () => {
          const [taken] = await folder.simulatorQuery('select count(*)::int as n from orders');
          return Number(taken?.['n']) > Number(known?.['n']);
        },
        { everyMs: 20 },
      );
      kill(old);
      await eventually(() => folder.pids('simulator').some((pid) => pid !== old), {
        timeoutMs: 30_000,
      });
      const gap = await folder.awaitRow(
        `select recorded_at::text as at, (payload->>'mismatches')::int as mismatches from events
         where type = 'FeedGapEvent' and recorded_at > $1::timestamptz order by id limit 1`,
        [asked['now']],
      );
      expect(gap['mismatches']).toEqual(expect.any(Number));
      await folder.awaitRow(
        `select 1 from orders where side = 'BUY' and status = 'FILLED' and created_at > $1::timestamptz`,
        [gap['at']],
      );

      await expectSettled(folder, supervisor, async ({ query, simulator }) => {
        expect(await query('select worker_id from workers order by worker_id')).toEqual(workers);
        const [question] = await query(
          `select ended_at is not null as ended, broker_order_id is not null as adopted,
             exists (select from events e where e.order_id = o.order_id and e.type = 'OrderUnknownEvent') as unknown
           from orders o where order_id = $1`,
          [asked['order_id']],
        );
        expect(question).toMatchObject({ ended: true, unknown: true, adopted: true });
        const ours = await query(
          `select broker_order_id as number from orders where broker_order_id is not null order by 1`,
        );
        expect(
          await simulator(`select ltrim(number, '0') as number from orders order by 1`),
        ).toEqual(ours);
      });
    },
    SCENARIO_MS,
  );
});
