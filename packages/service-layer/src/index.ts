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
