import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FleetFolder, openBooks } from '../packages/testkit/src/index.ts';
import { expectSettled, inventedAfternoon, SCENARIO_MS } from './support/afternoon.ts';
import { climb, flatStocks } from './support/invented-day.ts';

const WORKERS = 4;
const SPEED = 120;
/** The best candidate for everybody, then the next ones; their signals come together. */
const STOCKS = [
  { symbol: '900010', priceAt: climb('14:20', 20) },
  { symbol: '900020', priceAt: climb('14:20', 18) },
  { symbol: '900030', priceAt: climb('14:20', 16) },
  { symbol: '900040', priceAt: climb('14:20', 14) },
  ...flatStocks(9),
];
/**
 * A worker looks every ten seconds and claims after its quote. Quotes that take twice as long bring all
 * of them to the same stock before the first has it.
 */
const LATE_QUOTES = { kind: 'SLOW_REPLY', endpoint: 'intstock-multprice', delayMs: 20_000 };

/** Every refusal of an entry, and the lock that it met. */
const REJECTIONS = `select r.id, r.market_at, r.symbol, r.worker_id as loser, r.level,
    r.payload->>'reason' as reason, r.payload->>'heldBy' as held_by, owner.worker_id as owner, owner.id as owned,
    (select min(e.id) from events e where e.type = 'LockReleasedEvent' and e.symbol = r.symbol and e.id > r.id
       and e.worker_id = owner.worker_id and e.payload->>'fence' = owner.payload->>'fence') as released
  from events r
  left join lateral (select * from events e where e.type = 'LockAcquiredEvent' and e.symbol = r.symbol
    and e.id < r.id order by e.id desc limit 1) owner on true
  where r.type = 'LockRejectedEvent' and r.payload->>'purpose' = 'ENTRY' and r.payload->>'reason' = 'HELD'`;

describe('several workers after the same stock', () => {
  const folder = new FleetFolder();
  let books: Awaited<ReturnType<typeof openBooks>>;

  beforeAll(async () => {
    const pace = { at: '14:18', speed: SPEED, workers: WORKERS };
    const supervisor = folder.supervisor([
      ...inventedAfternoon(folder, STOCKS, pace),
      ...folder.faultFlags([LATE_QUOTES]),
    ]);
    // Among its rules: never two workers on one stock, fences only grow.
    await expectSettled(folder, supervisor);
    books = await openBooks(folder.dataDir);
  }, SCENARIO_MS);

  afterAll(async () => {
    await books.close();
    await folder.remove();
  });

  it('one gets it and orders, the others are refused and told who has it (SC-004, SC-010)', async () => {
    const [first] = await books.query(`select l.id, l.symbol, l.worker_id as winner,
        (select count(*)::int from orders o where o.symbol = l.symbol and o.side = 'BUY'
           and o.worker_id::text = l.worker_id and o.fence = (l.payload->>'fence')::bigint) as orders
      from events l where l.type = 'LockAcquiredEvent' order by l.id limit 1`);
    expect(first).toMatchObject({ symbol: '900010', orders: 1 });
    const losers = await books.query(
      `select level, held_by, loser from (${REJECTIONS}) r where owned = $1`,
      [first?.['id']],
    );
    expect(losers.length).toBeGreaterThan(0);
    for (const loser of losers) {
      expect(loser).toMatchObject({ level: 'WARN', held_by: first?.['winner'] });
      expect(loser['loser']).not.toBe(first?.['winner']);
    }
  });

  it('a refusal changes nothing about the lock: its owner gives it back, at its own fence (SC-004)', async () => {
    expect(
      await books.query(`select * from (${REJECTIONS}) r
        where owner is null or owner = loser or held_by <> owner or released is null`),
    ).toEqual([]);
  });

  it('who was refused the best candidate takes another, and orders the lost one at no time before its release (SC-004, SC-010)', async () => {
    const atFirst = `select * from (${REJECTIONS}) r where owned =
      (select min(id) from events where type = 'LockAcquiredEvent')`;
    expect(
      await books.query(`select loser from (${atFirst}) r where not exists
        (select from events e where e.type = 'LockAcquiredEvent' and e.worker_id = r.loser and e.id > r.id
           and e.symbol <> r.symbol and e.market_at < r.market_at + interval '5 minutes')`),
    ).toEqual([]);
    expect(
      await books.query(`select r.id from (${REJECTIONS}) r join events o on o.type = 'OrderCreatedEvent'
        and o.symbol = r.symbol and o.worker_id = r.loser and o.id between r.id and r.released`),
    ).toEqual([]);
    const [entered] = await books.query(`select count(distinct entry_worker_id)::int as workers,
      count(distinct symbol)::int as stocks from trades`);
    expect(entered).toEqual({ workers: WORKERS, stocks: WORKERS });
  });
});
