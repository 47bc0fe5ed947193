import { z } from 'zod';
import type { MarketClock } from '@fleet/service-layer';
import { sleepReal } from './system-clock.ts';

const Anchor = z.object({ realMs: z.number(), marketMs: z.number(), speed: z.number().positive() });
type Anchor = z.infer<typeof Anchor>;

const POLL_MS = 100;
/** Without news for so long the market stands still: a dead exchange trades nothing. */
const FREEZE_AFTER_MS = 1_500;
/** A sleeper looks again this often, so that a change of speed reaches it. */
const NAP_MS_MAX = 100;

/**
 * Market time of SIM: the simulator publishes an anchor (real instant, market instant, speed).
 * Never runs backwards, except when the exchange moves to another day.
 */
export class AnchoredMarketClock implements MarketClock {
  readonly #url: string;
  #anchor: Anchor;
  #heardAt: number;
  #newest: number;

  private constructor(url: string, anchor: Anchor) {
    this.#url = url;
    this.#anchor = anchor;
    this.#heardAt = Date.now();
    this.#newest = anchor.marketMs;
  }

  /** Follows the anchor at `url` until the signal aborts. @throws when there is no clock within `waitMs` */
  static async follow(
    url: string,
    signal: AbortSignal,
    waitMs = 15_000,
  ): Promise<AnchoredMarketClock> {
    const giveUpAt = Date.now() + waitMs;
    for (;;) {
      const anchor = await readAnchor(url);
      if (anchor) {
        const clock = new AnchoredMarketClock(url, anchor);
        void clock.#keepFollowing(signal);
        return clock;
      }
      if (Date.now() > giveUpAt) throw new Error(`no market clock at ${url}`);
      await sleepReal(POLL_MS, signal);
    }
  }

  now(): number {
    const real = Math.min(Date.now(), this.#heardAt + FREEZE_AFTER_MS);
    const { realMs, marketMs, speed } = this.#anchor;
    const market = marketMs + Math.max(0, real - realMs) * speed;
    this.#newest = Math.max(this.#newest, market);
    return Math.floor(this.#newest);
  }

  speed(): number {
    return this.#anchor.speed;
  }

  sleep(marketMs: number, signal?: AbortSignal): Promise<void> {
    return this.sleepUntil(this.now() + marketMs, signal);
  }

  async sleepUntil(instant: number, signal?: AbortSignal): Promise<void> {
    for (let left = instant - this.now(); left > 0; left = instant - this.now()) {
      await sleepReal(Math.min(Math.ceil(left / this.speed()), NAP_MS_MAX), signal);
    }
  }

  async #keepFollowing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const anchor = await readAnchor(this.#url);
      if (anchor) this.#accept(anchor);
      await sleepReal(POLL_MS, signal).catch(() => undefined);
    }
  }

  #accept(anchor: Anchor): void {
    this.#heardAt = Date.now();
    const current = this.#anchor;
    if (anchor.realMs === current.realMs && anchor.speed === current.speed) return;
    // Another day may start earlier than where speed had carried us; within a day we wait instead.
    const anotherDay = Math.abs(anchor.marketMs - this.#newest) > 6 * 3_600_000;
    this.#anchor = anchor;
    if (anotherDay) this.#newest = anchor.marketMs;
  }
}

async function readAnchor(url: string): Promise<Anchor | undefined> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    const parsed = Anchor.safeParse(await reply.json());
    return parsed.success ? parsed.data : undefined;
  } catch {
    // True now: the simulator is not there (starting, stopped, killed); the caller keeps asking.
    return undefined;
  }
}
