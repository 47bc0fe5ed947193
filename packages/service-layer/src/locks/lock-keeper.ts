import { isTrusted, openTrustWindow, type LockTiming, type TrustWindow } from '@fleet/domain';
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

  async acquire(symbol: string, purpose: ClaimPurpose): Promise<ClaimResult> {
    const { locks, workerId, timing, marketClock, log } = this.#deps;
    const asked = this.#instants();
    const result = await locks.claim({
      symbol,
      workerId,
      purpose,
      ttlMs: timing.ttlMs,
      graceMs: timing.graceMs,
      marketAt: marketClock.now(),
    });
    if (result.granted) {
      this.#held.set(symbol, { fence: result.fence, window: this.#windowFrom(asked) });
      const { fence, orphan } = result;
      log.info('LockAcquired', { symbol, workerId, fence, orphan, lockedAt: asked.wall });
    } else {
      log.warn('LockRejected', { symbol, workerId, reason: result.reason, heldBy: result.heldBy });
    }
    return result;
  }

  /** The fence while the lock may be trusted for sending; undefined once it may not. */
  fenceOf(symbol: string): number | undefined {
    const held = this.#held.get(symbol);
    return held && isTrusted(held.window, this.#instants()) ? held.fence : undefined;
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
    const marketAt = marketClock.now();
    const result = await locks.release({ symbol, workerId, fence: held.fence, marketAt, reason });
    if (result !== 'NOT_FLAT') this.#held.delete(symbol);
    log.info('LockReleased', { symbol, workerId, fence: held.fence, result, reason });
    return result;
  }

  /** Gives a stock up for adoption although it is not flat. */
  async abandon(symbol: string, reason: string): Promise<void> {
    const { locks, workerId, marketClock, log } = this.#deps;
    const held = this.#held.get(symbol);
    if (!held) return;
    this.#held.delete(symbol);
    await locks.abandon({
      symbol,
      workerId,
      fence: held.fence,
      marketAt: marketClock.now(),
      reason,
    });
    log.info('LockAbandoned', { symbol, workerId, fence: held.fence, reason });
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
      lag.record(clock.monotonicMs() - due);
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
    const mine = [...this.#held].map(([symbol, { fence }]) => ({ symbol, fence }));
    if (mine.length === 0) return [];
    const asked = this.#instants();
    const lost = await locks.renew({ workerId, locks: mine, ttlMs: timing.ttlMs });
    for (const { symbol, fence } of mine) {
      const still = this.#held.get(symbol)?.fence === fence;
      if (lost.includes(symbol)) {
        if (still) this.#held.delete(symbol);
        log.error('LockLost', { symbol, workerId, fence });
      } else if (still) {
        this.#held.set(symbol, { fence, window: this.#windowFrom(asked) });
      }
    }
    return lost;
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
