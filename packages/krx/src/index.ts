export type { InstrumentClass, InstrumentKind, Market, Venue } from './instrument.ts';
export { KrxRuleError, type KrxRuleErrorCode } from './krx-rule-error.ts';
export { compactDate, parseTradeDate, type TradeDate, weekdayOf } from './trade-date.ts';
export { kstCompactTime, kstDate, kstInstant, kstIso, kstTime, minuteOf } from './kst.ts';
export { isOnTick, roundToTick, stepTicks, tickSize } from './tick-size.ts';
export { priceLimits, type PriceLimits } from './price-limit.ts';
export { sellTaxRates, type SellTaxRates } from './sell-tax.ts';
export {
  type CalendarOverride,
  type Closure,
  type ClosureKind,
  KRX_CALENDAR,
  TradingCalendar,
} from './trading-calendar.ts';
export { type MarketPhase, phaseAt, type Session, type TimeSpan } from './session.ts';
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
export { isSymbol, type Symbol6 } from './symbol.ts';
