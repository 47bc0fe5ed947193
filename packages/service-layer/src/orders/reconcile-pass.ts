import type { Log } from '../ports/log.ts';

/** One row that cannot be booked must not keep the others from it; the pass fails all the same. */
export class Pass {
  readonly #log: Log;
  readonly #failures: unknown[] = [];
  mismatches = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  async try(what: string, work: () => Promise<number>): Promise<void> {
    try {
      this.mismatches += await work();
    } catch (error) {
      this.#log.error('OrderNotReconciled', { what, error });
      this.#failures.push(error);
    }
  }

  throwFirst(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
