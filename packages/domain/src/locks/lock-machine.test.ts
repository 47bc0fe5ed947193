import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { IllegalTransitionError, InvariantViolation } from '../errors.ts';
import { LOCK_TRANSITIONS, transitionLock } from './lock-machine.ts';
import type { StockLock, StockLockEvent, StockLockState } from './lock-machine.ts';

const LOCKS: Readonly<Record<StockLockState, StockLock>> = {
  FREE: { state: 'FREE', fence: 7 },
  HELD: { state: 'HELD', fence: 7, workerId: 'a' },
  GRACE: { state: 'GRACE', fence: 7, workerId: 'a' },
  ORPHAN: { state: 'ORPHAN', fence: 7 },
};
const STATES = ['FREE', 'HELD', 'GRACE', 'ORPHAN'] as const;
const owner = { workerId: 'a', fence: 7 };

const EVENTS: Readonly<Record<string, StockLockEvent>> = {
  CLAIMED: { type: 'CLAIMED', workerId: 'b', fence: 8 },
  RENEWED: { type: 'RENEWED', ...owner },
  'RELEASED flat': { type: 'RELEASED', ...owner, flat: true },
  'ABANDONED flat': { type: 'ABANDONED', ...owner, flat: true },
  'ABANDONED held': { type: 'ABANDONED', ...owner, flat: false },
  EXPIRED: { type: 'EXPIRED' },
  'GRACE_ENDED flat': { type: 'GRACE_ENDED', flat: true },
  'GRACE_ENDED held': { type: 'GRACE_ENDED', flat: false },
  'PROVED_DEAD flat': { type: 'PROVED_DEAD', flat: true },
  'PROVED_DEAD held': { type: 'PROVED_DEAD', flat: false },
  FLATTENED: { type: 'FLATTENED' },
};

const x = undefined;
/** Columns as STATES. */
const EXPECTED: Readonly<Record<string, readonly (StockLockState | undefined)[]>> = {
  CLAIMED: ['HELD', x, x, 'HELD'],
  RENEWED: [x, 'HELD', x, x],
  'RELEASED flat': [x, 'FREE', x, x],
  'ABANDONED flat': [x, 'FREE', x, x],
  'ABANDONED held': [x, 'ORPHAN', x, x],
  EXPIRED: [x, 'GRACE', x, x],
  'GRACE_ENDED flat': [x, x, 'FREE', x],
  'GRACE_ENDED held': [x, x, 'ORPHAN', x],
  'PROVED_DEAD flat': [x, 'FREE', 'FREE', x],
  'PROVED_DEAD held': [x, 'ORPHAN', 'ORPHAN', x],
  FLATTENED: [x, x, x, 'FREE'],
};

describe('stock lock machine (SC-003, SC-004, SC-009)', () => {
  for (const [name, event] of Object.entries(EVENTS)) {
    STATES.forEach((state, column) => {
      const expected = EXPECTED[name]![column];
      it(`${state} + ${name} -> ${expected ?? 'illegal'}`, () => {
        expect(nextOf(LOCKS[state], event)).toBe(expected);
      });
    });
  }

  it('lists no pair that comes to nothing', () => {
    for (const state of STATES) {
      for (const [type, listed] of Object.entries(LOCK_TRANSITIONS[state])) {
        const reached = Object.values(EVENTS)
          .filter((event) => event.type === type)
          .flatMap((event) => nextOf(LOCKS[state], event) ?? []);
        expect(reached.toSorted()).toEqual(listed.toSorted());
      }
    }
  });

  it('gives the new owner and fence to a claim', () => {
    expect(transitionLock(LOCKS.ORPHAN, EVENTS['CLAIMED']!)).toEqual({
      state: 'HELD',
      fence: 8,
      workerId: 'b',
    });
  });

  it.each([7, 6])('refuses fence %i after 7', (fence) => {
    const claim: StockLockEvent = { type: 'CLAIMED', workerId: 'b', fence };
    expect(() => transitionLock(LOCKS.FREE, claim)).toThrow(InvariantViolation);
  });

  it('refuses to release a stock that is not flat', () => {
    const release: StockLockEvent = { type: 'RELEASED', ...owner, flat: false };
    expect(() => transitionLock(LOCKS.HELD, release)).toThrow('not flat');
  });

  it.each([
    ['another worker', { workerId: 'b', fence: 7 }],
    ['an older fence', { workerId: 'a', fence: 6 }],
  ])('lets %s neither renew, release nor abandon', (_who, who) => {
    for (const event of [
      { type: 'RENEWED', ...who },
      { type: 'RELEASED', ...who, flat: true },
      { type: 'ABANDONED', ...who, flat: false },
    ] as const) {
      expect(() => transitionLock(LOCKS.HELD, event)).toThrow(IllegalTransitionError);
    }
  });

  it('never lowers a fence and never keeps an owner that it does not hold, whatever is tried', () => {
    const attempts = fc.array(
      fc.oneof(
        fc.record({
          type: fc.constantFrom('CLAIMED' as const),
          workerId: fc.constantFrom('a', 'b'),
          fence: fc.integer({ min: 1, max: 12 }),
        }),
        fc.record({
          type: fc.constantFrom('RENEWED' as const, 'RELEASED' as const, 'ABANDONED' as const),
          workerId: fc.constantFrom('a', 'b'),
          fence: fc.integer({ min: 1, max: 12 }),
          flat: fc.boolean(),
        }),
        fc.record({
          type: fc.constantFrom('GRACE_ENDED' as const, 'PROVED_DEAD' as const),
          flat: fc.boolean(),
        }),
        fc.record({ type: fc.constantFrom('EXPIRED' as const, 'FLATTENED' as const) }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(attempts, (events) => {
        let lock: StockLock = { state: 'FREE', fence: 0 };
        for (const event of events) {
          const before = lock;
          lock = triedOn(lock, event);
          expect(lock.fence).toBeGreaterThanOrEqual(before.fence);
          const claimed = before.state !== 'HELD' && lock.state === 'HELD';
          expect(lock.fence > before.fence).toBe(claimed);
        }
      }),
    );
  });
});

/** The lock as it is when the event is refused; any other error is a failure. */
function triedOn(lock: StockLock, event: StockLockEvent): StockLock {
  try {
    return transitionLock(lock, event);
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    return lock;
  }
}

/** Undefined when illegal, or when the table does not list what came out. */
function nextOf(lock: StockLock, event: StockLockEvent): StockLockState | undefined {
  const listed = LOCK_TRANSITIONS[lock.state][event.type];
  try {
    const { state } = transitionLock(lock, event);
    return listed?.includes(state) === true ? state : undefined;
  } catch (error) {
    if (!(error instanceof IllegalTransitionError)) throw error;
    return undefined;
  }
}
