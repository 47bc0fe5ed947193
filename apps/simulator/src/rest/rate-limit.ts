import type { MarketTime } from '../control/real-time.ts';

/**
 * Calls a second, in market time, so that a fast day is the same day. Two windows: the full rate in
 * any second, and one less in any 100 ms, because at KIS as many calls as the rate at one instant
 * already fail. At speed S a real millisecond of scheduling is S market milliseconds, so both
 * windows forgive `REAL_JITTER_MS` of it: jitter is not the client's fault.
 */
const WINDOW_MS = 1000;
const BURST_MS = 100;
const REAL_JITTER_MS = 25;

export class RateLimit {
  readonly #time: MarketTime;
  readonly #callsPerSecond: number;
  /** Market instants of granted calls, oldest first. */
  #granted: number[] = [];

  constructor(time: MarketTime, callsPerSecond: number) {
    this.#time = time;
    this.#callsPerSecond = callsPerSecond;
  }

  /** Whether one more call is within the rate; refused calls do not count. */
  admit(): boolean {
    const now = this.#time.now();
    const speed = this.#time.speed();
    const forgiven = speed > 1 ? (REAL_JITTER_MS * speed * this.#callsPerSecond) / WINDOW_MS : 0;
    this.#granted = this.#granted.filter((at) => now - at < WINDOW_MS && at <= now);
    const inBurst = this.#granted.filter((at) => now - at < BURST_MS).length;
    const isWithin =
      this.#granted.length < this.#callsPerSecond + forgiven &&
      inBurst < Math.max(1, this.#callsPerSecond - 1) + forgiven;
    if (isWithin) this.#granted.push(now);
    return isWithin;
  }
}
