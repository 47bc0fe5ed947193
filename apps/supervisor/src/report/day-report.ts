/** Lag of one process's fixed schedules against real time. */
export interface LagReport {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The JSON of `--report FILE`. Won are decimal text in the database and whole numbers here. */
export interface DayReport {
  readonly runId: string;
  readonly tradeDate: string;
  readonly mode: 'SIM' | 'PAPER' | 'LIVE';
  readonly seed: number | null;
  readonly workers: readonly {
    readonly workerId: string;
    readonly pid: number;
    readonly capital: number;
    readonly trades: number;
    readonly realizedPnl: number;
  }[];
  readonly orders: {
    readonly total: number;
    readonly filled: number;
    readonly partial: number;
    readonly canceled: number;
    readonly rejected: number;
    readonly unknown: number;
  };
  readonly fills: number;
  readonly trades: number;
  readonly realizedPnl: number;
  readonly commission: number;
  readonly transactionTax: number;
  readonly winRate: number;
  readonly maxLoss: number;
  /** The day's best and worst round trip; absent without trades. */
  readonly bestTrade?: { readonly symbol: string; readonly pnl: number };
  readonly worstTrade?: { readonly symbol: string; readonly pnl: number };
  readonly tieOut: {
    readonly cashDifference: number;
    readonly holdingsDifferences: readonly {
      readonly symbol: string;
      readonly ours: number;
      readonly broker: number;
    }[];
    readonly ok: boolean;
    readonly findings: readonly string[];
  };
  readonly openPositions: readonly { readonly symbol: string; readonly quantity: number }[];
  readonly openOrders: number;
  readonly stockLocks: number;
  /** Positions that could not be sold, each with why. */
  readonly unsellable: readonly {
    readonly symbol: string;
    readonly quantity: number;
    readonly reason: string;
  }[];
  readonly events: Readonly<Record<string, number>>;
  readonly lag: Readonly<Record<string, LagReport>>;
}
