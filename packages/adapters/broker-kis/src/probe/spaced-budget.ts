import type { CallLane, Clock } from '@fleet/service-layer';
import type { CallBudget } from '../rest/call-budget.ts';

/** After EGW00201 the pace stays this much slower. */
const SLOWER = 1.5;

/** Calls one after the other, evenly spaced: for a single caller in a process of its own. */
export class SpacedBudget implements CallBudget {
  readonly #clock: Clock;
  #spacingMs: number;
  #turn: Promise<void> = Promise.resolve();

  constructor(clock: Clock, callsPerSecond: number) {
    this.#clock = clock;
    this.#spacingMs = 1000 / callsPerSecond;
  }

  async acquire(_lane: CallLane, signal?: AbortSignal): Promise<void> {
    const before = this.#turn;
    this.#turn = before.then(() => this.#clock.sleep(this.#spacingMs));
    await before;
    signal?.throwIfAborted();
  }

  throttled(): void {
    this.#spacingMs *= SLOWER;
  }
}
