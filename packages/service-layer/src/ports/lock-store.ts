/** A granted stock lock. `fence` only grows per symbol; every write and send carries it. */
export interface GrantedLock {
  readonly symbol: string;
  readonly fence: number;
  /** True when a position or an order of a dead owner came with it: the claim is an adoption. */
  readonly orphan: boolean;
}

export type ClaimRefusal =
  /** Somebody holds it. */
  | 'HELD'
  /** Expired, but the takeover waits the grace so that the old owner's last packet has landed. */
  | 'GRACE'
  /** An order of the stock is marked and unanswered, and its bytes may still be leaving. */
  | 'IN_FLIGHT'
  /** The row itself was busy for longer than the lock timeout. */
  | 'BUSY'
  /** Its orders are ambiguous: a person decides (DESIGN section 8.4). */
  | 'FROZEN'
  /** ADOPTION only: nothing of ours is left in it. */
  | 'NOT_ORPHAN'
  /** The claiming worker has been reaped: it must stop. */
  | 'EXITED';

export type ClaimResult =
  | ({ readonly granted: true } & GrantedLock)
  | { readonly granted: false; readonly reason: ClaimRefusal; readonly heldBy: string | undefined };

/** Why a claim is made: a free worker may take only what its purpose names. */
export type ClaimPurpose = 'ENTRY' | 'ADOPTION';

export type ReleaseResult = 'RELEASED' | 'NOT_OWNER' | 'NOT_FLAT';

/** What a dead worker left behind. */
export interface ReapedWorker {
  readonly workerId: string;
  /** Symbols whose locks were removed. */
  readonly releasedSymbols: readonly string[];
  /** Those of them that still have an open order or a position: free workers adopt them. */
  readonly orphanedSymbols: readonly string[];
}

/**
 * Stock locks (worker plan 1.3, DESIGN section 7). All instants are judged by the database's
 * `clock_timestamp()`; `marketAt` is only recorded. Each change writes its event in the same
 * transaction. Rejected claims record LockRejectedEvent.
 */
export interface LockStore {
  /**
   * One round trip. ENTRY takes a flat, free stock; ADOPTION an orphan.
   * An ENTRY claim that meets an orphan grants it with `orphan: true` (to claim an orphan is to adopt it).
   */
  claim(request: {
    symbol: string;
    workerId: string;
    purpose: ClaimPurpose;
    ttlMs: number;
    graceMs: number;
    marketAt: number;
  }): Promise<ClaimResult>;
  /** One statement for all of a worker's locks, on a connection of its own; returns the symbols that are lost. */
  renew(request: {
    workerId: string;
    locks: readonly { symbol: string; fence: number }[];
    ttlMs: number;
  }): Promise<readonly string[]>;
  /** Only when flat and without an open order. */
  release(request: {
    symbol: string;
    workerId: string;
    fence: number;
    marketAt: number;
    reason: string;
  }): Promise<ReleaseResult>;
  /** Gives a held stock up although it is not flat, for adoption (a worker told to stop). */
  abandon(request: {
    symbol: string;
    workerId: string;
    fence: number;
    marketAt: number;
    reason: string;
  }): Promise<boolean>;
  getLockedSymbols(): Promise<readonly string[]>;
  /** Stocks with a position or an open order of ours and no lock, none of their orders in flight. */
  getOrphans(graceMs: number): Promise<readonly string[]>;
  /** SC-009: removes expired locks (after grace), sets their workers to EXIT. Fenced by the supervisor's term. */
  cleanUpExpired(request: {
    term: number;
    graceMs: number;
    marketAt: number;
  }): Promise<readonly ReapedWorker[]>;
  /** The death is proved (child exit; or boot id, pid and start time): no TTL, no grace. */
  reapDeadWorker(request: {
    term: number;
    workerId: string;
    proof: string;
    marketAt: number;
  }): Promise<ReapedWorker>;
}
