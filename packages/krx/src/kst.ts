import { KrxRuleError } from './krx-rule-error.ts';
import { type TradeDate, dayNumber, fromDayNumber } from './trade-date.ts';

// Korea Standard Time is UTC+9 without daylight saving since 1988-10-09, so arithmetic is enough.
const KST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const TIME_OF_DAY = /^(\d{2}):(\d{2})(?::(\d{2}))?$|^(\d{2})(\d{2})(\d{2})$/;

/**
 * Epoch milliseconds of a Seoul wall-clock time ('HH:MM', 'HH:MM:SS' or 'HHMMSS').
 * @throws KrxRuleError BAD_TIME
 */
export function kstInstant(date: TradeDate, time: string): number {
  return dayNumber(date) * DAY_MS - KST_OFFSET_MS + timeOfDayMs(time);
}

/** The Seoul calendar day of an instant. */
export function kstDate(instant: number): TradeDate {
  return fromDayNumber(Math.floor((instant + KST_OFFSET_MS) / DAY_MS));
}

/** 'HH:MM:SS' in Seoul, cut down to the second. */
export function kstTime(instant: number): string {
  const seconds = Math.floor(msOfDay(instant) / 1000);
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(twoDigits).join(':');
}

/** 'HHMMSS' in Seoul, the broker's spelling. */
export function kstCompactTime(instant: number): string {
  return kstTime(instant).replaceAll(':', '');
}

/** '2026-03-12T09:00:00.000+09:00'. */
export function kstIso(instant: number): string {
  const milliseconds = String(Math.floor(msOfDay(instant)) % 1000).padStart(3, '0');
  return `${kstDate(instant)}T${kstTime(instant)}.${milliseconds}+09:00`;
}

/** The start of the minute that the instant is in, epoch milliseconds. */
export function minuteOf(instant: number): number {
  return Math.floor(instant / MINUTE_MS) * MINUTE_MS;
}

function msOfDay(instant: number): number {
  return (((instant + KST_OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS;
}

function timeOfDayMs(time: string): number {
  const match = TIME_OF_DAY.exec(time);
  const hours = Number(match?.[1] ?? match?.[4]);
  const minutes = Number(match?.[2] ?? match?.[5]);
  const seconds = Number(match?.[3] ?? match?.[6] ?? 0);
  if (match === null || hours > 23 || minutes > 59 || seconds > 59) {
    throw new KrxRuleError('BAD_TIME', `not a time of day (HH:MM, HH:MM:SS or HHMMSS): ${time}`, {
      time,
    });
  }
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
