import type { TradeDate } from '@fleet/krx';

import type { Arrival, StoreBatch, StoredFill, StoredOrder } from './rows.ts';

export interface JournalEntry {
  readonly arrival?: Arrival;
  readonly orders: readonly StoredOrder[];
  readonly fills: readonly StoredFill[];
  /** Runs right after the entry is durable, in the order of the entries. */
  readonly onDurable: () => void;
  readonly onFailure: (error: Error) => void;
}

export interface JournalOptions {
  readonly commit: (batch: StoreBatch) => Promise<void>;
  /** The trade date and the instant up to which the clock may run after the next commit. */
  readonly mark: () => { readonly date: TradeDate; readonly instant: number };
  readonly onMark: (instant: number) => void;
  readonly pause: (attempt: number) => Promise<void>;
  /** Told once, when the journal gave up. */
  readonly onBroken: (error: Error) => void;
}

const ATTEMPTS_MAX = 4;

/**
 * Groups what happened into as few commits as the database can take: one in flight, the rest waits
 * and goes together. A failed commit is repeated (it is idempotent); when it keeps failing the
 * journal is broken for good, and so must be the process: its memory is ahead of its books.
 */
export class Journal {
  readonly #options: JournalOptions;
  #waiting: JournalEntry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #isAskedFor = false;
  #failure: Error | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  add(entry: JournalEntry): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.push(entry);
    void this.#start();
  }

  /**
   * Resolves when everything added so far, and the market instant, is durable.
   * @throws Error of the database when it gave up
   */
  async flush(): Promise<void> {
    this.#isAskedFor = true;
    await this.#start();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #start(): Promise<void> {
    if (!this.#isWriting) {
      this.#isWriting = true;
      this.#writing = this.#write();
    }
    return this.#writing;
  }

  async #write(): Promise<void> {
    // A turn later, so that requests that arrive together share a commit.
    await Promise.resolve();
    while ((this.#waiting.length > 0 || this.#isAskedFor) && this.#failure === undefined) {
      const entries = this.#waiting;
      this.#waiting = [];
      this.#isAskedFor = false;
      const mark = this.#options.mark();
      try {
        await this.#commit({ ...mark, ...merged(entries) });
      } catch (error) {
        this.#fail(error, entries);
        break;
      }
      this.#options.onMark(mark.instant);
      for (const entry of entries) entry.onDurable();
    }
    // In the same turn as the loop's last look: an entry added later starts a new write.
    this.#isWriting = false;
  }

  #fail(error: unknown, entries: readonly JournalEntry[]): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#failure = failure;
    const lost = [...entries, ...this.#waiting];
    this.#waiting = [];
    for (const entry of lost) entry.onFailure(failure);
    this.#options.onBroken(failure);
  }

  async #commit(batch: StoreBatch): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#options.commit(batch);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS_MAX) throw error;
        await this.#options.pause(attempt);
      }
    }
  }
}

/** The newest row of each order: an insert may not touch a row twice. */
function merged(
  entries: readonly JournalEntry[],
): Pick<StoreBatch, 'arrivals' | 'orders' | 'fills'> {
  const orders = new Map<string, StoredOrder>();
  for (const order of entries.flatMap((entry) => entry.orders)) {
    orders.set(`${order.record.date}:${order.record.number}`, order);
  }
  return {
    arrivals: entries.flatMap((entry) => (entry.arrival === undefined ? [] : [entry.arrival])),
    orders: [...orders.values()],
    fills: entries.flatMap((entry) => entry.fills),
  };
}
