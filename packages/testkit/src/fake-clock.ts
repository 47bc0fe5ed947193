import type { Clock, MarketClock } from '@fleet/service-layer';

interface Sleeper {
  readonly due: number;
  readonly order: number;
  wake(): void;
}

/**
 * Virtual time for both clock ports: it moves only by `advance`, wakes sleepers in the order they
 * are due, and lets each run before the next. Wall and monotonic clock can be set apart, as by a
 * suspended host or a stepped clock.
 */
export class FakeClock implements Clock, MarketClock {
  #elapsed = 0;
  #wallOffset: number;
  #order = 0;
  #sleepers: Sleeper[] = [];
  readonly #speed: number;

  constructor(startAt = Date.UTC(2026, 2, 12, 0, 0, 0), speed = 1) {
    this.#wallOffset = startAt;
    this.#speed = speed;
  }

  now(): number {
    return this.#wallOffset + this.#elapsed;
  }

  monotonicMs(): number {
    return this.#elapsed;
  }

  speed(): number {
    return this.#speed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const due = this.#elapsed + Math.max(0, ms);
      const sleeper = { due, order: (this.#order += 1), wake };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  sleepUntil(instant: number, signal?: AbortSignal): Promise<void> {
    return instant <= this.now() ? Promise.resolve() : this.sleep(instant - this.now(), signal);
  }

  /** Moves time, waking whoever is due on the way; their own new sleeps count. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await letOthersRun();
    for (;;) {
      const next = this.#sleepers
        .filter(({ due }) => due <= until)
        .toSorted((a, b) => a.due - b.due || a.order - b.order)[0];
      if (!next) break;
      this.#elapsed = Math.max(this.#elapsed, next.due);
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
      await letOthersRun();
    }
    this.#elapsed = until;
  }

  /** The wall clock jumps; the monotonic one does not. */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  /** The host sleeps: the wall clock goes on, the monotonic one stands still. */
  suspend(ms: number): void {
    this.#wallOffset += ms;
  }

  /** How many are asleep, to see that a loop has come to its wait. */
  get sleeping(): number {
    return this.#sleepers.length;
  }
}

/** Promise callbacks, however long their chain, run before the next macrotask. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
