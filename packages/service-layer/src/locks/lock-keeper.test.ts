import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LOCK_TIMING, WorkerTerminationError } from '@fleet/domain';
import {
  FakeClock,
  FakeEventStore,
  FakeLockStore,
  RecordingLag,
  RecordingLog,
  TEST_MARKET_AT,
} from '@fleet/testkit';
import { LockKeeper } from './lock-keeper.ts';

const { ttlMs, marginMs, renewMs } = DEFAULT_LOCK_TIMING;
const TRUSTED_MS = ttlMs - marginMs;
const SYMBOL = '005930';

function setUp(workerId = 'me') {
  const clock = new FakeClock(TEST_MARKET_AT);
  const events = new FakeEventStore();
  const locks = new FakeLockStore(clock, events);
  const lag = new RecordingLag();
  const make = (id: string) =>
    new LockKeeper({
      workerId: id,
      locks,
      timing: DEFAULT_LOCK_TIMING,
      clock,
      marketClock: clock,
      lag,
      log: new RecordingLog(),
    });
  const keeper = make(workerId);
  const stop = new AbortController();
  const lost: string[] = [];
  const keepRenewing = () => {
    const running = keeper.keepRenewing(stop.signal, (symbols) => lost.push(...symbols));
    return async (): Promise<void> => {
      stop.abort();
      await running;
    };
  };
  return { clock, events, locks, lag, keeper, make, lost, keepRenewing };
}

describe('claiming', () => {
  it('SC-003: a free stock is granted, recorded and trusted', async () => {
    const { events, locks, keeper } = setUp();
    expect(await keeper.acquire(SYMBOL, 'ENTRY')).toMatchObject({ granted: true, fence: 1 });
    expect(locks.locks.get(SYMBOL)?.workerId).toBe('me');
    expect(events.types()).toEqual(['LockAcquiredEvent']);
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    expect(keeper.heldSymbols()).toEqual([SYMBOL]);
  });

  it('SC-004: a held stock is refused and changes nothing', async () => {
    const { events, locks, keeper, make } = setUp();
    await make('other').acquire(SYMBOL, 'ENTRY');
    const result = await keeper.acquire(SYMBOL, 'ENTRY');
    expect(result).toEqual({ granted: false, reason: 'HELD', heldBy: 'other' });
    expect(locks.locks.get(SYMBOL)?.workerId).toBe('other');
    expect(events.types()).toEqual(['LockAcquiredEvent', 'LockRejectedEvent']);
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
  });

  it('SC-010: of two that claim at once one gets it', async () => {
    const { keeper, make } = setUp();
    const both = await Promise.all([
      keeper.acquire(SYMBOL, 'ENTRY'),
      make('other').acquire(SYMBOL, 'ENTRY'),
    ]);
    expect(both.filter(({ granted }) => granted)).toHaveLength(1);
  });

  it('asks again when the answer was lost, and trusts the newest fence alone', async () => {
    const { locks, keeper } = setUp();
    locks.failures.next('claim answer');
    expect(await keeper.acquire(SYMBOL, 'ENTRY')).toMatchObject({ granted: true, fence: 2 });
    expect(keeper.fenceOf(SYMBOL)).toBe(2);
  });

  it('gives up when it cannot be asked', async () => {
    const { locks, keeper } = setUp();
    locks.failures.next('claim', 2);
    await expect(keeper.acquire(SYMBOL, 'ENTRY')).rejects.toThrow('claim failed');
    expect(keeper.holds(SYMBOL)).toBe(false);
  });

  it('SC-009: a reaped worker is told to end', async () => {
    const { locks, keeper } = setUp();
    locks.exited.add('me');
    await expect(keeper.acquire(SYMBOL, 'ENTRY')).rejects.toThrow(WorkerTerminationError);
  });
});

describe('the trust window', () => {
  it('ends before the lock does, counted from before the request', async () => {
    const { clock, keeper } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    await clock.advance(TRUSTED_MS - 1);
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    await clock.advance(1);
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
    expect(keeper.holds(SYMBOL)).toBe(true);
  });

  it('ends by the wall clock alone: the host was suspended', async () => {
    const { clock, keeper } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    clock.suspend(TRUSTED_MS);
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
  });

  it('ends by the monotonic clock alone: the wall clock was set back', async () => {
    const { clock, keeper } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    clock.stepWall(-60_000);
    await clock.advance(TRUSTED_MS);
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
  });
});

