import {
  WorkerTerminationError,
  type SystemState,
  type WorkerState,
  type Won,
} from '@fleet/domain';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { ProcessIdentity, SystemStore, WorkerStore } from '../ports/fleet-store.ts';
import type { LagRecorder, Log } from '../ports/log.ts';
import type { WorkerBoard } from './worker-context.ts';

export interface WorkerLifecycleDependencies {
  readonly workerId: string;
  readonly workers: WorkerStore;
  readonly system: SystemStore;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly lag: LagRecorder;
  readonly board: WorkerBoard;
  readonly log: Log;
}

const HEARTBEAT_MS = 500;

/** Start, heartbeat and end of one worker (worker plan 1.4, SC-001). */
export class WorkerLifecycle {
  readonly #deps: WorkerLifecycleDependencies;
  #system: SystemState | undefined;

  constructor(deps: WorkerLifecycleDependencies) {
    this.#deps = deps;
  }

  /** Registers as IDLE (WorkerStartedEvent). */
  async register(worker: {
    process: ProcessIdentity;
    capitalLimit: Won;
    strategyName: string;
  }): Promise<void> {
    const { workers, workerId, marketClock, system, log } = this.#deps;
    await workers.register({ workerId, ...worker, marketAt: marketClock.now() });
    this.#system = await system.read();
    log.info('WorkerStarted', { workerId, pid: worker.process.pid, status: 'IDLE' });
  }

  /** IDLE -> SCAN. */
  async startScanning(): Promise<void> {
    await this.#change('IDLE', 'SCAN', 'the day is open');
  }

  /** The system row of the last heartbeat. */
  systemNow(): SystemState {
    if (!this.#system) throw new WorkerTerminationError('not registered');
    return this.#system;
  }

  /** Beats until the signal aborts; `onStop` when asked to stop, `onExited` when reaped. */
  async keepBeating(
    signal: AbortSignal,
    on: { stop: () => void; exited: () => void },
  ): Promise<void> {
    const { workers, system, workerId, clock, lag, board, log } = this.#deps;
    let due = clock.monotonicMs() + HEARTBEAT_MS;
    while (!signal.aborted) {
      await clock.sleep(Math.max(0, due - clock.monotonicMs()), signal).catch(() => undefined);
      if (signal.aborted) return;
      lag.record(Math.max(0, clock.monotonicMs() - due));
      try {
        const { unrealizedPnl, lastEvent } = board;
        const answer = await workers.heartbeat({ workerId, unrealizedPnl, lastEvent });
        if (answer.exited) on.exited();
        else if (answer.stopRequested) on.stop();
        this.#system = await system.read();
      } catch (error) {
        log.warn('HeartbeatFailed', { workerId, error });
      }
      due = Math.max(due + HEARTBEAT_MS, clock.monotonicMs());
    }
  }

  /** Any state -> EXIT; false when somebody else had ended this worker. */
  async end(from: WorkerState, reason: string): Promise<boolean> {
    return await this.#change(from, 'EXIT', reason).then(
      () => true,
      () => false,
    );
  }

  async #change(from: WorkerState, to: 'SCAN' | 'EXIT', reason: string): Promise<void> {
    const { workers, workerId, marketClock, log } = this.#deps;
    const changed = await workers.changeState({
      workerId,
      from,
      to,
      currentSymbol: undefined,
      reason,
      marketAt: marketClock.now(),
    });
    if (!changed) throw new WorkerTerminationError(`worker ${workerId} is not ${from} any more`);
    log.info('WorkerStateChanged', { workerId, from, to, reason });
  }
}
