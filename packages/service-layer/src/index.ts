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
  DenialCode,
  IntentResult,
  MarkSentResult,
  OrderIntent,
  OrderStore,
} from './ports/order-store.ts';
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
  DaySummary,
  LagStore,
  RiskLimits,
  SecretStore,
  SettlementStore,
  StrategyParams,
  TradingStore,
} from './ports/trading-store.ts';
export type { GatewayControl, GatewayStatus, OrderChange, OrderFeed } from './ports/order-feed.ts';
export type { OrderSubmitter, SubmitHooks } from './orders/submitter.ts';
