import {
  isTrusted,
  openTrustWindow,
  WorkerTerminationError,
  type LockTiming,
  type TrustWindow,
} from '@fleet/domain';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { LockStore, ClaimPurpose, ClaimResult, ReleaseResult } from '../ports/lock-store.ts';
import type { LagRecorder, Log } from '../ports/log.ts';

export interface LockKeeperDependencies {
  readonly workerId: string;
  readonly locks: LockStore;
  readonly timing: LockTiming;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly lag: LagRecorder;
  readonly log: Log;
}

interface HeldLock {
  readonly fence: number;
  /** Being given up: not sent under, not renewed, and not missed when a renewal does not find it. */
  readonly leaving?: boolean;
  readonly window: TrustWindow;
}

/**
 * One worker's stock locks: claims, renews, releases, and knows until when each may be trusted
 * (LockService of worker plan 1.3; DESIGN section 7). A lock is trusted from the instant before the
 * request that granted or renewed it, less a margin, on two clocks; after that nothing is sent,
 * whatever the database says.
 */
export class LockKeeper {
  readonly #deps: LockKeeperDependencies;
  readonly #held = new Map<string, HeldLock>();

  constructor(deps: LockKeeperDependencies) {
    this.#deps = deps;
  }

  /** @throws WorkerTerminationError when this worker has been reaped */
  async acquire(symbol: string, purpose: ClaimPurpose): Promise<ClaimResult> {
    const { workerId, log } = this.#deps;
    // A lost answer may have been a grant that nobody renews: asking again gives it a new fence.
    const { asked, result } = await this.#claim(symbol, purpose).catch((error: unknown) => {
      log.warn('LockClaimFailed', { symbol, workerId, error });
      return this.#claim(symbol, purpose);
    });
    if (result.granted) {
      this.#held.set(symbol, { fence: result.fence, window: this.#windowFrom(asked) });
      const { fence, orphan } = result;
      log.info('LockAcquired', { symbol, workerId, fence, orphan, lockedAt: asked.wall });
    } else {
      const { reason, heldBy } = result;
      log.warn('LockRejected', { symbol, workerId, reason, heldBy });
      if (reason === 'EXITED') throw new WorkerTerminationError(`worker ${workerId} was reaped`);
    }
    return result;
  }

  async #claim(
    symbol: string,
    purpose: ClaimPurpose,
  ): Promise<{ asked: { wall: number; monotonic: number }; result: ClaimResult }> {
    const { locks, workerId, timing, marketClock } = this.#deps;
    const { ttlMs, graceMs } = timing;
    const marketAt = marketClock.now();
    const asked = this.#instants();
    const result = await locks.claim({ symbol, workerId, purpose, ttlMs, graceMs, marketAt });
    return { asked, result };
  }

  /** The fence while the lock may be trusted for sending; undefined once it may not. */
  fenceOf(symbol: string): number | undefined {
    const held = this.#held.get(symbol);
    if (!held || held.leaving) return undefined;
    return isTrusted(held.window, this.#instants()) ? held.fence : undefined;
  }

  /** Not known to be lost; sending wants `fenceOf`. */
  holds(symbol: string): boolean {
    return this.#held.has(symbol);
  }

  heldSymbols(): readonly string[] {
    return [...this.#held.keys()];
  }

  async release(symbol: string, reason: string): Promise<ReleaseResult> {
    const { locks, workerId, marketClock, log } = this.#deps;
    const held = this.#held.get(symbol);
    if (!held) return 'NOT_OWNER';
    const { fence } = held;
    const marketAt = marketClock.now();
    const result = await this.#leaving(symbol, held, async () => {
      const answer = await locks.release({ symbol, workerId, fence, marketAt, reason });
      return { answer, gone: answer !== 'NOT_FLAT' };
    });
    log.info('LockReleased', { symbol, workerId, fence, result, reason });
    return result;
  }

  /** Gives a stock up for adoption although it is not flat. */
  async abandon(symbol: string, reason: string): Promise<void> {
    const { locks, workerId, marketClock, log } = this.#deps;
    const held = this.#held.get(symbol);
    if (!held) return;
    const { fence } = held;
    const marketAt = marketClock.now();
    await this.#leaving(symbol, held, async () => {
      const answer = await locks.abandon({ symbol, workerId, fence, marketAt, reason });
      return { answer, gone: true };
    });
    log.info('LockAbandoned', { symbol, workerId, fence, reason });
  }

  /** Held again as before when the request failed: it can be repeated, and is renewed meanwhile. */
  async #leaving<T>(
    symbol: string,
    held: HeldLock,
    work: () => Promise<{ answer: T; gone: boolean }>,
  ): Promise<T> {
    this.#held.set(symbol, { ...held, leaving: true });
    let gone = false;
    try {
      const result = await work();
      gone = result.gone;
      return result.answer;
    } finally {
      if (gone) this.#held.delete(symbol);
      else this.#held.set(symbol, held);
    }
  }

  /** Renews on a fixed schedule until the signal aborts; `onLost` names stocks that are not ours any more. */
  async keepRenewing(
    signal: AbortSignal,
    onLost: (symbols: readonly string[]) => void,
  ): Promise<void> {
    const { clock, timing, lag, log } = this.#deps;
    let due = clock.monotonicMs() + timing.renewMs;
    while (!signal.aborted) {
      await clock.sleep(Math.max(0, due - clock.monotonicMs()), signal).catch(() => undefined);
      if (signal.aborted) return;
      lag.record(Math.max(0, clock.monotonicMs() - due));
      try {
        const lost = await this.#renew();
        if (lost.length > 0) onLost(lost);
      } catch (error) {
        // True now: unknown whether renewed. The trust window runs out by itself; the next beat asks again.
        log.warn('LockRenewalFailed', { error });
      }
      due = Math.max(due + timing.renewMs, clock.monotonicMs());
    }
  }

  async #renew(): Promise<readonly string[]> {
    const { locks, workerId, timing, log } = this.#deps;
    const mine = [...this.#held]
      .filter(([, { leaving }]) => !leaving)
      .map(([symbol, { fence }]) => ({ symbol, fence }));
    if (mine.length === 0) return [];
    const asked = this.#instants();
    const missing = await locks.renew({ workerId, locks: mine, ttlMs: timing.ttlMs });
    // What was given up (or claimed anew) while the renewal was on its way is not lost.
    const kept = mine.filter(({ symbol, fence }) => this.#isKept(symbol, fence));
    const lost = kept.filter(({ symbol }) => missing.includes(symbol));
    for (const { symbol, fence } of lost) {
      this.#held.delete(symbol);
      log.error('LockLost', { symbol, workerId, fence });
    }
    const window = this.#windowFrom(asked);
    for (const { symbol, fence } of kept) {
      if (this.#held.has(symbol)) this.#held.set(symbol, { fence, window });
    }
    return lost.map(({ symbol }) => symbol);
  }

  #isKept(symbol: string, fence: number): boolean {
    const held = this.#held.get(symbol);
    return held !== undefined && held.fence === fence && !held.leaving;
  }

  #instants(): { wall: number; monotonic: number } {
    return { wall: this.#deps.clock.now(), monotonic: this.#deps.clock.monotonicMs() };
  }

  #windowFrom(asked: { wall: number; monotonic: number }): TrustWindow {
    const { ttlMs, marginMs } = this.#deps.timing;
    return openTrustWindow({
      requestedAtWall: asked.wall,
      requestedAtMonotonic: asked.monotonic,
      ttlMs,
      marginMs,
    });
  }
}
