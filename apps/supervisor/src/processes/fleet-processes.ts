import { judgeProcess } from '../bootstrap/adapters.ts';
import type { Clock, Log, ProcessIdentity } from '@fleet/service-layer';
import { spawnProcess, type ProcessRole, type SpawnRequest } from './spawn-process.ts';

/** A process that this supervisor answers for: spawned by it, or adopted from its predecessor. */
export interface FleetProcess {
  readonly role: ProcessRole;
  readonly name: string;
  readonly identity: ProcessIdentity;
}

export interface FleetProcessesDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** The runtime file follows every change. */
  readonly onChange: (processes: readonly FleetProcess[]) => void;
}

const BACKOFF_MS = [0, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** A process that lived so long had a good start: its next death restarts it at once. */
const GOOD_LIFE_MS = 30_000;
const EXIT_LOOK_MS = 50;

interface Restart {
  failures: number;
  startedAt: number;
}

/** The fleet's processes: which live, when a dead one may be started again, how they end. */
export class FleetProcesses {
  readonly #deps: FleetProcessesDependencies;
  readonly #processes = new Map<string, FleetProcess>();
  readonly #restarts = new Map<string, Restart>();

  constructor(deps: FleetProcessesDependencies) {
    this.#deps = deps;
  }

  /** What a predecessor left running. */
  adopt(known: readonly FleetProcess[]): readonly FleetProcess[] {
    const living = known.filter((process) => judgeProcess(process.identity) === 'alive');
    for (const process of living) this.#processes.set(process.name, process);
    if (living.length > 0) {
      this.#deps.log.info('ProcessesAdopted', { names: living.map((process) => process.name) });
    }
    this.#changed();
    return living;
  }

  get(name: string): FleetProcess | undefined {
    return this.#processes.get(name);
  }

  ofRole(role: ProcessRole): readonly FleetProcess[] {
    return [...this.#processes.values()].filter((process) => process.role === role);
  }

  isAlive(name: string): boolean {
    const process = this.#processes.get(name);
    return process !== undefined && judgeProcess(process.identity) === 'alive';
  }

  /** Removes the dead and returns them. */
  collectDead(): readonly FleetProcess[] {
    const dead = [...this.#processes.values()].filter(
      (process) => judgeProcess(process.identity) === 'dead',
    );
    for (const process of dead) {
      this.#processes.delete(process.name);
      this.#deps.log.warn('ProcessDied', { name: process.name, pid: process.identity.pid });
    }
    if (dead.length > 0) this.#changed();
    return dead;
  }

  /** Starts a process unless its backoff says wait. @param slot what it replaces, for the backoff */
  start(name: string, slot: string, request: SpawnRequest): FleetProcess | undefined {
    const now = this.#deps.clock.monotonicMs();
    const restart = this.#restarts.get(slot) ?? { failures: 0, startedAt: -Infinity };
    const pause = BACKOFF_MS[Math.min(restart.failures, BACKOFF_MS.length - 1)] ?? 0;
    if (now - restart.startedAt < pause) return undefined;
    const lived = now - restart.startedAt;
    const failures = lived > GOOD_LIFE_MS ? 1 : restart.failures + 1;
    this.#restarts.set(slot, { failures, startedAt: now });
    const identity = spawnProcess(request);
    const started: FleetProcess = { role: request.role, name, identity };
    this.#processes.set(name, started);
    this.#deps.log.info('ProcessStarted', { name, role: request.role, pid: identity.pid });
    this.#changed();
    return started;
  }

  /** Forgets a process without touching it. */
  forget(name: string): void {
    if (this.#processes.delete(name)) this.#changed();
  }

  /** Waits for an exit that was asked for; kills what does not go. */
  async awaitExit(name: string, patienceMs: number): Promise<void> {
    const { clock, log } = this.#deps;
    const process = this.#processes.get(name);
    if (!process) return;
    const giveUpAt = clock.monotonicMs() + patienceMs;
    while (judgeProcess(process.identity) === 'alive') {
      if (clock.monotonicMs() > giveUpAt) {
        log.warn('ProcessKilled', { name, pid: process.identity.pid, patienceMs });
        this.signal(name, 'SIGKILL');
        await clock.sleep(EXIT_LOOK_MS);
        continue;
      }
      await clock.sleep(EXIT_LOOK_MS);
    }
    this.forget(name);
  }

  signal(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGCONT'): void {
    const known = this.#processes.get(name);
    if (!known || judgeProcess(known.identity) !== 'alive') return;
    try {
      process.kill(known.identity.pid, signal);
    } catch {
      // True now: it went between the look and the signal.
    }
  }

  #changed(): void {
    this.#deps.onChange([...this.#processes.values()]);
  }
}
