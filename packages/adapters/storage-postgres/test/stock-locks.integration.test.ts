import { describe, expect, it } from '@jest/globals';
import { eventually, TEST_MARKET_AT } from '@fleet/testkit';
import { GRACE_MS, newSymbol, send, TTL_MS, withFleet } from './support/fleet.ts';

const fleet = withFleet();

const claim = (
  symbol: string,
  workerId: string,
  purpose: 'ENTRY' | 'ADOPTION' = 'ENTRY',
  graceMs = GRACE_MS,
) =>
  fleet.stores.locks.claim({
    symbol,
    workerId,
    purpose,
    ttlMs: TTL_MS,
    graceMs,
    marketAt: TEST_MARKET_AT,
  });

describe('claiming a stock', () => {
  it('SC-003 stores symbol, worker, instants and fence, and records LockAcquiredEvent', async () => {
    const workerId = await fleet.worker();
    const symbol = newSymbol();
    const result = await claim(symbol, workerId);
    expect(result).toEqual({ granted: true, symbol, fence: 1, orphan: false });
    const row = await fleet.row('stock_locks', 'symbol', symbol);
    expect(row).toMatchObject({ worker_id: workerId, fence: 1 });
    expect(Number(row['ttl']) - Number(row['locked_at'])).toBe(TTL_MS);
    expect(row['heartbeat_at']).toBe(row['locked_at']);
    expect(await fleet.events({ symbol })).toMatchObject([
      {
        type: 'LockAcquiredEvent',
        worker_id: workerId,
        market_at: TEST_MARKET_AT,
        payload: { fence: 1, locked_at: row['locked_at'] },
      },
    ]);
    expect(await fleet.stores.locks.getLockedSymbols()).toContain(symbol);
  });

  it('SC-004 refuses what another worker holds, changes nothing and records LockRejectedEvent', async () => {
    const owner = await fleet.holder();
    const before = await fleet.row('stock_locks', 'symbol', owner.symbol);
    const workerId = await fleet.worker();
    const result = await claim(owner.symbol, workerId);
    expect(result).toEqual({ granted: false, reason: 'HELD', heldBy: owner.workerId });
    expect(await fleet.row('stock_locks', 'symbol', owner.symbol)).toEqual(before);
    expect(await fleet.events({ symbol: owner.symbol, workerId })).toMatchObject([
      { type: 'LockRejectedEvent', level: 'WARN', payload: { heldBy: owner.workerId } },
    ]);
  });

  it('SC-010 gives a stock that eight workers want at once to exactly one', async () => {
    for (let round = 0; round < 5; round += 1) {
      const symbol = newSymbol();
      const pools = Array.from({ length: 8 }, () => fleet.database.newPool({ max: 1 }));
      const workers = await Promise.all(pools.map(() => fleet.worker()));
      const { makePostgresStores } = await import('../src/index.ts');
      const { url, schema } = fleet.database;
      const stores = pools.map((pool) => makePostgresStores(pool, { url, schema }));
      const results = await Promise.all(
        stores.map(({ locks }, index) =>
          locks.claim({
            symbol,
            workerId: workers[index]!,
            purpose: 'ENTRY',
            ttlMs: TTL_MS,
            graceMs: GRACE_MS,
            marketAt: TEST_MARKET_AT,
          }),
        ),
      );
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(pools.map((pool) => pool.end()));
      expect(results.filter((result) => result.granted)).toHaveLength(1);
      const events = await fleet.events({ symbol });
      const count = (type: string) => events.filter((event) => event.type === type).length;
      expect([count('LockAcquiredEvent'), count('LockRejectedEvent')]).toEqual([1, 7]);
      const winner = events.find((event) => event.type === 'LockAcquiredEvent');
      expect((await fleet.row('stock_locks', 'symbol', symbol))['worker_id']).toBe(
        winner?.worker_id,
      );
    }
  });

  it('judges after the row lock: a waiter sees the shares that were bought while it waited', async () => {
    const owner = await fleet.holder();
    const order = await fleet.accepted(owner);
    await fleet.stores.locks.abandon({ ...owner, marketAt: TEST_MARKET_AT, reason: 'test' });
    // A booking that holds the stock's row while the claim arrives, and commits the fill then.
    const booking = await fleet.pool.connect();
    await booking.query('BEGIN');
    await booking.query('SELECT FROM symbol_fences WHERE symbol = $1 FOR UPDATE', [owner.symbol]);
    const waiting = claim(owner.symbol, await fleet.worker());
    await eventually(async () => {
      const { rows } = await fleet.pool.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%claim_stock_lock%'`,
      );
      return rows.length === 1;
    });
    await booking.query(
      `INSERT INTO positions (symbol, qty, avg_price, trade_id, market_at)
       VALUES ($1, 10, 10000, gen_random_uuid(), clock_timestamp())`,
      [owner.symbol],
    );
    await booking.query(
      `UPDATE orders SET status = 'FILLED', filled_qty = qty, filled_amount = 100000,
         reserved_amount = 0, ended_at = clock_timestamp() WHERE order_id = $1`,
      [order.orderId],
    );
    await booking.query('COMMIT');
    booking.release();
    expect(await waiting).toMatchObject({ granted: true, orphan: true });
    expect(await fleet.row('positions', 'symbol', owner.symbol)).toMatchObject({ qty: 10 });
  });

  it('does not wait beyond the lock timeout for the row itself', async () => {
    const { symbol } = await fleet.holder();
    const busy = await fleet.pool.connect();
    await busy.query('BEGIN');
    await busy.query('SELECT FROM symbol_fences WHERE symbol = $1 FOR UPDATE', [symbol]);
    const workerId = await fleet.worker();
    const result = await claim(symbol, workerId);
    await busy.query('ROLLBACK');
    busy.release();
    expect(result).toMatchObject({ granted: false, reason: 'BUSY' });
    expect(await fleet.events({ symbol, workerId })).toMatchObject([
      { type: 'LockRejectedEvent', payload: { reason: 'BUSY' } },
    ]);
  });

  it('takes over only after expiry and grace, at a higher fence', async () => {
    const owner = await fleet.holder();
    const workerId = await fleet.worker();
    await fleet.expire(owner.symbol, GRACE_MS - 1_000);
    expect(await claim(owner.symbol, workerId)).toMatchObject({ granted: false, reason: 'GRACE' });
    await fleet.expire(owner.symbol, GRACE_MS + 1);
    expect(await claim(owner.symbol, workerId)).toMatchObject({ granted: true, fence: 2 });
    const types = (await fleet.events({ symbol: owner.symbol })).map((event) => event.type);
    expect(types.slice(-2)).toEqual(['LockReleasedEvent', 'LockAcquiredEvent']);
  });

  it('gives a worker that asks again a new fence: its answer was lost', async () => {
    const owner = await fleet.holder();
    expect(await claim(owner.symbol, owner.workerId)).toMatchObject({ granted: true, fence: 2 });
    expect(
      await fleet.stores.locks.renew({ workerId: owner.workerId, locks: [owner], ttlMs: TTL_MS }),
    ).toEqual([owner.symbol]);
  });

  it.each(['proved dead', 'its own worker'] as const)(
    'grants nobody a stock whose order may still be leaving: %s (SC-009)',
    async (who) => {
      const owner = await fleet.holder();
      const { orderId } = fleet.intentOf(owner);
      await fleet.stores.orders.storeIntent(fleet.intentOf(owner, { orderId }));
      await send(fleet.stores, orderId);
      if (who === 'proved dead') {
        const request = { term: 1, workerId: owner.workerId, proof: 'test' };
        await fleet.stores.locks.reapDeadWorker({ ...request, marketAt: TEST_MARKET_AT });
      }
      const claimer = who === 'proved dead' ? await fleet.worker() : owner.workerId;

      expect(await claim(owner.symbol, claimer)).toMatchObject({ reason: 'IN_FLIGHT' });
      expect(await fleet.stores.locks.getOrphans(GRACE_MS)).not.toContain(owner.symbol);
      // A grace that has passed since the mark.
      await eventually(async () => (await claim(owner.symbol, claimer, 'ENTRY', 1)).granted);
    },
  );

  it('grants a stock at once whose order is answered', async () => {
    const owner = await fleet.holder();
    await fleet.accepted(owner);
    expect(await claim(owner.symbol, owner.workerId)).toMatchObject({ granted: true, fence: 2 });
  });

  it('hands an orphan to any claim, and a free stock to no adoption', async () => {
    const owner = await fleet.holder();
    await fleet.bought(owner);
    await fleet.stores.locks.abandon({ ...owner, marketAt: TEST_MARKET_AT, reason: 'stopping' });
    expect(await fleet.stores.locks.getOrphans(GRACE_MS)).toContain(owner.symbol);
    const adopter = await fleet.worker();
    expect(await claim(owner.symbol, adopter, 'ADOPTION')).toMatchObject({
      granted: true,
      fence: 2,
      orphan: true,
    });
    expect(await fleet.stores.orders.getPosition(owner.symbol)).toMatchObject({
      workerId: adopter,
      quantity: 10,
    });
    expect(await fleet.stores.locks.getOrphans(GRACE_MS)).not.toContain(owner.symbol);
    expect(await claim(newSymbol(), adopter, 'ADOPTION')).toMatchObject({
      granted: false,
      reason: 'NOT_ORPHAN',
    });
  });

  it('refuses a frozen stock and a worker that was reaped', async () => {
    const owner = await fleet.holder();
    await fleet.stores.locks.release({ ...owner, marketAt: TEST_MARKET_AT, reason: 'test' });
    await fleet.pool.query('UPDATE symbol_fences SET frozen = true WHERE symbol = $1', [
      owner.symbol,
    ]);
    expect(await claim(owner.symbol, owner.workerId)).toMatchObject({ reason: 'FROZEN' });
    await fleet.stores.locks.reapDeadWorker({
      term: 1,
      workerId: owner.workerId,
      proof: 'exit',
      marketAt: TEST_MARKET_AT,
    });
    expect(await claim(newSymbol(), owner.workerId)).toMatchObject({ reason: 'EXITED' });
  });
});

