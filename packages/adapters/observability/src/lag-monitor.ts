import hdr from 'hdr-histogram-js';

/** Milliseconds of one schedule's lateness, with what never ran counted. */
export interface LagFigures {
  readonly count: number;
  readonly skipped: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const LONGEST_MS = 3_600_000;

/**
 * Lag: real time between the instant something was due on a fixed schedule and its handling.
 * Kept in microseconds; encodes to text so that it survives the process and adds up over restarts.
 */
export class LagMonitor {
  readonly #histogram = hdr.build({
    highestTrackableValue: LONGEST_MS * 1_000,
    numberOfSignificantValueDigits: 3,
  });
  #skipped = 0;

  record(lagMs: number): void {
    const micros = Math.round(Math.min(Math.max(lagMs, 0), LONGEST_MS) * 1_000);
    this.#histogram.recordValue(micros);
  }

  /** An occurrence that never ran counts with the lag it had when it was given up. */
  recordSkipped(lagMs: number): void {
    this.#skipped += 1;
    this.record(lagMs);
  }

  add(encoded: string, skipped: number): void {
    this.#histogram.add(hdr.decodeFromCompressedBase64(encoded));
    this.#skipped += skipped;
  }

  encode(): { encoded: string; skipped: number } {
    return { encoded: hdr.encodeIntoCompressedBase64(this.#histogram), skipped: this.#skipped };
  }

  figures(): LagFigures {
    const h = this.#histogram;
    return {
      count: h.totalCount,
      skipped: this.#skipped,
      p50Ms: h.totalCount === 0 ? 0 : toMs(h.getValueAtPercentile(50)),
      p99Ms: h.totalCount === 0 ? 0 : toMs(h.getValueAtPercentile(99)),
      maxMs: h.totalCount === 0 ? 0 : toMs(h.maxValue),
    };
  }
}

function toMs(micros: number): number {
  return Math.round(micros) / 1_000;
}
