import { KrxRuleError } from './krx-rule-error.ts';

/** A calendar day in Seoul, 'YYYY-MM-DD': compares and sorts as text. */
export type TradeDate = string & { readonly __brand: 'TradeDate' };

const DASHED = /^(\d{4})-(\d{2})-(\d{2})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

/**
 * Reads 'YYYY-MM-DD' or 'YYYYMMDD'; the day must exist.
 * @throws KrxRuleError BAD_DATE
 */
export function parseTradeDate(text: string): TradeDate {
  const match = DASHED.exec(text) ?? COMPACT.exec(text);
  if (match === null) throw badDate(text);
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = fromDayNumber(dayNumberOf(year, month, day));
  const asWritten = `${match[1]}-${match[2]}-${match[3]}`;
  // A day that does not exist (2025-02-30) comes back as another one.
  if (year < 1900 || month < 1 || month > 12 || date !== asWritten) throw badDate(text);
  return date;
}

/** 'YYYYMMDD', the broker's spelling. */
export function compactDate(date: TradeDate): string {
  return date.replaceAll('-', '');
}

/** Days since 1970-01-01. */
export function dayNumber(date: TradeDate): number {
  const [year, month, day] = date.split('-').map(Number);
  return dayNumberOf(year ?? Number.NaN, month ?? Number.NaN, day ?? Number.NaN);
}

/** The inverse of `dayNumber`. */
export function fromDayNumber(days: number): TradeDate {
  // Gregorian calendar counted from 0000-03-01, so that the leap day ends a year (H. Hinnant,
  // "chrono-Compatible Low-Level Date Algorithms").
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's constructor
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as TradeDate;
}

/** 0 = Sunday … 6 = Saturday. */
export function weekdayOf(date: TradeDate): number {
  // 1970-01-01 was a Thursday.
  return (((dayNumber(date) + 4) % 7) + 7) % 7;
}

function dayNumberOf(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function badDate(text: string): KrxRuleError {
  return new KrxRuleError('BAD_DATE', `not a date (YYYY-MM-DD or YYYYMMDD): ${text}`, { text });
}
