import type { Clock, MarketClock } from '@fleet/service-layer';

/** Market time from an anchor that stays: a worker that lives for seconds need not ask for it. */
export class FixedMarketClock implements MarketClock {
  readonly #clock: Clock;
  readonly #anchor: { readonly realMs: number; readonly marketMs: number; readonly speed: number };

  constructor(
    clock: Clock,
    anchor: { readonly realMs: number; readonly marketMs: number; readonly speed: number },
  ) {
    this.#clock = clock;
    this.#anchor = anchor;
  }

  now(): number {
    const { realMs, marketMs, speed } = this.#anchor;
    return Math.floor(marketMs + (this.#clock.now() - realMs) * speed);
  }

  speed(): number {
    return this.#anchor.speed;
  }

  async sleep(marketMs: number, signal?: AbortSignal): Promise<void> {
    await this.#clock.sleep(Math.max(0, marketMs) / this.#anchor.speed, signal);
  }

  async sleepUntil(instant: number, signal?: AbortSignal): Promise<void> {
    await this.sleep(instant - this.now(), signal);
  }
}
