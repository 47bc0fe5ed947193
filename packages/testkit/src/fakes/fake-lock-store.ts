import type {
  ClaimRefusal,
  ClaimResult,
  Clock,
  LockStore,
  ReapedWorker,
  ReleaseResult,
} from '@fleet/service-layer';
import { Failures } from './failures.ts';
import type { FakeEventStore } from './fake-event-store.ts';

export interface FakeLock {
  readonly workerId: string;
  readonly fence: number;
  readonly expiresAt: number;
}

type ReleaseRequest = Parameters<LockStore['release']>[0];

/** Stock locks in a map, judged by the given clock; refuses what the port says it refuses. */
export class FakeLockStore implements LockStore {
  readonly failures = new Failures();
  readonly locks = new Map<string, FakeLock>();
  readonly frozen = new Set<string>();
  /** Workers that were reaped. */
  readonly exited = new Set<string>();
  /** A position or an open order of ours. */
  isOrphan: (symbol: string) => boolean = () => false;
  /** Stocks with either, for `getOrphans`. */
  busyStocks: () => readonly string[] = () => [];
  readonly #fences = new Map<string, number>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events: FakeEventStore;

  constructor(clock: Pick<Clock, 'now'>, events: FakeEventStore) {
    this.#clock = clock;
    this.#events = events;
  }

  async claim(request: Parameters<LockStore['claim']>[0]): Promise<ClaimResult> {
    this.failures.throwIfDue('claim');
    const { symbol, workerId, ttlMs, marketAt } = request;
    const lock = this.locks.get(symbol);
    const orphan = this.isOrphan(symbol);
    const reason = this.#refusal(request, lock, orphan);
    if (reason) {
      this.#write('LockRejectedEvent', { symbol, workerId, marketAt }, { reason });
      return { granted: false, reason, heldBy: lock?.workerId };
    }
    const fence = (this.#fences.get(symbol) ?? 0) + 1;
    this.#fences.set(symbol, fence);
    this.locks.set(symbol, { workerId, fence, expiresAt: this.#clock.now() + ttlMs });
    this.#write('LockAcquiredEvent', { symbol, workerId, marketAt }, { fence, orphan });
    this.failures.throwIfDue('claim answer');
    return { granted: true, symbol, fence, orphan };
  }

  #refusal(
    { workerId, purpose, symbol, graceMs }: Parameters<LockStore['claim']>[0],
    lock: FakeLock | undefined,
    orphan: boolean,
  ): ClaimRefusal | undefined {
    const now = this.#clock.now();
    if (this.exited.has(workerId)) return 'EXITED';
    if (this.frozen.has(symbol)) return 'FROZEN';
    if (lock?.workerId === workerId) return undefined;
    if (lock && lock.expiresAt > now) return 'HELD';
    if (lock && lock.expiresAt + graceMs > now) return 'GRACE';
    return purpose === 'ADOPTION' && !orphan ? 'NOT_ORPHAN' : undefined;
  }

  async renew(request: Parameters<LockStore['renew']>[0]): Promise<readonly string[]> {
    this.failures.throwIfDue('renew');
    const { workerId, locks, ttlMs } = request;
    const now = this.#clock.now();
    const lost = locks.filter(({ symbol, fence }) => !this.owns(symbol, workerId, fence));
    for (const { symbol, fence } of locks) {
      if (!this.owns(symbol, workerId, fence)) continue;
      this.locks.set(symbol, { workerId, fence, expiresAt: now + ttlMs });
    }
    return lost.map(({ symbol }) => symbol);
  }

  /** Held at this fence and unexpired, which is what every write of an order checks. */
  owns(symbol: string, workerId: string, fence: number): boolean {
    const lock = this.locks.get(symbol);
    return (
      lock !== undefined &&
      lock.workerId === workerId &&
      lock.fence === fence &&
      lock.expiresAt > this.#clock.now()
    );
  }

  async release(request: ReleaseRequest): Promise<ReleaseResult> {
    this.failures.throwIfDue('release');
    return this.#end(request, true);
  }

  async abandon(request: ReleaseRequest): Promise<boolean> {
    this.failures.throwIfDue('abandon');
    return this.#end(request, false) === 'RELEASED';
  }

  #end(request: ReleaseRequest, needsFlat: boolean): ReleaseResult {
    const { symbol, workerId, fence, reason, marketAt } = request;
    const lock = this.locks.get(symbol);
    if (lock?.workerId !== workerId || lock.fence !== fence) return 'NOT_OWNER';
    if (needsFlat && this.isOrphan(symbol)) return 'NOT_FLAT';
    this.locks.delete(symbol);
    this.#write('LockReleasedEvent', { symbol, workerId, marketAt }, { reason });
    return 'RELEASED';
  }

  async getLockedSymbols(): Promise<readonly string[]> {
    return [...this.locks.keys()].toSorted();
  }

  async getOrphans(): Promise<readonly string[]> {
    this.failures.throwIfDue('getOrphans');
    return this.busyStocks().filter(
      (symbol) => !this.locks.has(symbol) && !this.frozen.has(symbol),
    );
  }

  async cleanUpExpired(request: { graceMs: number }): Promise<readonly ReapedWorker[]> {
    const ended = [...this.locks].filter(
      ([, { expiresAt }]) => expiresAt + request.graceMs <= this.#clock.now(),
    );
    const workers = new Set(ended.map(([, { workerId }]) => workerId));
    return [...workers].map((workerId) => this.#reap(workerId));
  }

  async reapDeadWorker({ workerId }: { workerId: string }): Promise<ReapedWorker> {
    return this.#reap(workerId);
  }

  #reap(workerId: string): ReapedWorker {
    const released = [...this.locks].filter(([, lock]) => lock.workerId === workerId);
    const releasedSymbols = released.map(([symbol]) => symbol);
    for (const symbol of releasedSymbols) this.locks.delete(symbol);
    this.exited.add(workerId);
    const orphanedSymbols = releasedSymbols.filter((symbol) => this.isOrphan(symbol));
    return { workerId, releasedSymbols, orphanedSymbols };
  }

  #write(
    type: string,
    about: { symbol: string; workerId: string; marketAt: number },
    payload: Record<string, unknown>,
  ): void {
    const level = type === 'LockRejectedEvent' ? 'WARN' : 'INFO';
    this.#events.write({ type, level, ...about, payload });
  }
}
