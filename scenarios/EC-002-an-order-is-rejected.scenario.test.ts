import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { afternoon, expectSettled, SCENARIO_MS } from './support/afternoon.ts';

const BUY = 'TTTC0012U';
const SELL = 'TTTC0011U';
/** More than the account may order for; more shares than it has. */
const [NO_CASH, NO_SHARES] = ['APBK0988', 'APBK1234'];

/** The claim at whose fence an order was made, and the end of that lock. */
const WITH_LOCK = `select o.order_id, o.side, o.symbol, o.worker_id::text as worker, o.filled_qty::int as filled,
    l.id as claimed, r.id as released,
    (select min(id) from events e where e.order_id = o.order_id and e.type = 'OrderRejectedEvent') as rejected
  from orders o
  join events l on l.type = 'LockAcquiredEvent' and l.symbol = o.symbol
    and l.worker_id = o.worker_id::text and (l.payload->>'fence')::bigint = o.fence
  join events r on r.type = 'LockReleasedEvent' and r.symbol = o.symbol
    and (r.payload->>'fence')::bigint = o.fence
  where o.request = 'PLACE' and o.status = 'REJECTED' and o.end_reason = 'REJECTED_BY_BROKER'`;

describe('the broker rejects orders', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'a buy leaves no position and no lock and its worker goes on to the next stock; a sell keeps both until it is sold (EC-002)',
    async () => {
      const faults = folder.faultFlags([
        { kind: 'REFUSED', trId: BUY, code: NO_CASH, at: [1, 2] },
        { kind: 'REFUSED', trId: SELL, code: NO_SHARES, at: [1] },
      ]);
      const supervisor = folder.supervisor([...afternoon(), ...faults]);
      await expectSettled(folder, supervisor, async ({ query }) => {
        const rejected = `with r as (${WITH_LOCK}) select`;
        expect(
          await query(`${rejected} side, count(*) >= case side when 'BUY' then 2 else 1 end as enough,
            max(filled) as filled, bool_and(rejected is not null) as told from r group by side order by side`),
        ).toEqual([
          { side: 'BUY', enough: true, filled: 0, told: true },
          { side: 'SELL', enough: true, filled: 0, told: true },
        ]);
        expect(
          await query(`select distinct level from events where type = 'OrderRejectedEvent'`),
        ).toEqual([{ level: 'WARN' }]);
        // Nothing was held at that lock: no fill, no HOLD, and it went right after.
        expect(
          await query(`${rejected} r.* from r where side = 'BUY' and (released < rejected or exists
            (select from events e where e.id between claimed and released and e.symbol = r.symbol
               and (e.type in ('FillReceivedEvent', 'PositionEnteredEvent')
                 or (e.type = 'WorkerStateChangedEvent' and e.payload->>'to' = 'HOLD'))))`),
        ).toEqual([]);
        expect(
          await query(`${rejected} r.* from r where side = 'BUY' and exists (select from events e, events gone
            where gone.id = released and e.type = 'LockAcquiredEvent' and e.worker_id = r.worker
              and e.symbol = r.symbol and e.id > released and e.market_at < gone.market_at + interval '2 minutes')`),
        ).toEqual([]);
        expect(
          await query(`${rejected} r.* from r where side = 'BUY' and not exists
            (select from events e where e.type = 'LockAcquiredEvent' and e.worker_id = r.worker and e.id > r.released)`),
        ).toEqual([]);
        // A position must not lose its owner: alarm, and the same worker sells it at the same fence.
        expect(
          await query(`${rejected} r.* from r where side = 'SELL' and (
            not exists (select from events e where e.type = 'SellRejectedEvent' and e.level = 'ERROR'
              and e.symbol = r.symbol and e.id between claimed and released)
            or not exists (select from events e where e.type = 'PositionExitedEvent' and e.symbol = r.symbol
              and e.worker_id = r.worker and e.id between rejected and released))`),
        ).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
