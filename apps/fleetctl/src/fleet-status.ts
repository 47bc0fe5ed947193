export type Life = 'alive' | 'dead' | 'unknown';

/** `fleetctl status --json`. The keys are a promise: scripts read them. Won are decimal text. */
export interface FleetStatus {
  readonly fleet: string;
  readonly mode: 'SIM' | 'PAPER' | 'LIVE';
  readonly schema: string;
  readonly state: string;
  readonly gate: string;
  readonly gateReason: string | null;
  readonly tradeDate: string | null;
  readonly marketAt: number | null;
  readonly recoveryStatus: string | null;
  readonly trades: number;
  readonly realizedPnl: string;
  readonly winRate: string | null;
  readonly workers: readonly {
    readonly workerId: string;
    readonly pid: number;
    readonly life: Life;
    readonly state: string;
    readonly symbol: string | null;
    readonly unrealizedPnl: string | null;
    readonly trades: number;
    readonly realizedPnl: string;
    readonly lastEvent: string | null;
  }[];
  readonly positions: readonly {
    readonly symbol: string;
    readonly quantity: number;
    readonly averageEntryPrice: string | null;
    readonly workerId: string | null;
  }[];
  readonly openOrders: readonly {
    readonly orderId: string;
    readonly symbol: string;
    readonly side: string;
    readonly quantity: number;
    readonly filledQuantity: number;
    readonly status: string;
    /** Sent and not answered yet. */
    readonly unanswered: boolean;
  }[];
  readonly stockLocks: readonly string[];
  /** Stocks of which nobody can say which of the broker's orders is the fleet's. */
  readonly frozen: readonly {
    readonly symbol: string;
    readonly orderId: string;
    readonly candidates: readonly {
      readonly number: string;
      readonly quantity: number;
      readonly filledQuantity: number;
      readonly price: string | null;
    }[];
  }[];
  /** Of today and not the fleet's: never touched. */
  readonly foreignOrders: readonly {
    readonly number: string;
    readonly symbol: string;
    readonly side: string;
    readonly quantity: number;
    readonly filledQuantity: number;
  }[];
  readonly foreignHoldings: readonly { readonly symbol: string; readonly quantity: number }[];
  readonly processes: readonly {
    readonly role: string;
    readonly name: string;
    readonly pid: number;
    readonly life: Life;
  }[];
}
