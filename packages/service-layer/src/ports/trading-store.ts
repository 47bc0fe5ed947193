import type { BrokerBalance } from './broker.ts';
import type { Instrument } from './market-data.ts';
import type { CostBearer, Price, Quantity, RiskLimits, StockDay, WhyNot, Won } from '@fleet/domain';
import type { InstrumentClass, TradeDate } from '@fleet/krx';

/** One stock of one scan for one strategy. */
export interface Candidate {
  readonly scanId: string;
  /** Market epoch ms of the scan. */
  readonly scannedAt: number;
  readonly strategyName: string;
  readonly symbol: string;
  readonly signal: boolean;
  /** Decimal text; higher is better. */
  readonly score: string;
  readonly lastPrice: Price;
  readonly bid: Price | undefined;
  readonly ask: Price | undefined;
  readonly volume: Quantity;
  readonly turnover: Won;
  readonly changeRate: string;
  readonly indicators: Readonly<Record<string, string>>;
  /** Of a signal: what spoke for it, with its numbers; else empty. */
  readonly reasons: readonly WhyNot[];
  /** Of a refusal: every reason, with its numbers; else empty. */
  readonly whyNot: readonly WhyNot[];
}

/** The last price that a scan saw of a stock that is held or may be bought. */
export interface StockMark {
  readonly symbol: string;
  readonly price: Price;
  /** Range of its last ten minutes over its price; undefined with too few bars. */
  readonly rangeRate: number | undefined;
}

