import type { Session } from './session.ts';
import type { TradeDate } from './trade-date.ts';
declare const todo: never;
interface DatedNote { readonly date: string; readonly note: string }
export interface CalendarOverride {
  readonly closures?: readonly DatedNote[];
  readonly openings?: readonly DatedNote[];
  readonly lateOpens?: readonly (DatedNote & { readonly minutes?: number })[];
  readonly shifts?: readonly (DatedNote & { readonly minutes?: number })[];
}
export type ClosureKind = 'WEEKEND' | 'HOLIDAY' | 'SUBSTITUTE_HOLIDAY' | 'ADHOC_HOLIDAY' | 'ELECTION' | 'EXCHANGE_CLOSURE' | 'OVERRIDE';
export interface Closure { readonly kind: ClosureKind; readonly note: string }
export class TradingCalendar {
  constructor(_override: CalendarOverride = {}) {}
  covers(_date: TradeDate): boolean { return todo; }
  isTradingDay(_date: TradeDate): boolean { return todo; }
  closureOf(_date: TradeDate): Closure | undefined { return todo; }
  next(_date: TradeDate): TradeDate { return todo; }
  previous(_date: TradeDate): TradeDate { return todo; }
  add(_date: TradeDate, _days: number): TradeDate { return todo; }
  settlementDate(_tradeDate: TradeDate): TradeDate { return todo; }
  sessionOf(_date: TradeDate): Session { return todo; }
}
export const KRX_CALENDAR: TradingCalendar = new TradingCalendar();
