import type { Log } from '@fleet/service-layer';

/** The TR id is whatever came over the wire; beyond so many kinds only the reason counts. */
const KINDS_MAX = 100;

/**
 * Frames that could not be read: the first of a kind is told, then each tenth, hundredth, thousandth …
 * A layout that the broker has changed rejects every frame of a day, thousands a second.
 */
export class RejectLog {
  readonly #log: Log;
  readonly #counts = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  add({ trId, reason }: { readonly trId: string; readonly reason: string }): void {
    const named = `${trId} ${reason}`;
    const isKnown = this.#counts.has(named) || this.#counts.size < KINDS_MAX;
    const kind = isKnown ? named : reason;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (/^10*$/.test(String(count))) this.#log.warn('BrokerFrameRejected', { trId, reason, count });
  }
}
