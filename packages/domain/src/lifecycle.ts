import type { Price, Quantity, Won } from './money.ts';
import type { TradeDate } from '@fleet/krx';

/** Spec: IDLE -> SCAN -> HOLD -> SCAN, any -> EXIT. */
export type WorkerState = 'IDLE' | 'SCAN' | 'HOLD' | 'EXIT';

export type WorkerEvent = 'START' | 'ENTERED' | 'EXITED' | 'STOP';

/** UB-001. */
export type SystemStateName =
  | 'OFFLINE'
  | 'INITIALIZING'
  | 'READY'
  | 'TRADING'
  | 'CLOSING'
  | 'CLOSED'
  | 'STOPPED';

/** What may leave for the broker; checked inside the intent transaction. */
export type Gate = 'OPEN' | 'EXIT_ONLY' | 'OBSERVE' | 'STOPPED';

export type RecoveryStatus = 'SUCCESS' | 'FAILED' | 'PARTIAL';

export interface SystemState {
  readonly state: SystemStateName;
  readonly gate: Gate;
  readonly gateReason: string | undefined;
  /** The supervisor's term that wrote it. */
  readonly term: number;
  readonly tradeDate: TradeDate | undefined;
  /** Epoch ms, market time. */
  readonly marketOpenAt: number | undefined;
  readonly marketClosedAt: number | undefined;
  readonly lastRecoveryAt: number | undefined;
  readonly recoveryStatus: RecoveryStatus | undefined;
  readonly recoveryDetails: Readonly<Record<string, unknown>>;
}

/** One symbol's shares that the fleet bought and has not sold. */
export interface Position {
  readonly symbol: string;
  readonly quantity: Quantity;
  /** Undefined when flat. */
  readonly averageEntryPrice: Won | undefined;
  readonly tradeId: string | undefined;
  readonly workerId: string | undefined;
  readonly entryPrice: Won | undefined;
  /** Epoch ms, market time. */
  readonly enteredAt: number | undefined;
  readonly strategyName: string | undefined;
  readonly strategyVersion: string | undefined;
  readonly paramsVersion: number | undefined;
}

/** A round trip: from the first bought share until the last one is sold. */
export interface Trade {
  readonly tradeId: string;
  readonly tradeDate: TradeDate;
  readonly symbol: string;
  readonly entryWorkerId: string;
  readonly exitWorkerId: string | undefined;
  readonly boughtQuantity: Quantity;
  readonly boughtAmount: Won;
  readonly soldQuantity: Quantity;
  readonly soldAmount: Won;
  /** Estimates until settlement shares out the day's real costs. */
  readonly commission: Won;
  readonly transactionTax: Won;
  /** This trade's share of the day's difference between real and estimated costs. */
  readonly costAdjustment: Won;
  /** soldAmount - boughtAmount - commission - transactionTax - costAdjustment; undefined while open. */
  readonly pnl: Won | undefined;
  readonly enteredAt: number;
  readonly exitedAt: number | undefined;
  readonly exitReason: string | undefined;
}

export interface Fill {
  readonly fillId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: Quantity;
  /** Step amount / step quantity; may have decimals when a step met several prices. */
  readonly price: Won;
  readonly amount: Won;
  readonly cumulativeQuantity: Quantity;
  readonly marketAt: number;
}

/** A quote as the strategy and the risk checks see it. */
export interface Quote {
  readonly symbol: string;
  /** Epoch ms, market time of the broker's value. */
  readonly at: number;
  readonly lastPrice: Price;
  readonly bid: Price | undefined;
  readonly ask: Price | undefined;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  readonly open: Price | undefined;
  readonly high: Price | undefined;
  readonly low: Price | undefined;
  readonly previousClose: Price;
  readonly upperLimit: Price;
  readonly lowerLimit: Price;
  readonly volume: Quantity;
  readonly turnover: Won;
  readonly halted: boolean;
  readonly volatilityInterrupted: boolean;
}

/** One minute of trading, labelled by its start (epoch ms, market time). */
export interface Candle {
  readonly start: number;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  readonly volume: Quantity;
}
