import type { FleetProcess, FleetProcesses } from './fleet-processes.ts';
import type {
  Clock,
  LockStore,
  Log,
  MarketClock,
  ProcessIdentity,
  WorkerStore,
} from '@fleet/service-layer';

export interface TendFleetDependencies {
  readonly processes: FleetProcesses;
  readonly workers: WorkerStore;
  readonly locks: LockStore;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly log: Log;
  readonly term: number;
  readonly graceMs: number;
  readonly isProvedDead: (process: ProcessIdentity) => boolean;
  /** Starts what is missing now. */
  readonly startMissing: () => Promise<void>;
  readonly onDeath: (process: FleetProcess) => void;
}

const LOOK_MS = 100;
/** Locks of workers on other hosts end by their TTL only. */
const SWEEP_EVERY = 10;

/**
 * Watches the fleet's processes and workers until the signal aborts: what dies is reaped (its locks go
 * at once, its stocks become orphans) and replaced; expired locks are swept (SC-009).
 */
export async function tendFleet(deps: TendFleetDependencies, signal: AbortSignal): Promise<void> {
  for (let looks = 0; !signal.aborted; looks += 1) {
    try {
      for (const dead of deps.processes.collectDead()) deps.onDeath(dead);
      await reapDeadWorkers(deps);
      if (looks % SWEEP_EVERY === 0) await sweepExpiredLocks(deps);
      await deps.startMissing();
    } catch (error) {
      // True now: something of the fleet was not tended this time; the next look is 100 ms away.
      deps.log.error('TendingFailed', { error });
    }
    await deps.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

/** Death on this host is proved by boot id, pid and start time: no TTL, no grace. */
export async function reapDeadWorkers(
  deps: Pick<
    TendFleetDependencies,
    'workers' | 'locks' | 'marketClock' | 'log' | 'term' | 'isProvedDead'
  >,
): Promise<void> {
  for (const worker of await deps.workers.getLiving()) {
    if (!deps.isProvedDead(worker.process)) continue;
    const { pid, startedAt } = worker.process;
    const reaped = await deps.locks.reapDeadWorker({
      term: deps.term,
      workerId: worker.workerId,
      proof: `pid ${pid} started ${startedAt} is gone`,
      marketAt: deps.marketClock.now(),
    });
    deps.log.error('WorkerDied', { ...reaped, pid });
  }
}

async function sweepExpiredLocks(deps: TendFleetDependencies): Promise<void> {
  const { term, graceMs, marketClock, locks, log } = deps;
  const reaped = await locks.cleanUpExpired({ term, graceMs, marketAt: marketClock.now() });
  for (const worker of reaped) log.error('WorkerLockExpired', { ...worker });
}
