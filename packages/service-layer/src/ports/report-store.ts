import type { Won } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';

export interface WorkerResult {
  readonly workerId: string;
  readonly pid: number;
  readonly capital: Won;
  /** Round trips that this worker closed on the date. */
  readonly trades: number;
  readonly realizedPnl: Won;
}

/** One closed round trip. */
export interface TradeResult {
  readonly symbol: string;
  readonly pnl: Won;
}

/** Counts of one day, for the report and the screen. */
export interface DayCounts {
  readonly orders: {
    readonly total: number;
    readonly filled: number;
    readonly partial: number;
    readonly canceled: number;
    readonly rejected: number;
    /** Sent and never answered. */
    readonly unknown: number;
  };
  readonly openOrders: number;
  readonly fills: number;
  readonly stockLocks: number;
  readonly openPositions: number;
  readonly trades: number;
  readonly realizedPnl: Won;
  /** Undefined before the first round trip. */
  readonly bestTrade: TradeResult | undefined;
  readonly worstTrade: TradeResult | undefined;
  readonly workers: readonly WorkerResult[];
}

/** Read-only sums; no decision is made on them. */
export interface ReportStore {
  readCounts(tradeDate: TradeDate): Promise<DayCounts>;
}