describe('renewing', () => {
  it('keeps a lock trusted as long as it works, on schedule', async () => {
    const { clock, lag, keeper, keepRenewing } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    const end = keepRenewing();
    await clock.advance(10 * ttlMs);
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    expect(lag.lags).toHaveLength((10 * ttlMs) / renewMs);
    expect(lag.lags.every((late) => late === 0)).toBe(true);
    await end();
  });

  it('a failed renewal keeps the lock until its window ends, and the next one saves it', async () => {
    const { clock, locks, keeper, lost, keepRenewing } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    const end = keepRenewing();
    locks.failures.next('renew', 3);
    await clock.advance(3 * renewMs);
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    await clock.advance(renewMs);
    await clock.advance(TRUSTED_MS - 1);
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    locks.failures.next('renew', 100);
    await clock.advance(TRUSTED_MS);
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
    expect(lost).toEqual([]);
    await end();
  });

  it('tells of a lock that was lost, and forgets it', async () => {
    const { clock, locks, keeper, lost, keepRenewing } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    const end = keepRenewing();
    locks.locks.set(SYMBOL, { workerId: 'other', fence: 2, expiresAt: Infinity });
    await clock.advance(renewMs);
    expect(lost).toEqual([SYMBOL]);
    expect(keeper.holds(SYMBOL)).toBe(false);
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
    await end();
  });

  it('does not miss a lock that was given up while the renewal was on its way', async () => {
    const { clock, locks, keeper, lost, keepRenewing } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    const renew = locks.renew.bind(locks);
    locks.renew = async (request) => {
      await clock.sleep(100);
      return await renew(request);
    };
    const end = keepRenewing();
    await clock.advance(renewMs + 50);
    expect(await keeper.release(SYMBOL, 'sold')).toBe('RELEASED');
    await clock.advance(100);
    expect(lost).toEqual([]);
    await end();
  });

  it('does not miss a lock whose release began while the renewal was on its way', async () => {
    const { clock, locks, keeper, lost, keepRenewing } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    const { release, renew } = {
      release: locks.release.bind(locks),
      renew: locks.renew.bind(locks),
    };
    locks.renew = async (request) => {
      await clock.sleep(100);
      return await renew(request);
    };
    locks.release = async (request) => {
      const result = await release(request);
      await clock.sleep(200);
      return result;
    };
    const end = keepRenewing();
    await clock.advance(renewMs + 50);
    const releasing = keeper.release(SYMBOL, 'sold');
    await clock.advance(300);
    expect(await releasing).toBe('RELEASED');
    expect(lost).toEqual([]);
    await end();
  });

  it('does not miss a lock whose release is on its way', async () => {
    const { clock, locks, keeper, lost, keepRenewing } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    const release = locks.release.bind(locks);
    locks.release = async (request) => {
      const result = await release(request);
      await clock.sleep(2 * renewMs);
      return result;
    };
    const end = keepRenewing();
    const releasing = keeper.release(SYMBOL, 'sold');
    expect(keeper.fenceOf(SYMBOL)).toBeUndefined();
    await clock.advance(2 * renewMs);
    expect(await releasing).toBe('RELEASED');
    expect(lost).toEqual([]);
    await end();
  });
});

describe('letting go', () => {
  it('releases a flat stock, and nothing it does not hold', async () => {
    const { events, locks, keeper } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    expect(await keeper.release(SYMBOL, 'sold')).toBe('RELEASED');
    expect(await keeper.release(SYMBOL, 'sold')).toBe('NOT_OWNER');
    expect(locks.locks.size).toBe(0);
    expect(events.types().at(-1)).toBe('LockReleasedEvent');
  });

  it('keeps a stock that is not flat, still trusted, until it is abandoned', async () => {
    const { locks, keeper } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    locks.isOrphan = () => true;
    expect(await keeper.release(SYMBOL, 'stop')).toBe('NOT_FLAT');
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    await keeper.abandon(SYMBOL, 'handed over');
    expect(keeper.holds(SYMBOL)).toBe(false);
    expect(locks.locks.size).toBe(0);
    await keeper.abandon(SYMBOL, 'again');
  });

  it('holds on when the request failed, so that it can be repeated', async () => {
    const { locks, keeper } = setUp();
    await keeper.acquire(SYMBOL, 'ENTRY');
    locks.failures.next('release');
    await expect(keeper.release(SYMBOL, 'sold')).rejects.toThrow('release failed');
    expect(keeper.fenceOf(SYMBOL)).toBe(1);
    locks.failures.next('abandon');
    await expect(keeper.abandon(SYMBOL, 'stop')).rejects.toThrow('abandon failed');
    expect(await keeper.release(SYMBOL, 'sold')).toBe('RELEASED');
  });
});
