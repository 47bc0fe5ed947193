export {
  amountOf,
  InvalidValueError,
  NO_SHARES,
  price,
  quantity,
  sumWon,
  won,
  ZERO_WON,
} from './money.ts';
export type { Price, Quantity, Won } from './money.ts';
export {
  IllegalTransitionError,
  InvariantViolation,
  LifecycleError,
  LockAcquisitionError,
  MarketCloseError,
  MarketOpenError,
  OrderExecutionError,
  PositionError,
  StateRecoveryError,
  StopModeError,
  WorkerError,
  WorkerTerminationError,
} from './errors.ts';
export type { ErrorContext, ErrorDetails, LifecycleErrorCode, WorkerErrorCode } from './errors.ts';
export { isTerminal, leavesQuantity, TERMINAL_ORDER_STATUSES } from './orders/order.ts';
export type {
  BrokerOrderKey,
  Order,
  OrderEndReason,
  OrderEvent,
  OrderPurpose,
  OrderRequest,
  OrderStatus,
  Side,
} from './orders/order.ts';
export {
  ORDER_STEPS,
  ORDER_TRANSITIONS,
  type OrderEventType,
  transitionOrder,
} from './orders/order-machine.ts';
export {
  bookBrokerRow,
  type BrokerRow,
  type FillStep,
  type RowOutcome,
} from './orders/broker-row.ts';
export {
  judgeExternalSale,
  type ExternalSaleStep,
  type ExternalSaleVerdict,
  type ForeignFill,
} from './orders/external-sale.ts';
export {
  DEFAULT_KILL_LIMITS,
  DEFAULT_WATCH_LIMITS,
  judgeKillConditions,
  judgeWatched,
  type KillBreach,
  type KillConditionCode,
  type KillConditionFacts,
  type KillLimits,
  type WatchLimits,
} from './orders/kill-conditions.ts';
export {
  transitionWorker,
  WORKER_TRANSITIONS,
  type WorkerEvent,
  type WorkerState,
} from './states/worker-state.ts';
export {
  type RecoveryStatus,
  SYSTEM_TRANSITIONS,
  type SystemState,
  type SystemStateName,
  TERM_START_STATE,
  transitionSystem,
} from './states/system-state.ts';
export {
  type Gate,
  gateAllows,
  type GatedAction,
  GATES,
  mayChangeGate,
  narrowerGate,
} from './states/gate.ts';
export { checkLockTiming, DEFAULT_LOCK_TIMING, type LockTiming } from './locks/lock-timing.ts';
export {
  type ClockReading,
  isTrusted,
  openTrustWindow,
  type TrustWindow,
} from './locks/trust-window.ts';
export {
  LOCK_TRANSITIONS,
  type StockLock,
  type StockLockEvent,
  type StockLockEventType,
  type StockLockState,
  transitionLock,
} from './locks/lock-machine.ts';
export type { Fill } from './ledger/fill.ts';
export {
  applyFillToPosition,
  AVERAGE_PRICE_DECIMALS,
  type FillTotals,
  flatPosition,
  type Position,
  type PositionContext,
  positionsFromFills,
} from './ledger/position.ts';
export { applyFillToTrade, pnlOf, type Trade, type TradeFillContext } from './ledger/trade.ts';
export { EMPTY_SUMMARY, type Summary, summaryOf, updateSummary } from './ledger/summary.ts';
export { type CostRates, DEFAULT_COST_RATES } from './costs/cost-rates.ts';
export { estimateCommission, estimateSellTax } from './costs/estimate-costs.ts';
export { type DayAmounts, type DayCosts, expectedDayCosts } from './costs/day-costs.ts';
export {
  type CostBearer,
  type CostShare,
  type RealCosts,
  shareCosts,
} from './costs/share-costs.ts';
export type { LossBasis, RiskLimits } from './risk/risk-limits.ts';
export {
  type BuyRiskInput,
  checkBuyRisk,
  gateAfterBreach,
  type RiskDenialCode,
  type RiskVerdict,
} from './risk/check-buy-risk.ts';
export {
  type BuySize,
  DEFAULT_LIQUIDITY_CAP,
  type LiquidityCap,
  sizeBuy,
  type SizeLimitedBy,
  type SizingInput,
  type SizingPolicy,
} from './risk/size-buy.ts';
export type { Quote } from './market/quote.ts';
export type { Candle } from './market/candle.ts';
export {
  addQuote,
  addTick,
  candleSeries,
  type CandleSeries,
  fullCandles,
  type TickView,
} from './market/candle-series.ts';
export { marketableLimit } from './market/marketable-limit.ts';
export {
  type EntryOrderPolicy,
  type EntryOrderType,
  entryOrderType,
} from './market/entry-order.ts';
export type {
  BuyDecision,
  CandidateView,
  HoldingView,
  Indicators,
  IndicatorWindows,
  ParameterDeclaration,
  ParameterValues,
  SellSignal,
  StockDay,
  Strategy,
  Urgency,
  WhyNot,
} from './strategy/strategy.ts';
export { UNTOUCHED_STOCK } from './strategy/strategy.ts';
export { BAR_REFUSALS } from './strategy/common-refusals.ts';
export { defaultStrategy, findStrategy, strategyNames } from './strategy/registry.ts';
export {
  completeParameters,
  defaultParameters,
  type ParameterCheck,
  validateParameters,
} from './strategy/validate-parameters.ts';
export {
  DEFAULT_LIQUIDATION_PARAMS,
  type LiquidationParams,
} from './liquidation/liquidation-params.ts';
export {
  latestLiquidationStart,
  type LiquidationInput,
  liquidationPlan,
  type LiquidationPlan,
  type LiquidationRung,
  type LiquidationStep,
} from './liquidation/liquidation-plan.ts';
export {
  type LiquidationAttempts,
  liquidationRung,
  TRIES_PER_RUNG,
} from './liquidation/liquidation-rung.ts';
export { tieOut } from './settlement/tie-out.ts';
export type {
  FilledSum,
  HoldingDifference,
  OrderDifference,
  TieOutResult,
} from './settlement/tie-out-result.ts';
export type {
  BrokerFillRow,
  TieOutBaseline,
  TieOutBroker,
  TieOutInput,
  TieOutLedger,
} from './settlement/tie-out-input.ts';
