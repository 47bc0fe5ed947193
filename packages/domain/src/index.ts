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
export { isTerminal, leavesQuantity, TERMINAL_ORDER_STATUSES } from './order.ts';
export type {
  BrokerOrderKey,
  Order,
  OrderEndReason,
  OrderEvent,
  OrderPurpose,
  OrderRequest,
  OrderStatus,
  Side,
} from './order.ts';
export type {
  Candle,
  Fill,
  Gate,
  Position,
  Quote,
  RecoveryStatus,
  SystemState,
  SystemStateName,
  Trade,
  WorkerEvent,
  WorkerState,
} from './lifecycle.ts';
export type {
  BuyDecision,
  CandidateView,
  HoldingView,
  Indicators,
  ParameterDeclaration,
  ParameterValues,
  SellSignal,
  Strategy,
  Urgency,
  WhyNot,
} from './strategy/strategy.ts';
