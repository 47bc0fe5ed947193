import type { Closure, ClosureKind } from './closure.ts';
import {
  type TradeDate,
  dayNumber,
  fromDayNumber,
  parseTradeDate,
  weekdayOf,
} from './trade-date.ts';

interface FixedRule {
  readonly monthDay: string;
  readonly kind: ClosureKind;
  readonly note: string;
  /** First and last year of the rule; open where absent. */
  readonly fromYear?: number;
  readonly untilYear?: number;
}

// Holidays by the solar calendar (관공서의 공휴일에 관한 규정) and the exchange's Labour Day.
const FIXED_RULES: readonly FixedRule[] = [
  { monthDay: '01-01', kind: 'HOLIDAY', note: '신정' },
  { monthDay: '03-01', kind: 'HOLIDAY', note: '3·1절' },
  { monthDay: '05-01', kind: 'EXCHANGE_CLOSURE', note: '근로자의 날' },
  { monthDay: '05-05', kind: 'HOLIDAY', note: '어린이날' },
  { monthDay: '06-06', kind: 'HOLIDAY', note: '현충일' },
  { monthDay: '07-17', kind: 'HOLIDAY', note: '제헌절', untilYear: 2007 },
  { monthDay: '07-17', kind: 'HOLIDAY', note: '제헌절', fromYear: 2026 },
  { monthDay: '08-15', kind: 'HOLIDAY', note: '광복절' },
  { monthDay: '10-03', kind: 'HOLIDAY', note: '개천절' },
  { monthDay: '10-09', kind: 'HOLIDAY', note: '한글날', fromYear: 2013 },
  { monthDay: '12-25', kind: 'HOLIDAY', note: '기독탄신일' },
];

/**
 * What can be said of a day without a table: weekends, holidays with a fixed date, and the last
 * weekday of the year. Lunar, substitute and ad-hoc holidays and elections are not known here.
 */
export function fixedClosureOf(date: TradeDate): Closure | undefined {
  const weekend = weekendOf(date);
  if (weekend !== undefined) return weekend;
  const year = Number(date.slice(0, 4));
  const rule = FIXED_RULES.find(
    ({ monthDay, fromYear = 0, untilYear = 9999 }) =>
      date.endsWith(monthDay) && year >= fromYear && year <= untilYear,
  );
  if (rule !== undefined) return { kind: rule.kind, note: rule.note };
  if (date === lastWeekdayOfYear(date)) return { kind: 'EXCHANGE_CLOSURE', note: '연말 휴장일' };
  return undefined;
}

export function weekendOf(date: TradeDate): Closure | undefined {
  const weekday = weekdayOf(date);
  if (weekday === 6) return { kind: 'WEEKEND', note: '토요일' };
  if (weekday === 0) return { kind: 'WEEKEND', note: '일요일' };
  return undefined;
}

/** 12-31, or the weekday before it. */
function lastWeekdayOfYear(date: TradeDate): TradeDate {
  const last = parseTradeDate(`${date.slice(0, 4)}-12-31`);
  const daysBack = { 6: 1, 0: 2 }[weekdayOf(last)] ?? 0;
  return fromDayNumber(dayNumber(last) - daysBack);
}
