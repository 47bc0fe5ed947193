import { describe, expect, it } from '@jest/globals';
import { checkHistory } from './check-history.ts';
import type { LockEvent } from './evidence.ts';
import { aGrant, aRelease } from './samples.ts';

const GRACE_MS = 100;

function kindsOf(
  locks: readonly LockEvent[],
  deaths: ReadonlyMap<number, number> = new Map(),
): readonly string[] {
  const starts = [{ workerId: 'w1', pid: 11 }];
  return checkHistory({ locks, starts, deaths, graceMs: GRACE_MS }).map(({ kind }) => kind);
}

describe('history of locks', () => {
  it('is sound when each owner lets go before the next is granted', () => {
    const next = aGrant({ fence: 2, workerId: 'w2', at: 2_000 });
    expect(kindsOf([aGrant(), aRelease(), next])).toEqual([]);
  });

  it.each([
    ['a fence that falls', aGrant({ fence: 1, workerId: 'w1', at: 3_000 }), 'FENCE_FELL'],
    ['two workers on one fence', aGrant({ workerId: 'w2', at: 3_000 }), 'FENCE_WITH_TWO_WORKERS'],
  ])('sees %s', (_what, next, kind) => {
    expect(kindsOf([aGrant(), aRelease(), next])).toContain(kind);
  });

  it('sees a grant while the last owner still had the stock', () => {
    const next = aGrant({ fence: 2, workerId: 'w2', at: 3_000 });
    expect(kindsOf([aGrant(), next])).toEqual(['GRANTED_TOO_EARLY']);
  });

  it.each([
    [2_099, ['GRANTED_TOO_EARLY']],
    [2_100, []],
  ])('a lock that expired at 2000 is followed at %i: %j', (at, kinds) => {
    const expired = aRelease({ reason: 'EXPIRED', expiredAt: 2_000, at });
    expect(kindsOf([aGrant(), expired, aGrant({ fence: 2, workerId: 'w2', at })])).toEqual(kinds);
  });

  it.each([
    ['nobody has seen dead', new Map(), ['DECLARED_DEAD_ALIVE']],
    ['was killed later', new Map([[11, 2_001]]), ['DECLARED_DEAD_ALIVE']],
    ['was killed before', new Map([[11, 1_999]]), []],
  ])('a death is proved of a worker that %s: %j', (_who, deaths, kinds) => {
    const locks = [aGrant(), aRelease({ reason: 'PROVED_DEAD' })];
    expect(kindsOf(locks, deaths)).toEqual(kinds);
  });

  it('keeps stocks apart', () => {
    expect(kindsOf([aGrant(), aGrant({ symbol: 'B', workerId: 'w2' })])).toEqual([]);
  });
});
