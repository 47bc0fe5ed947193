import { IllegalTransitionError, InvariantViolation } from '../errors.ts';

/**
 * A stock's ownership. `fence` is the last one given out and only grows.
 * GRACE: expired, but the old owner's last packet may still be on its way.
 * ORPHAN: nobody holds it although it has a position or an open order of ours.
 */
export type StockLock =
  | { readonly state: 'FREE'; readonly fence: number }
  | { readonly state: 'HELD'; readonly fence: number; readonly workerId: string }
  | { readonly state: 'GRACE'; readonly fence: number; readonly workerId: string }
  | { readonly state: 'ORPHAN'; readonly fence: number };

export type StockLockState = StockLock['state'];

/** `flat`: without a position and without an open order of ours. */
export type StockLockEvent =
  | { readonly type: 'CLAIMED'; readonly workerId: string; readonly fence: number }
  | { readonly type: 'RENEWED'; readonly workerId: string; readonly fence: number }
  | {
      readonly type: 'RELEASED';
      readonly workerId: string;
      readonly fence: number;
      readonly flat: boolean;
    }
  | {
      readonly type: 'ABANDONED';
      readonly workerId: string;
      readonly fence: number;
      readonly flat: boolean;
    }
  | { readonly type: 'EXPIRED' }
  | { readonly type: 'GRACE_ENDED'; readonly flat: boolean }
  | { readonly type: 'PROVED_DEAD'; readonly flat: boolean }
  /** The orphan's orders ended and its shares are gone without anybody adopting it. */
  | { readonly type: 'FLATTENED' };

export type StockLockEventType = StockLockEvent['type'];

/** A pair that is not here is illegal: a claim of a held stock, a renewal after the expiry. */
export const LOCK_TRANSITIONS: Readonly<
  Record<StockLockState, Readonly<Partial<Record<StockLockEventType, readonly StockLockState[]>>>>
> = {
  FREE: { CLAIMED: ['HELD'] },
  HELD: {
    RENEWED: ['HELD'],
    RELEASED: ['FREE'],
    ABANDONED: ['FREE', 'ORPHAN'],
    EXPIRED: ['GRACE'],
    PROVED_DEAD: ['FREE', 'ORPHAN'],
  },
  GRACE: { GRACE_ENDED: ['FREE', 'ORPHAN'], PROVED_DEAD: ['FREE', 'ORPHAN'] },
  // To claim an orphan is to adopt it.
  ORPHAN: { CLAIMED: ['HELD'], FLATTENED: ['FREE'] },
};

/**
 * @throws IllegalTransitionError on a pair outside the table or another owner's event
 * @throws InvariantViolation when a fence does not grow or a stock is released that is not flat
 */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, the compiler checks it
export function transitionLock(lock: StockLock, event: StockLockEvent): StockLock {
  if (LOCK_TRANSITIONS[lock.state][event.type] === undefined) throw illegal(lock, event);
  switch (event.type) {
    case 'CLAIMED':
      if (event.fence <= lock.fence) {
        throw new InvariantViolation('a fence only grows', {
          last: lock.fence,
          given: event.fence,
        });
      }
      return { state: 'HELD', fence: event.fence, workerId: event.workerId };
    case 'RENEWED':
      requireOwner(lock, event);
      return lock;
    case 'RELEASED':
      requireOwner(lock, event);
      if (!event.flat) {
        throw new InvariantViolation('released although not flat', { fence: lock.fence });
      }
      return { state: 'FREE', fence: lock.fence };
    case 'ABANDONED':
      requireOwner(lock, event);
      return ownerless(lock, event.flat);
    case 'EXPIRED':
      if (lock.state !== 'HELD') throw illegal(lock, event);
      return { ...lock, state: 'GRACE' };
    case 'GRACE_ENDED':
    case 'PROVED_DEAD':
      return ownerless(lock, event.flat);
    case 'FLATTENED':
      return { state: 'FREE', fence: lock.fence };
  }
}

function ownerless({ fence }: StockLock, flat: boolean): StockLock {
  return { state: flat ? 'FREE' : 'ORPHAN', fence };
}

function requireOwner(
  lock: StockLock,
  event: Extract<StockLockEvent, { workerId: string; fence: number }>,
): void {
  const isOwner =
    lock.state === 'HELD' && lock.workerId === event.workerId && lock.fence === event.fence;
  if (!isOwner) throw illegal(lock, event);
}

function illegal(lock: StockLock, event: StockLockEvent): IllegalTransitionError {
  return new IllegalTransitionError('stock lock', lock.state, event.type, { lock, event });
}
