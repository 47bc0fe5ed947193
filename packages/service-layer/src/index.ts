export { BrokerError } from './ports/broker.ts';
export type {
  BrokerAccount,
  BrokerBalance,
  BrokerErrorCode,
  BrokerHolding,
  BrokerOrder,
  BrokerOrderList,
  BrokerPort,
  BuyingPower,
  CallLane,
  CallOptions,
  ExecutionNotice,
  OrderTicket,
  SubmitOutcome,
} from './ports/broker.ts';
export type { Clock, MarketClock } from './ports/clock.ts';
export type {
  BookLevel,
  FeedStatus,
  Instrument,
  MarketDataPort,
  OrderBook,
  QuoteListener,
  RankedSymbol,
  Tick,
} from './ports/market-data.ts';
export type {
  DailyCandle,
  DailyCandleQuery,
  InstrumentInfo,
  MarketDay,
  MarketLookupPort,
  MarketTime,
  SavedCondition,
  VolatilityInterruption,
} from './ports/market-lookup.ts';
export type {
  ClaimPurpose,
  ClaimRefusal,
  ClaimResult,
  GrantedLock,
  LockStore,
  ReapedWorker,
  ReleaseResult,
} from './ports/lock-store.ts';
export type {
  BookedRow,
  CancelIntent,
  FrozenCandidate,
  FrozenStock,
  ModifyIntent,
  DenialCode,
  IntentResult,
  MarkSentResult,
  OrderIntent,
  OrderStore,
} from './ports/order-store.ts';
export type { AccountStore, ForeignHolding, ForeignOrder } from './ports/account-store.ts';
export type {
  EventStore,
  FleetEvent,
  Lease,
  LeaseName,
  LeaseStore,
  ProcessIdentity,
  StoredEvent,
  SystemStore,
  WorkerHeartbeat,
  WorkerRow,
  WorkerStore,
} from './ports/fleet-store.ts';
export type {
  Candidate,
  DayBaseline,
  DayLedger,
  DayReview,
  DaySummary,
  EntrySignal,
  LagStore,
  ScanSummary,
  SecretStore,
  SettlementStore,
  StockMark,
  StrategyParams,
  TradingStore,
} from './ports/trading-store.ts';
export type { GatewayControl, GatewayStatus, OrderChange, OrderFeed } from './ports/order-feed.ts';
export type { OrderSubmitter, SubmitHooks } from './orders/submitter.ts';
export type { LagRecorder, Log } from './ports/log.ts';
export { orderIsOverAt } from './orders/venue-close.ts';
export {
  type AskedAt,
  OrderEgress,
  type OrderEgressDependencies,
  type SendGuard,
} from './orders/order-egress.ts';
export {
  OrderTracker,
  type OrderTrackerDependencies,
  type ReconcileResult,
} from './orders/order-tracker.ts';
export {
  matchOpenQuestion,
  type OpenQuestion,
  type QuestionMatch,
} from './orders/match-open-question.ts';
export { OrderService, type OrderServiceDependencies } from './orders/order-service.ts';
export { LockKeeper, type LockKeeperDependencies } from './locks/lock-keeper.ts';
export { FixedSchedule, type FixedScheduleOptions } from './schedule/fixed-schedule.ts';
export { computeIndicators, turnoverPerMinute } from './market/indicators.ts';
export {
  chooseUniverse,
  type UniverseChoice,
  type UniverseRules,
} from './market/choose-universe.ts';
export { MarketScanner, type MarketScannerDependencies } from './market/market-scanner.ts';
export type { PinnedStrategy } from './market/judge-stocks.ts';
export { WorkerLoop } from './workers/worker-loop.ts';
export { WorkerLifecycle, type WorkerLifecycleDependencies } from './workers/worker-lifecycle.ts';
export type { TradingDay, WorkerBoard, WorkerContext } from './workers/worker-context.ts';
export { changeSystemState } from './lifecycle/change-system-state.ts';
export { CLOSING_STEPS, OPENING_STEPS, type DayStep } from './lifecycle/day-steps.ts';
export {
  openMarket,
  stopTrading,
  type OpenedMarket,
  type OpenMarketDependencies,
} from './lifecycle/open-market.ts';
export { watchFleet, type WatchFleetDependencies } from './lifecycle/watch-fleet.ts';
export { closeMarket, type CloseMarketDependencies } from './lifecycle/close-market.ts';
export {
  StateRecoveryService,
  type RecoveryResult,
  type StateRecoveryDependencies,
} from './lifecycle/recover-state.ts';
export {
  settleDay,
  type DaySettlement,
  type SettleDayDependencies,
} from './lifecycle/settle-day.ts';
export type { Run, RunRegistry } from './ports/run-registry.ts';
export type { DayCounts, ReportStore, TradeResult, WorkerResult } from './ports/report-store.ts';
