import { systemClock } from '@fleet/clock';
import { within } from '../within.ts';
import type { ChaosFleet } from './chaos-fleet.ts';
import type { Child } from './child.ts';

/** Where a worker was when it was struck. */
export interface Landing {
  readonly slot: number;
  readonly how: 'KILLED' | 'STOPPED';
  readonly step: string;
}

interface Place {
  child: Child | undefined;
  stopped: boolean;
  struck: boolean;
}

/** A signal has reached its process by then, real ms. */
const DELIVERED_MS = 5;
/** Whoever has not ended in order by then is killed. */
const END_MS = 15_000;

/** Workers in their slots; whoever ends is followed by another at once, until the crew is dismissed. */
export class Crew {
  readonly #fleet: ChaosFleet;
  readonly #places: Place[];
  readonly #nextSeed: () => number;
  readonly #onLanding: (landing: Landing) => void;
  readonly #keeping: Promise<unknown>;
  readonly #stops = new Set<Promise<unknown>>();
  #dismissed = false;
  started = 0;

  constructor(
    fleet: ChaosFleet,
    crew: {
      readonly slots: number;
      readonly nextSeed: () => number;
      readonly onLanding: (landing: Landing) => void;
    },
  ) {
    this.#fleet = fleet;
    this.#nextSeed = crew.nextSeed;
    this.#onLanding = crew.onLanding;
    this.#places = Array.from({ length: crew.slots }, () => ({
      child: undefined,
      stopped: false,
      struck: false,
    }));
    this.#keeping = Promise.all(this.#places.map((place, slot) => this.#keep(place, slot)));
  }

  /** Slots whose worker runs and has begun to look for stocks. */
  running(): readonly number[] {
    return this.#places.flatMap(({ child, stopped, struck }, slot) => {
      const lives = child !== undefined && !child.hasEnded && !stopped && !struck;
      return lives && this.#fleet.board.step(slot) !== 'starting' ? [slot] : [];
    });
  }

  kill(slot: number): void {
    const place = this.#places[slot];
    if (place?.child === undefined || place.struck) return;
    place.struck = this.#fleet.killWorker(place.child);
  }

  /** SIGSTOP, and SIGCONT after so long. */
  stop(slot: number, ms: number): void {
    const place = this.#places[slot];
    const child = place?.child;
    if (place === undefined || child === undefined || !child.signal('SIGSTOP')) return;
    place.stopped = true;
    const work = this.#letGo(place, child, slot, ms);
    this.#stops.add(work);
    void work.finally(() => this.#stops.delete(work));
  }

  /** Nobody is followed by another any more; all that are left end in order. */
  async dismiss(): Promise<void> {
    this.#dismissed = true;
    await Promise.all(this.#stops);
    for (const { child } of this.#places) child?.signal('SIGTERM');
    await within(END_MS, this.#keeping);
    for (const { child } of this.#places) child?.signal('SIGKILL');
    await this.#keeping;
  }

  async allRunning(): Promise<void> {
    await Promise.all(this.#stops);
  }

  async #letGo(place: Place, child: Child, slot: number, ms: number): Promise<void> {
    await systemClock.sleep(DELIVERED_MS);
    this.#onLanding({ slot, how: 'STOPPED', step: this.#fleet.board.step(slot) });
    await systemClock.sleep(ms);
    child.signal('SIGCONT');
    if (place.child === child) place.stopped = false;
  }

  async #keep(place: Place, slot: number): Promise<void> {
    while (!this.#dismissed) {
      place.stopped = false;
      place.struck = false;
      place.child = this.#fleet.startWorker(slot, this.#nextSeed());
      this.started += 1;
      await place.child.ended();
      // The board's last word is where it died; the next worker of the slot overwrites it.
      const step = this.#fleet.board.step(slot);
      if (place.struck) this.#onLanding({ slot, how: 'KILLED', step });
    }
  }
}
