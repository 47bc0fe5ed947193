/** What a run left behind: the fleet's rows, and the exchange's own. Instants are real epoch ms. */

export interface LockEvent {
  readonly id: number;
  readonly kind: 'GRANTED' | 'RELEASED';
  readonly symbol: string;
  readonly workerId: string;
  readonly fence: number;
  readonly at: number;
  /** Of a release: by whom and why. `EXPIRED`: taken away after its time. */
  readonly reason: string | undefined;
  /** Of a release that was not the owner's: when the lock ended. */
  readonly expiredAt: number | undefined;
  /** Of a grant: shares or orders of ours came with it. */
  readonly orphan: boolean;
}

export interface WorkerStart {
  readonly workerId: string;
  readonly pid: number;
}

export interface OurOrder {
  readonly orderId: string;
  readonly continues: string | undefined;
  readonly request: 'NEW' | 'AMEND' | 'CANCEL';
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly price: string | undefined;
  readonly workerId: string;
  readonly fence: number;
  readonly status: string;
  readonly endReason: string | undefined;
  readonly endDetail: string | undefined;
  readonly sentAt: number | undefined;
  /** When its question was closed; undefined while it is open. */
  readonly settledAt: number | undefined;
  readonly brokerNumber: string | undefined;
  readonly filledQuantity: number;
  readonly filledAmount: string;
}

/** One step that we booked. */
export interface BookedFill {
  readonly orderId: string;
  readonly quantity: number;
  readonly amount: string;
}

/** An order request as it came to the exchange. */
export interface Arrival {
  readonly sequence: number;
  readonly at: number;
  readonly request: 'NEW' | 'AMEND' | 'CANCEL';
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL' | undefined;
  readonly quantity: number | undefined;
  readonly price: string | undefined;
  readonly originalNumber: string | undefined;
  /** Undefined when the exchange refused it. */
  readonly number: string | undefined;
}

/** An order in the exchange's books. */
export interface ExchangeOrder {
  readonly number: string;
  readonly symbol: string;
  readonly request: 'NEW' | 'AMEND' | 'CANCEL';
  readonly filledQuantity: number;
  readonly filledAmount: string;
}

export interface Evidence {
  readonly locks: readonly LockEvent[];
  readonly starts: readonly WorkerStart[];
  readonly orders: readonly OurOrder[];
  readonly fills: readonly BookedFill[];
  readonly arrivals: readonly Arrival[];
  readonly exchange: readonly ExchangeOrder[];
  /** What is left after everything was sold. */
  readonly left: {
    readonly locks: number;
    readonly positions: number;
    readonly openOrders: number;
    readonly frozen: number;
  };
  /** Rules of the ledger that do not hold. */
  readonly brokenRules: readonly string[];
  /** Refusals that left a row, by the guard that made them. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** One promise that was not kept. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly what: string;
}

export type ViolationKind =
  | 'STALE_SEND'
  | 'DOUBLE_ORDER'
  | 'TWO_OPEN_QUESTIONS'
  | 'DOUBLE_FILL'
  | 'BOOKS_DIFFER'
  | 'FENCE_FELL'
  | 'FENCE_WITH_TWO_WORKERS'
  | 'GRANTED_TOO_EARLY'
  | 'DECLARED_DEAD_ALIVE'
  | 'LEAKED'
  | 'BROKEN_RULE'
  | 'TOO_LITTLE_SEEN';
