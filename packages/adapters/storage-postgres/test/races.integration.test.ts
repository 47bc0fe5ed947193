import { describe, expect, it } from '@jest/globals';
import { quantity } from '@fleet/domain';
import { aCancel, eventually, TEST_MARKET_AT } from '@fleet/testkit';
import { makePostgresStores, type PostgresStores } from '../src/index.ts';
import {
  type EventRow,
  GRACE_MS,
  newBrokerNumber,
  newSymbol,
  SEND_DEADLINE_MS,
  TTL_MS,
  withFleet,
} from './support/fleet.ts';

const fleet = withFleet();

describe('why the claim is a function', () => {
  it('one statement that waited for the row still reads other tables by its old snapshot', async () => {
    const symbol = newSymbol();
    await fleet.pool.query('INSERT INTO symbol_fences (symbol) VALUES ($1)', [symbol]);
    const booking = await fleet.pool.connect();
    await booking.query('BEGIN');
    await booking.query('SELECT FROM symbol_fences WHERE symbol = $1 FOR UPDATE', [symbol]);
    const naive = fleet.pool.query<{ shares: number | null }>(
      `WITH mine AS (SELECT symbol FROM symbol_fences WHERE symbol = $1 FOR UPDATE)
       SELECT (SELECT qty FROM positions p WHERE p.symbol = mine.symbol) AS shares FROM mine`,
      [symbol],
    );
    await eventually(async () => {
      const { rows } = await fleet.pool.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH mine%'`,
      );
      return rows.length === 1;
    });
    await booking.query(
      `INSERT INTO positions (symbol, qty, avg_price, market_at)
       VALUES ($1, 10, 1, clock_timestamp())`,
      [symbol],
    );
    await booking.query('COMMIT');
    booking.release();
    // Ten shares are committed, and the statement says there are none.
    expect((await naive).rows).toEqual([{ shares: null }]);
  });

  it('now() stands still in a transaction, clock_timestamp() does not', async () => {
    const client = await fleet.pool.connect();
    await client.query('BEGIN');
    const read = 'SELECT now()::text AS frozen, clock_timestamp()::text AS moving';
    const first = await client.query<{ frozen: string; moving: string }>(read);
    const second = await client.query<{ frozen: string; moving: string }>(read);
    await client.query('ROLLBACK');
    client.release();
    expect(second.rows[0]!.frozen).toBe(first.rows[0]!.frozen);
    expect(second.rows[0]!.moving).not.toBe(first.rows[0]!.moving);
  });
});

async function deadlocks(): Promise<number> {
  const { rows } = await fleet.pool.query<{ deadlocks: number }>(
    `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`,
  );
  return rows[0]!.deadlocks;
}

/** Round trips on whatever stock it gets, with a rival that reaps, moves the gate and books again. */
async function trade(
  stores: PostgresStores,
  symbols: readonly string[],
  seed: number,
): Promise<number> {
  let workerId = await fleet.worker();
  let rounds = 0;
  for (let step = 0; step < 40; step += 1) {
    const symbol = symbols[(step * 7 + seed * 3) % symbols.length]!;
    const claim = {
      symbol,
      workerId,
      ttlMs: TTL_MS,
      graceMs: GRACE_MS,
      marketAt: TEST_MARKET_AT,
    };
    const claimed = await stores.locks.claim({ ...claim, purpose: 'ENTRY' });
    if (!claimed.granted) continue;
    const holder = { workerId, symbol, fence: claimed.fence };
    if (!claimed.orphan) await order(stores, holder, 'BUY');
    await stores.locks.renew({ workerId, locks: [holder], ttlMs: TTL_MS });
    if (step % 9 === seed) {
      const proof = 'killed';
      await stores.locks.reapDeadWorker({ term: 1, workerId, proof, marketAt: TEST_MARKET_AT });
      workerId = await fleet.worker();
      continue;
    }
    const position = await stores.orders.getPosition(symbol);
    if (position && position.quantity > 0) await order(stores, holder, 'SELL');
    const release = { ...holder, marketAt: TEST_MARKET_AT, reason: 'done' };
    if ((await stores.locks.release(release)) === 'RELEASED') rounds += 1;
  }
  return rounds;
}

