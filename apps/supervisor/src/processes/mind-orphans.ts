import type { Clock, LockStore, Log, WorkerStore } from '@fleet/service-layer';

export interface MindOrphansDependencies {
  readonly locks: LockStore;
  readonly graceMs: number;
  readonly workers: WorkerStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Free workers get so long to adopt before another worker is started for it, real ms. */
const ADOPTION_PATIENCE_MS = 10_000;

/** How many workers more than asked for are needed so that no orphaned position waits. */
export class OrphanMinder {
  readonly #deps: MindOrphansDependencies;
  #waitingSince: number | undefined;
  #extra = 0;

  constructor(deps: MindOrphansDependencies) {
    this.#deps = deps;
  }

  async extraWorkers(): Promise<number> {
    const { locks, graceMs, workers, clock, log } = this.#deps;
    const orphans = await locks.getOrphans(graceMs);
    if (orphans.length === 0) {
      this.#waitingSince = undefined;
      return this.#extra;
    }
    const now = clock.monotonicMs();
    this.#waitingSince ??= now;
    const living = await workers.getLiving();
    const someoneFree = living.some((worker) => worker.status !== 'HOLD');
    if (someoneFree || now - this.#waitingSince < ADOPTION_PATIENCE_MS) return this.#extra;
    this.#extra += 1;
    this.#waitingSince = now;
    log.warn('WorkerAddedForOrphans', { orphans, extraWorkers: this.#extra });
    return this.#extra;
  }
}
