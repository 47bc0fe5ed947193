import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ReconnectDelay } from './reconnect-delay.ts';

/** What happens to one session after the other: how long it lived, or that we left it in order. */
const fate = fc.oneof(
  fc.record({ kind: fc.constant('failed' as const), livedMs: fc.nat(200_000) }),
  fc.record({ kind: fc.constant('failed' as const), livedMs: fc.nat(5_000) }),
  fc.record({ kind: fc.constant('left' as const), livedMs: fc.nat(200_000) }),
);

/** Instants at which sessions are opened by a feed that never waits longer than it must. */
function openings(fates: readonly { kind: 'failed' | 'left'; livedMs: number }[]) {
  const delay = new ReconnectDelay();
  let now = 0;
  return fates.map(({ kind, livedMs }) => {
    now = Math.max(now, delay.notBefore);
    const openedAt = now;
    now += livedMs;
    if (kind === 'left') delay.left();
    else delay.failed(livedMs, now);
    return { openedAt, endedAt: now, kind, livedMs, waitMs: delay.notBefore - now };
  });
}

describe('reconnecting', () => {
  it('never comes sooner than 15 s and never later than 5 min after a session that KIS ended', () => {
    fc.assert(
      fc.property(fc.array(fate, { minLength: 1, maxLength: 60 }), (fates) => {
        for (const { kind, waitMs } of openings(fates)) {
          if (kind === 'left') continue;
          expect(waitMs).toBeGreaterThanOrEqual(15_000);
          expect(waitMs).toBeLessThanOrEqual(300_000);
        }
      }),
    );
  });

  it('waits longer each time a session does not hold, until one has lived a minute', () => {
    fc.assert(
      fc.property(fc.array(fate, { minLength: 2, maxLength: 60 }), (fates) => {
        const sessions = openings(fates);
        for (const [index, session] of sessions.entries()) {
          const before = sessions[index - 1];
          if (before === undefined || before.kind === 'left' || session.kind === 'left') continue;
          const isHealthy = session.livedMs >= 60_000;
          const expected = isHealthy ? 15_000 : Math.min(before.waitMs * 2, 300_000);
          expect(session.waitMs).toBe(expected);
        }
      }),
    );
  });

  it('is no storm: at most one attempt in any 15 s, ten in any half hour of refusals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 5, maxLength: 60 }), (lives) => {
        const refused = lives.map((livedMs) => ({ kind: 'failed' as const, livedMs }));
        const opened = openings(refused).map(({ openedAt }) => openedAt);
        for (const at of opened) {
          const within = (ms: number) =>
            opened.filter((other) => other >= at && other < at + ms).length;
          expect(within(15_000)).toBe(1);
          expect(within(30 * 60_000)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('comes back at once after an orderly end', () => {
    const delay = new ReconnectDelay();
    delay.failed(0, 1_000);
    delay.failed(0, 16_000);
    expect(delay.notBefore).toBe(46_000);
    delay.left();
    expect(delay.notBefore).toBe(Number.NEGATIVE_INFINITY);
  });
});