async function order(
  stores: PostgresStores,
  holder: { workerId: string; symbol: string; fence: number },
  side: 'BUY' | 'SELL',
) {
  const intent = fleet.intentOf(holder, { side });
  const stored = await stores.orders.storeIntent(intent);
  if (stored.outcome !== 'stored') return;
  const marked = await stores.orders.markSent({
    orderId: intent.orderId,
    requestedAt: Date.now(),
    sendDeadlineMs: SEND_DEADLINE_MS,
    marketAt: TEST_MARKET_AT,
  });
  if (!marked.sent) return;
  const broker = { date: intent.tradeDate, branch: '1', number: newBrokerNumber() };
  const marketAt = TEST_MARKET_AT;
  const outcome = { kind: 'accepted', broker, brokerTime: '100000' } as const;
  await stores.orders.recordAnswer({ orderId: intent.orderId, outcome, marketAt });
  await stores.orders.storeCancelIntent(aCancel({ ...holder, parentOrderId: intent.orderId }));
  const { aBrokerOrder } = await import('@fleet/testkit');
  const { won } = await import('@fleet/domain');
  const row = aBrokerOrder({
    key: broker,
    symbol: holder.symbol,
    side,
    filledQuantity: quantity(10),
    filledAmount: won(100_000),
  });
  const book = { orderId: intent.orderId, row, readStartedAt: 0, marketAt };
  await Promise.all([stores.orders.bookBrokerOrder(book), stores.orders.bookBrokerOrder(book)]);
}

/** Fences never fall, each has one worker, and nobody is granted what somebody else has. */
function historyOf(events: readonly EventRow[]): { grants: number; breaches: string[] } {
  const breaches: string[] = [];
  let last = 0;
  let holder: string | null = null;
  for (const event of events) {
    const fence = Number(event.payload['fence']);
    const line = `${event.type} ${event.worker_id} at ${fence}`;
    if (event.type === 'LockAcquiredEvent') {
      if (holder !== null) breaches.push(`${line} while held by ${holder}`);
      if (fence !== last + 1) breaches.push(`${line} after ${last}`);
      [holder, last] = [event.worker_id, fence];
    }
    if (event.type === 'LockReleasedEvent') {
      if (event.worker_id !== holder || fence !== last) breaches.push(`${line}, held by ${holder}`);
      holder = null;
    }
  }
  return { grants: last, breaches };
}

async function expectOneStory(symbols: readonly string[]) {
  let grants = 0;
  for (const symbol of symbols) {
    const history = historyOf(await fleet.events({ symbol }));
    expect(history.breaches).toEqual([]);
    grants += history.grants;
  }
  expect(grants).toBeGreaterThan(20);
  const { rows } = await fleet.pool.query(
    `SELECT f.symbol FROM symbol_fences f LEFT JOIN positions p USING (symbol)
     WHERE f.symbol = ANY($1) AND (f.position_qty <> coalesce(p.qty, 0)
        OR f.open_orders <> (SELECT count(*) FROM orders o
             WHERE o.symbol = f.symbol AND o.status IN ('NEW', 'SENT', 'PARTIAL'))
        OR coalesce(p.qty, 0) <> (SELECT coalesce(sum(CASE side WHEN 'BUY' THEN qty ELSE -qty END), 0)
             FROM fills WHERE fills.symbol = f.symbol))`,
    [symbols],
  );
  expect(rows).toEqual([]);
}

describe('everything at once', () => {
  it('never deadlocks, and fences tell one story for each stock', async () => {
    const symbols = Array.from({ length: 4 }, () => newSymbol());
    const { url, schema } = fleet.database;
    const pools = Array.from({ length: 5 }, () => fleet.database.newPool({ max: 2 }));
    const before = await deadlocks();
    const fleets = pools.map((pool) => makePostgresStores(pool, { url, schema }));
    const ends = await Promise.allSettled(
      fleets.map((stores, index) => trade(stores, symbols, index + 1)),
    );
    await Promise.all(fleets.map((stores) => stores.close()));
    const failures = ends.map((end) => (end.status === 'rejected' ? end.reason : undefined));
    expect(failures).toEqual(failures.map(() => undefined));
    const rounds = ends.map((end) => (end.status === 'fulfilled' ? end.value : 0));
    expect(rounds.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
    expect(await deadlocks()).toBe(before);
    await expectOneStory(symbols);
  }, 60_000);
});
