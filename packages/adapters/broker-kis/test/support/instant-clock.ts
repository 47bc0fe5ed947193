import type { Clock, MarketClock } from '@fleet/service-layer';

/** A clock on which every wait is over at once and counts: pauses are seen, not suffered. */
export class InstantClock implements Clock, MarketClock {
  readonly waits: number[] = [];
  #now: number;

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  speed(): number {
    return 1;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.waits.push(ms);
    this.#now += ms;
    await new Promise((resolve) => void setImmediate(resolve));
  }

  async sleepUntil(instant: number, signal?: AbortSignal): Promise<void> {
    if (instant > this.#now) await this.sleep(instant - this.#now, signal);
  }
}
