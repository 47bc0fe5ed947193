/**
 * One-second reconnects got an app key refused for hours, 18 s of silence cured it (user report,
 * 2026-05): so never sooner than 15 s, and longer each time it does not hold. Broker milliseconds.
 */
const DELAY_MS_MIN = 15_000;
const DELAY_MS_MAX = 300_000;
/** A session that lived this long starts the count anew. */
const HEALTHY_MS = 60_000;

/** When the feed may knock again. Outlives a disconnect, or a caller's own loop would be a storm. */
export class ReconnectDelay {
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** Broker time before which no session is to be opened. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** A session ended by itself, was refused, or could not be opened (`livedMs` 0). */
  failed(livedMs: number, now: number): void {
    if (livedMs >= HEALTHY_MS) this.#failures = 0;
    this.#notBefore = now + Math.min(DELAY_MS_MIN * 2 ** this.#failures, DELAY_MS_MAX);
    this.#failures += 1;
  }

  /** We left in order: KIS has freed the slot. */
  left(): void {
    this.#failures = 0;
    this.#notBefore = Number.NEGATIVE_INFINITY;
  }
}