describe('keeping and giving back', () => {
  it('renews all of a worker in one statement and names what is lost', async () => {
    const workerId = await fleet.worker();
    const [first, second, third] = [
      await fleet.holder(newSymbol(), workerId),
      await fleet.holder(newSymbol(), workerId),
      await fleet.holder(newSymbol(), workerId),
    ];
    await fleet.expire(second.symbol, 1);
    const before = await fleet.row('stock_locks', 'symbol', first.symbol);
    const stale = { ...third, fence: third.fence - 1 };
    const lost = await fleet.stores.locks.renew({
      workerId,
      locks: [second, first, stale],
      ttlMs: TTL_MS * 2,
    });
    expect(lost).toEqual([second.symbol, third.symbol]);
    const after = await fleet.row('stock_locks', 'symbol', first.symbol);
    expect(Number(after['ttl'])).toBeGreaterThan(Number(before['ttl']));
    expect(after['locked_at']).toBe(before['locked_at']);
  });

  it('renews while every connection of the pool is busy', async () => {
    const owner = await fleet.holder();
    const size = fleet.pool.options.max;
    const taken = await Promise.all(Array.from({ length: size }, () => fleet.pool.connect()));
    const renewal = await fleet.stores.locks.renew({
      workerId: owner.workerId,
      locks: [owner],
      ttlMs: TTL_MS,
    });
    for (const client of taken) client.release();
    expect(renewal).toEqual([]);
  });

  it('releases when flat: the row goes, the fence stays', async () => {
    const owner = await fleet.holder();
    const release = { ...owner, marketAt: TEST_MARKET_AT, reason: 'sold' };
    expect(await fleet.stores.locks.release({ ...release, fence: 9 })).toBe('NOT_OWNER');
    expect(await fleet.stores.locks.release(release)).toBe('RELEASED');
    expect(await fleet.stores.locks.release(release)).toBe('NOT_OWNER');
    expect(await fleet.stores.locks.getLockedSymbols()).not.toContain(owner.symbol);
    expect(await fleet.row('symbol_fences', 'symbol', owner.symbol)).toMatchObject({ fence: 1 });
    expect(await claim(owner.symbol, await fleet.worker())).toMatchObject({ fence: 2 });
  });

  it('does not release with an open order or a position', async () => {
    const owner = await fleet.holder();
    const release = { ...owner, marketAt: TEST_MARKET_AT, reason: 'test' };
    const order = await fleet.accepted(owner);
    expect(await fleet.stores.locks.release(release)).toBe('NOT_FLAT');
    await fleet.book(order, 10);
    expect(await fleet.stores.locks.release(release)).toBe('NOT_FLAT');
    await fleet.sold(owner);
    expect(await fleet.stores.locks.release(release)).toBe('RELEASED');
  });
});

