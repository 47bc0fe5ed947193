import { isTrusted, openTrustWindow, type TrustWindow } from '@fleet/domain';
import type {
  Clock,
  Lease,
  LeaseName,
  LeaseStore,
  Log,
  ProcessIdentity,
} from '@fleet/service-layer';

export interface LeaseKeeperDependencies {
  readonly name: LeaseName;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Unique to this process: name and boot. */
  readonly holder: string;
  readonly process: ProcessIdentity;
  readonly judgeProcess: (identity: ProcessIdentity) => 'alive' | 'dead' | 'unknown';
  /** Real ms. */
  readonly ttlMs: number;
  readonly renewMs: number;
  readonly marginMs: number;
}

const TAKE_RETRY_MS = 250;
/** A renewal that failed is tried again this soon. */
const RENEW_RETRY_MS = 500;

/**
 * Holds a service's lease. It is trusted from before the request that granted it, less a margin, on
 * two clocks; after that this process must act for nobody, whatever the database says.
 */
export class LeaseKeeper {
  readonly #deps: LeaseKeeperDependencies;
  #lease: Lease | undefined;
  #window: TrustWindow | undefined;

  constructor(deps: LeaseKeeperDependencies) {
    this.#deps = deps;
  }

  get term(): number | undefined {
    return this.#lease?.term;
  }

  isTrusted(): boolean {
    return this.#window !== undefined && isTrusted(this.#window, this.#instants());
  }

  /**
   * Waits until the lease is ours. A holder whose process is proved dead is passed over at once.
   * @throws the signal's reason, or what the store throws
   */
  async take(signal: AbortSignal): Promise<void> {
    const { leases, name, holder, process, ttlMs, clock, log } = this.#deps;
    for (let attempt = 1; ; attempt += 1) {
      const deadTerm = await this.#deadTerm();
      const asked = this.#instants();
      const lease = await leases.acquire({
        name,
        holder,
        process,
        ttlMs,
        ...(deadTerm === undefined ? {} : { deadTerm }),
      });
      if (lease) {
        this.#lease = lease;
        this.#window = this.#windowFrom(asked);
        log.info('LeaseTaken', { name, term: lease.term, holder });
        return;
      }
      if (attempt === 1) log.warn('LeaseHeldByAnother', { name });
      await clock.sleep(TAKE_RETRY_MS, signal);
    }
  }

  /** Renews until the signal aborts (`stopped`) or the lease is not ours any more (`lost`). */
  async keep(signal: AbortSignal): Promise<'stopped' | 'lost'> {
    let pause = this.#deps.renewMs;
    for (;;) {
      await this.#deps.clock.sleep(pause, signal).catch(() => undefined);
      if (signal.aborted) return 'stopped';
      const renewed = await this.#renewInTime(signal);
      if (renewed === 'lost') return 'lost';
      pause = renewed === 'failed' ? RENEW_RETRY_MS : this.#deps.renewMs;
    }
  }

  /** Harmless when it is not held. */
  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#window = undefined;
    if (lease) await this.#deps.leases.release(lease);
  }

  async #deadTerm(): Promise<number | undefined> {
    const known = await this.#deps.leases.read(this.#deps.name);
    if (!known || known.expired) return undefined;
    return this.#deps.judgeProcess(known.process) === 'dead' ? known.lease.term : undefined;
  }

  /** A database that does not answer costs the lease when the trust in it ends. */
  async #renewInTime(signal: AbortSignal): Promise<'renewed' | 'failed' | 'lost'> {
    const answered = new AbortController();
    const left = this.#trustLeftMs();
    const tooLate = this.#deps.clock
      .sleep(left, AbortSignal.any([signal, answered.signal]))
      .then(() => 'lost' as const)
      .catch(() => 'failed' as const);
    const result = await Promise.race([this.#renew(), tooLate]);
    answered.abort();
    return this.isTrusted() || signal.aborted ? result : 'lost';
  }

  async #renew(): Promise<'renewed' | 'failed' | 'lost'> {
    const { leases, ttlMs, log, name } = this.#deps;
    if (!this.#lease) return 'lost';
    const asked = this.#instants();
    try {
      if (!(await leases.renew(this.#lease, ttlMs))) return 'lost';
      this.#window = this.#windowFrom(asked);
      return 'renewed';
    } catch (error) {
      // Still ours as far as we know; the trust window decides how long that may be believed.
      log.warn('LeaseNotRenewed', { name, error });
      return 'failed';
    }
  }

  #trustLeftMs(): number {
    const { wall, monotonic } = this.#instants();
    if (!this.#window) return 0;
    const { trustedUntilWall, trustedUntilMonotonic } = this.#window;
    return Math.max(0, Math.min(trustedUntilWall - wall, trustedUntilMonotonic - monotonic));
  }

  #windowFrom(asked: { wall: number; monotonic: number }): TrustWindow {
    const { ttlMs, marginMs } = this.#deps;
    return openTrustWindow({
      requestedAtWall: asked.wall,
      requestedAtMonotonic: asked.monotonic,
      ttlMs,
      marginMs,
    });
  }

  #instants(): { wall: number; monotonic: number } {
    const { clock } = this.#deps;
    return { wall: clock.now(), monotonic: clock.monotonicMs() };
  }
}
