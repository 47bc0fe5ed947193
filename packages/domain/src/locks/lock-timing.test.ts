import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { checkLockTiming, DEFAULT_LOCK_TIMING, type LockTiming } from './lock-timing.ts';
import { isTrusted, openTrustWindow } from './trust-window.ts';

function problemsWith(change: Partial<LockTiming>): string {
  return checkLockTiming({ ...DEFAULT_LOCK_TIMING, ...change }).join('; ');
}

describe('lock timing', () => {
  it('is sound by default', () => {
    expect(checkLockTiming(DEFAULT_LOCK_TIMING)).toEqual([]);
  });

  it.each([
    ['graceMs', { graceMs: 3_999 }, { graceMs: 4_000 }],
    ['marginMs', { marginMs: 3_000 }, { marginMs: 3_001 }],
    ['ttlMs', { ttlMs: 12_999 }, { ttlMs: 13_000 }],
    ['renewMs', { renewMs: 3_667 }, { renewMs: 3_666 }],
  ] as const)('refuses a %s one step over its limit and takes the limit', (_name, bad, good) => {
    expect(checkLockTiming({ ...DEFAULT_LOCK_TIMING, ...bad })).toHaveLength(1);
    expect(problemsWith(good)).toBe('');
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %p ms', (value) => {
    expect(problemsWith({ ttlMs: value })).toContain('ttlMs must be a positive whole number');
  });

  it('tells every contradiction at once', () => {
    expect(
      checkLockTiming({ ...DEFAULT_LOCK_TIMING, graceMs: 1, marginMs: 1, ttlMs: 1 }),
    ).toHaveLength(3);
  });
});

describe('trust window', () => {
  const window = openTrustWindow({
    requestedAtWall: 1_000_000,
    requestedAtMonotonic: 500,
    ttlMs: 15_000,
    marginMs: 4_000,
  });

  it('ends ttl - margin after the request, on the moment itself', () => {
    expect(isTrusted(window, { wall: 1_010_999, monotonic: 11_499 })).toBe(true);
    expect(isTrusted(window, { wall: 1_011_000, monotonic: 11_499 })).toBe(false);
    expect(isTrusted(window, { wall: 1_010_999, monotonic: 11_500 })).toBe(false);
  });

  it('believes the wall clock after a suspend and the monotonic one after a step back', () => {
    expect(isTrusted(window, { wall: 1_600_000, monotonic: 501 })).toBe(false);
    expect(isTrusted(window, { wall: 900_000, monotonic: 20_000 })).toBe(false);
  });

  it('ends before a takeover can send, for every timing that is accepted', () => {
    fc.assert(
      fc.property(
        fc.record({
          ttlMs: fc.integer({ min: 1, max: 60_000 }),
          renewMs: fc.integer({ min: 1, max: 10_000 }),
          marginMs: fc.integer({ min: 1, max: 20_000 }),
          sendDeadlineMs: fc.integer({ min: 1, max: 10_000 }),
          graceMs: fc.integer({ min: 1, max: 20_000 }),
        }),
        fc.integer({ min: 0, max: 5_000 }),
        (timing, requestDelay) => {
          fc.pre(checkLockTiming(timing).length === 0);
          const trusted = openTrustWindow({
            requestedAtWall: 0,
            requestedAtMonotonic: 0,
            ttlMs: timing.ttlMs,
            marginMs: timing.marginMs,
          });
          // The last moment at which a packet decided upon in trust may leave, and the takeover.
          const lastByte = trusted.trustedUntilMonotonic + timing.sendDeadlineMs;
          const takeover = requestDelay + timing.ttlMs + timing.graceMs;
          expect(lastByte).toBeLessThan(requestDelay + timing.ttlMs);
          expect(takeover - lastByte).toBeGreaterThan(timing.sendDeadlineMs);
        },
      ),
      { numRuns: 300 },
    );
  });
});
