/** Market time as others may compute it: market = marketMs + (wall clock − realMs) × speed. */
export interface ClockAnchor {
  readonly realMs: number;
  readonly marketMs: number;
  readonly speed: number;
}

const SPEED_MAX = 600;

/**
 * The simulator's market clock. Runs at speed 1 until `go()`, then at the configured speed, so that
 * starting processes do not eat the morning. It never runs backwards, and never past the horizon:
 * the instant that is already durable, so that a killed exchange resumes at or after any instant it
 * ever showed.
 */
export class SimulatorClock {
  #anchor: ClockAnchor;
  #configuredSpeed: number;
  #started = false;
  #horizon = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  readonly #realNow: () => number;
  readonly #sleepers = new Set<() => void>();
  readonly #listeners = new Set<(anchor: ClockAnchor) => void>();

  /** @throws RangeError when the speed is not in (0, 600]. */
  constructor(options: { speed: number; realNow?: () => number }) {
    this.#configuredSpeed = checkedSpeed(options.speed);
    this.#realNow = options.realNow ?? Date.now;
    this.#anchor = { realMs: this.#realNow(), marketMs: 0, speed: 1 };
  }

  /** Market instant, whole epoch milliseconds. */
  now(): number {
    const elapsed = Math.max(0, this.#realNow() - this.#anchor.realMs);
    const instant = Math.floor(this.#anchor.marketMs + elapsed * this.#anchor.speed);
    this.#latest = Math.max(this.#latest, Math.min(instant, this.#horizon));
    return this.#latest;
  }

  /** Wall clock, epoch milliseconds. */
  realNow(): number {
    return this.#realNow();
  }

  anchor(): ClockAnchor {
    return this.#anchor;
  }

  /** The speed after `go()`. */
  configuredSpeed(): number {
    return this.#configuredSpeed;
  }

  isStarted(): boolean {
    return this.#started;
  }

  /** From here on the configured speed. Calling it again changes nothing. */
  go(): void {
    if (this.#started) return;
    this.#started = true;
    this.#reAnchor(this.now(), this.#configuredSpeed);
  }

  /** @throws RangeError when the speed is not in (0, 600]. */
  setSpeed(speed: number): void {
    this.#configuredSpeed = checkedSpeed(speed);
    if (this.#started) this.#reAnchor(this.now(), speed);
  }

  /**
   * Continues from a later instant (start of a run, next day).
   * @throws RangeError when it lies before an instant already shown.
   */
  jumpTo(marketMs: number): void {
    if (marketMs < this.#latest) {
      throw new RangeError(`market time cannot run backwards: ${marketMs} < ${this.#latest}`);
    }
    this.#horizon = Math.max(this.#horizon, marketMs);
    this.#reAnchor(marketMs, this.#anchor.speed);
  }

  /** Market time may be shown up to this instant. */
  allowUntil(marketMs: number): void {
    this.#horizon = marketMs;
    this.#wakeAll();
  }

  /** The last instant that may be shown. */
  horizon(): number {
    return this.#horizon;
  }

  /** Told of every new anchor. Returns the unsubscribe function. */
  onAnchor(listener: (anchor: ClockAnchor) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the market has reached the instant, or early when the signal aborts. */
  async sleepUntil(marketInstant: number, signal?: AbortSignal): Promise<void> {
    while (this.now() < marketInstant) {
      if (signal?.aborted === true) return;
      const realMs = (marketInstant - this.now()) / this.#anchor.speed;
      await this.#sleepReal(Math.min(Math.max(realMs, 1), 60_000), signal, true);
    }
  }

  /** Waits real milliseconds, or less when the signal aborts. */
  async sleepReal(realMs: number, signal?: AbortSignal): Promise<void> {
    await this.#sleepReal(realMs, signal, false);
  }

  #sleepReal(realMs: number, signal: AbortSignal | undefined, wakeOnChange: boolean) {
    return new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, realMs);
      if (wakeOnChange) this.#sleepers.add(done);
      signal?.addEventListener('abort', done);
      if (signal?.aborted === true) done();
    });
  }

  #reAnchor(marketMs: number, speed: number): void {
    this.#latest = Math.max(this.#latest, marketMs);
    this.#anchor = { realMs: this.#realNow(), marketMs, speed };
    this.#wakeAll();
    for (const listener of this.#listeners) listener(this.#anchor);
  }

  #wakeAll(): void {
    for (const wake of this.#sleepers) wake();
  }
}

function checkedSpeed(speed: number): number {
  if (!(speed > 0 && speed <= SPEED_MAX)) {
    throw new RangeError(`speed must be above 0 and at most ${SPEED_MAX}: ${speed}`);
  }
  return speed;
}
