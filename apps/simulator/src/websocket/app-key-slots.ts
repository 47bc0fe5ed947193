import type { MarketTime } from '../control/real-time.ts';

/** Anything that can hold an app key's one session; compared by identity. */
export type SlotHolder = object;

/**
 * KIS lets one session per app key live. A session that ends without a close frame keeps its slot
 * for a while, which is how clients meet OPSP8996 after a crash.
 */
export class AppKeySlots {
  readonly #time: MarketTime;
  readonly #lingerMs: number;
  readonly #holders = new Map<string, SlotHolder>();
  readonly #lingering = new Map<string, number>();

  /** `lingerMs`: market time that the slot of a dropped session stays taken. */
  constructor(time: MarketTime, lingerMs: number) {
    this.#time = time;
    this.#lingerMs = lingerMs;
  }

  /** Whether `holder` has the slot now, taking it if it is free. */
  take(appKey: string, holder: SlotHolder): boolean {
    const present = this.#holders.get(appKey);
    if (present !== undefined) return present === holder;
    const until = this.#lingering.get(appKey);
    if (until !== undefined && this.#time.now() < until) return false;
    this.#lingering.delete(appKey);
    this.#holders.set(appKey, holder);
    return true;
  }

  /** The holder's session is over; nothing happens when it held no slot. */
  leave(appKey: string, holder: SlotHolder, isOrderly: boolean): void {
    if (this.#holders.get(appKey) !== holder) return;
    this.#holders.delete(appKey);
    if (!isOrderly) this.#lingering.set(appKey, this.#time.now() + this.#lingerMs);
  }
}