describe('what the dead leave', () => {
  it('SC-009 removes expired locks, sets the worker to EXIT and records LockReleasedEvent', async () => {
    const workerId = await fleet.worker();
    const held = await fleet.holder(newSymbol(), workerId);
    const flat = await fleet.holder(newSymbol(), workerId);
    await fleet.bought(held);
    const sweep = () =>
      fleet.stores.locks.cleanUpExpired({
        term: 1,
        graceMs: GRACE_MS,
        marketAt: TEST_MARKET_AT,
      });
    for (const { symbol } of [held, flat]) await fleet.expire(symbol, GRACE_MS - 1_000);
    expect(await sweep()).toEqual([]);
    for (const { symbol } of [held, flat]) await fleet.expire(symbol, GRACE_MS + 1);
    expect(await sweep()).toEqual([
      {
        workerId,
        releasedSymbols: expect.arrayContaining([held.symbol, flat.symbol]),
        orphanedSymbols: [held.symbol],
      },
    ]);
    expect(await fleet.row('workers', 'worker_id', workerId)).toMatchObject({ status: 'EXIT' });
    const types = (await fleet.events({ workerId })).map((event) => event.type);
    expect(types.filter((type) => type === 'LockReleasedEvent')).toHaveLength(2);
    expect(types.at(-1)).toBe('WorkerStateChangedEvent');
    expect(await fleet.stores.workers.heartbeat(beatOf(workerId))).toMatchObject({ exited: true });
    const adopter = await fleet.worker();
    expect(await claim(flat.symbol, adopter)).toMatchObject({ granted: true, orphan: false });
    expect(await claim(held.symbol, adopter)).toMatchObject({ granted: true, orphan: true });
  });

  it('skips TTL and grace when the death is proved', async () => {
    const owner = await fleet.holder();
    const reap = {
      term: 1,
      workerId: owner.workerId,
      proof: 'exit code 137',
      marketAt: TEST_MARKET_AT,
    };
    expect(await fleet.stores.locks.reapDeadWorker(reap)).toEqual({
      workerId: owner.workerId,
      releasedSymbols: [owner.symbol],
      orphanedSymbols: [],
    });
    expect((await fleet.stores.locks.reapDeadWorker(reap)).releasedSymbols).toEqual([]);
    expect(await claim(owner.symbol, await fleet.worker())).toMatchObject({ granted: true });
  });

  it('ends a worker without locks that has been silent for a minute', async () => {
    const workerId = await fleet.worker();
    await fleet.pool.query(
      `UPDATE workers SET heartbeat_at = clock_timestamp() - interval '61 s' WHERE worker_id = $1`,
      [workerId],
    );
    const reaped = await fleet.stores.locks.cleanUpExpired({
      term: 1,
      graceMs: GRACE_MS,
      marketAt: TEST_MARKET_AT,
    });
    expect(reaped.map((worker) => worker.workerId)).toContain(workerId);
    expect(await fleet.row('workers', 'worker_id', workerId)).toMatchObject({ status: 'EXIT' });
  });

  it('refuses the sweep of a supervisor that has been followed', async () => {
    const { leases } = fleet.stores;
    const process = { pid: 1, hostId: 'h', bootId: 'b', startedAt: '1' };
    const first = await leases.acquire({ name: 'supervisor', holder: 'a', process, ttlMs: 60_000 });
    const second = await leases.acquire({
      name: 'supervisor',
      holder: 'b',
      process,
      ttlMs: 60_000,
      deadTerm: first!.term,
    });
    expect(second!.term).toBe(first!.term + 1);
    const sweep = { graceMs: GRACE_MS, marketAt: TEST_MARKET_AT };
    const { workerId, symbol } = await fleet.holder();
    await fleet.expire(symbol, GRACE_MS + 1);
    await expect(
      fleet.stores.locks.cleanUpExpired({ ...sweep, term: first!.term }),
    ).rejects.toMatchObject({ code: 'TERM_LOST' });
    const reaped = await fleet.stores.locks.cleanUpExpired({ ...sweep, term: second!.term });
    expect(reaped.map((worker) => worker.workerId)).toEqual([workerId]);
  });
});

const beatOf = (workerId: string) => ({
  workerId,
  unrealizedPnl: undefined,
  lastEvent: undefined,
});