/** What one scan leaves beside its candidates; all of it is one transaction. */
export interface ScanSummary {
  readonly scanId: string;
  readonly scannedAt: number;
  readonly looked: number;
  readonly tradeDate: TradeDate;
  readonly marks: readonly StockMark[];
  /** Median change of the day of the most traded stocks, a fraction; undefined without any. */
  readonly marketChange: number | undefined;
  /** Stocks that each reason refused, by strategy. */
  readonly refusals: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The signal on which an entry is made. */
export interface EntrySignal {
  readonly orderId: string;
  readonly tradeDate: TradeDate;
  readonly symbol: string;
  readonly strategyName: string;
  readonly scanId: string;
  readonly score: string;
  readonly reasons: readonly WhyNot[];
  /** Best ask when it was decided. */
  readonly ask: Price | undefined;
  readonly marketAt: number;
}

export interface StrategyParams {
  readonly strategyName: string;
  readonly strategyVersion: string;
  readonly paramsVersion: number;
  readonly values: Readonly<Record<string, string>>;
}

/** What a day teaches the next one's parameters (SC-011). */
export interface DayReview {
  readonly date: TradeDate;
  readonly pnl: Won;
  readonly winRate: string;
  readonly tradesCount: number;
  /** Which signals, exits and parameters paid; what illiquidity and liquidation cost. */
  readonly improvement: Readonly<Record<string, unknown>>;
  /** How often each filter refused a stock in the day's scans: strategy, code, times. */
  readonly refusals: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Universe, candidates and pinned parameters. */
export interface TradingStore {
  saveUniverse(
    tradeDate: TradeDate,
    instruments: readonly Instrument[],
    marketAt: number,
  ): Promise<void>;
  getUniverse(tradeDate: TradeDate): Promise<readonly Instrument[]>;
  getInstrument(
    tradeDate: TradeDate,
    symbol: string,
  ): Promise<(Instrument & InstrumentClass) | undefined>;
  /**
   * One scan's rows, marks and CandidateScannedEvent. Signals are kept; a stock's refusal takes the
   * place of its older one of the day and strategy.
   */
  saveScan(rows: readonly Candidate[], scan: ScanSummary): Promise<void>;
  /** Drops candidates of days more than so many calendar days before the date; returns how many. */
  pruneCandidates(tradeDate: TradeDate, keepDays: number): Promise<number>;
  /** Signals of the strategy's newest scan, best first, scanned at or after `since` (market ms). */
  getSignals(strategyName: string, since: number, limit: number): Promise<readonly Candidate[]>;
  /** Stocks that the fleet holds or has traded on the date; of one symbol only, when it is given. */
  getStockDays(tradeDate: TradeDate, symbol?: string): Promise<ReadonlyMap<string, StockDay>>;
  /** Before the intent of its order; the first write of an order wins. */
  saveEntrySignal(signal: EntrySignal): Promise<void>;
  /** The newest day with a summary before the date; undefined for a fleet without one. */
  getDayReview(before: TradeDate): Promise<DayReview | undefined>;
  /** ACTIVE parameters of the date; pinned for the day at the open. Undefined: none. */
  getActiveParams(tradeDate: TradeDate, strategyName: string): Promise<StrategyParams | undefined>;
  /** First start of a fleet: the strategy's defaults become its ACTIVE version 1. */
  seedParams(params: StrategyParams, tradeDate: TradeDate): Promise<void>;
  pinParams(tradeDate: TradeDate, params: StrategyParams): Promise<void>;
  getPinnedParams(tradeDate: TradeDate, strategyName: string): Promise<StrategyParams | undefined>;
}

export interface DayBaseline {
  readonly tradeDate: TradeDate;
  readonly accountId: string;
  /** D+2 cash before the first order of the day. */
  readonly openingCashD2: Won;
  readonly openingBoughtAmount: Won;
  readonly openingSoldAmount: Won;
  readonly openingCosts: Won;
  readonly limits: RiskLimits;
  /** Shares in the account at the open that the fleet did not buy. */
  readonly foreignHoldings: Readonly<Record<string, number>>;
}

export interface DaySummary {
  readonly date: TradeDate;
  readonly pnl: Won;
  readonly winRate: string;
  readonly averagePnl: Won;
  /** Zero or negative. */
  readonly maxLoss: Won;
  readonly tradesCount: number;
}

/** Sums of the ledger, from the fills. */
export interface DayLedger {
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  readonly soldByMarket: readonly (InstrumentClass & { readonly amount: Won })[];
  readonly boughtQuantity: Readonly<Record<string, number>>;
  readonly soldQuantity: Readonly<Record<string, number>>;
  /** Open shares by symbol, all days. */
  readonly positions: Readonly<Record<string, number>>;
  readonly estimatedCommission: Won;
  readonly estimatedTax: Won;
  /** Trades with fills of the day, with the amounts of just these: they bear the day's costs. */
  readonly costBearers: readonly CostBearer[];
  /** Broker numbers and cumulative fills of the day's own orders. */
  readonly orders: readonly {
    readonly brokerNumber: string;
    readonly symbol: string;
    readonly filledQuantity: number;
    readonly filledAmount: Won;
    /** A person's sale, of which the fleet's shares may be a part. */
    readonly external?: boolean;
  }[];
}

export interface SettlementStore {
  /** First write of the date wins: a restart keeps the morning's baseline. */
  saveBaseline(baseline: DayBaseline, marketAt: number): Promise<DayBaseline>;
  getBaseline(tradeDate: TradeDate): Promise<DayBaseline | undefined>;
  readDayLedger(tradeDate: TradeDate): Promise<DayLedger>;
  /** Shares out the real costs over the day's trades (repeatable: the last values win) and updates the summary. */
  applyDayCosts(request: {
    tradeDate: TradeDate;
    shares: readonly {
      tradeId: string;
      commission: Won;
      transactionTax: Won;
      costAdjustment: Won;
    }[];
    marketAt: number;
  }): Promise<DaySummary>;
  /** Step 3 and 5 of the close: snapshot and settlement row, one per date; DailySettlementEvent. */
  saveSettlement(request: {
    tradeDate: TradeDate;
    realizedPnl: Won;
    unrealizedPnl: Won;
    positionsSnapshot: readonly Readonly<Record<string, unknown>>[];
    tieOut: Readonly<Record<string, unknown>>;
    tiedOut: boolean;
    brokerBalance: BrokerBalance;
    marketAt: number;
  }): Promise<void>;
  getSummary(date: TradeDate): Promise<DaySummary | undefined>;
}

/** Lag of fixed schedules, per process; kept across restarts of the process. */
export interface LagStore {
  save(process: string, encodedHistogram: string, skipped: number): Promise<void>;
  readAll(): Promise<readonly { process: string; encodedHistogram: string; skipped: number }[]>;
}

/** Access token of the gateway, encrypted by its caller. */
export interface SecretStore {
  load(name: string): Promise<string | undefined>;
  save(name: string, sealed: string): Promise<void>;
}
