import type { MarketClock } from '../ports/clock.ts';
import type { LagRecorder } from '../ports/log.ts';

export interface FixedScheduleOptions {
  /** Market milliseconds between two due instants (multiples of the period). */
  readonly periodMs: number;
  readonly marketClock: MarketClock;
  readonly lag: LagRecorder;
  /** The first due instant comes after it, market ms; now when left out. A late start counts. */
  readonly startAt?: number;
}

const SKIPPED_COUNTED_MAX = 1_000;

/**
 * Fixed market instants. Lateness is recorded in real milliseconds; an instant that passed while work
 * was still running is skipped and counts with the lateness it had by then.
 */
export class FixedSchedule {
  readonly #options: FixedScheduleOptions;
  #due: number;

  constructor(options: FixedScheduleOptions) {
    this.#options = options;
    this.#due = this.#nextMultiple(options.startAt);
  }

  /** The next due instant, market ms. */
  get dueAt(): number {
    return this.#due;
  }

  /** Waits for the next due instant. False when the signal aborted. */
  async next(signal: AbortSignal): Promise<boolean> {
    const { marketClock, periodMs } = this.#options;
    // Market time may go back: another day of a simulation.
    if (this.#due - marketClock.now() > periodMs) this.restart();
    await marketClock.sleepUntil(this.#due, signal).catch(() => undefined);
    if (signal.aborted) return false;
    this.met();
    return true;
  }

  /** The due instant is being handled now (for loops that wait by themselves). */
  met(): void {
    const { periodMs, lag, marketClock } = this.#options;
    const now = marketClock.now();
    lag.record(this.#lateness(now, this.#due));
    let next = this.#due + periodMs;
    for (let counted = 0; next + periodMs <= now && counted < SKIPPED_COUNTED_MAX; counted += 1) {
      lag.recordSkipped(this.#lateness(now, next));
      next += periodMs;
    }
    this.#due = next > now - periodMs ? next : this.#nextMultiple();
  }

  /** It ends: what was due until the instant and was not reached counts as skipped. */
  endAt(instant: number): void {
    const { periodMs, lag, marketClock } = this.#options;
    for (let counted = 0; this.#due <= instant && counted < SKIPPED_COUNTED_MAX; counted += 1) {
      lag.recordSkipped(this.#lateness(marketClock.now(), this.#due));
      this.#due += periodMs;
    }
  }

  /** Other work took the time on purpose: nothing was due meanwhile. */
  restart(): void {
    this.#due = this.#nextMultiple();
  }

  #nextMultiple(after = this.#options.marketClock.now()): number {
    const { periodMs } = this.#options;
    return Math.floor(after / periodMs) * periodMs + periodMs;
  }

  #lateness(now: number, due: number): number {
    return Math.max(0, now - due) / this.#options.marketClock.speed();
  }
}
