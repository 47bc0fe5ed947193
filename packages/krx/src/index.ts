export type { InstrumentClass, InstrumentKind, Market, Venue } from './instrument.ts';
export { KrxRuleError, type KrxRuleErrorCode } from './krx-rule-error.ts';
export { compactDate, parseTradeDate, type TradeDate, weekdayOf } from './trade-date.ts';
export { kstCompactTime, kstDate, kstInstant, kstIso, kstTime, minuteOf } from './kst.ts';
export { isOnTick, type RoundDirection, roundToTick, stepTicks, tickSize } from './tick-size.ts';
export {
  afterHoursPriceLimits,
  NO_UPPER_LIMIT,
  type PriceLimitOptions,
  priceLimits,
  type PriceLimits,
} from './price-limit.ts';
export { sellTaxRates, type SellTaxRates } from './sell-tax.ts';
export type { CalendarOverride } from './calendar-override.ts';
export type { Closure, ClosureKind } from './closure.ts';
export { KRX_CALENDAR, TradingCalendar } from './trading-calendar.ts';
export { type MarketPhase, phaseAt, type Session, type TimeSpan } from './session.ts';
export { type NxtPhase, nxtPhaseAt, type NxtSession, nxtSessionOf } from './nxt-session.ts';
export {
  needsPrice,
  ORDER_TYPES,
  orderTypeCode,
  orderTypeOfCode,
  type OrderType,
} from './order-type.ts';
export {
  isOrderTypeAllowed,
  type OrderTypeAnswer,
  type OrderTypeQuestion,
} from './order-type-rules.ts';
export {
  CIRCUIT_BREAKER_STAGES,
  CIRCUIT_BREAKERS,
  type CircuitBreaker,
  type CircuitBreakerStage,
  VOLATILITY_INTERRUPTION,
} from './market-interruptions.ts';
export { isSymbol, parseSymbol, type Symbol6, wireSymbol } from './symbol.ts';
