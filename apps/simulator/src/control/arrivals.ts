/** One order request as it reached the simulator, for tests that measure who sent what when. */
export interface Arrival {
  readonly sequence: number;
  readonly request: 'NEW' | 'AMEND' | 'CANCEL';
  readonly trId: string;
  readonly symbol: string | undefined;
  readonly side: 'BUY' | 'SELL' | undefined;
  readonly quantity: string;
  readonly price: string;
  readonly originalNumber: string | undefined;
  /** Epoch milliseconds, real and market, when the whole request had been read. */
  readonly realMs: number;
  readonly marketMs: number;
  /** 'ACCEPTED', a refusal's reason, or the message code of a refusal before the exchange. */
  readonly outcome: string;
  /** The number that was given; undefined when refused. */
  readonly number: string | undefined;
}

export interface ArrivalLog {
  record(arrival: Omit<Arrival, 'sequence' | 'realMs'>): void;
  /** Oldest first; `since` leaves out sequences up to and including it. */
  list(since?: number): readonly Arrival[];
}

const KEPT = 100_000;

/** Keeps the newest hundred thousand. */
export class MemoryArrivalLog implements ArrivalLog {
  readonly #realNow: () => number;
  #arrivals: Arrival[] = [];
  #sequence = 0;

  constructor(realNow: () => number) {
    this.#realNow = realNow;
  }

  record(arrival: Omit<Arrival, 'sequence' | 'realMs'>): void {
    this.#sequence += 1;
    this.#arrivals.push({ ...arrival, sequence: this.#sequence, realMs: this.#realNow() });
    if (this.#arrivals.length > 2 * KEPT) this.#arrivals = this.#arrivals.slice(-KEPT);
  }

  list(since = 0): readonly Arrival[] {
    return this.#arrivals.filter((each) => each.sequence > since).slice(-KEPT);
  }
}
