import { createHash } from 'node:crypto';

import {
  type CalendarOverride,
  CIRCUIT_BREAKER_STAGES,
  KrxRuleError,
  kstInstant,
  parseTradeDate,
  TradingCalendar,
  type TradeDate,
} from '@fleet/krx';

import { type DayData, type DayInput, type DaySymbol, makeBreak } from './day-data.ts';
import { InputError } from './input-error.ts';

interface HaltOrder {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
  readonly date: TradeDate | undefined;
}

interface BreakerOrder {
  readonly market: 'KOSPI' | 'KOSDAQ';
  readonly level: 1 | 2 | 3;
  readonly at: string;
  readonly date: TradeDate | undefined;
}

/** What shall happen to the market, whatever its prices do. */
export interface MarketEvents {
  readonly halts: readonly HaltOrder[];
  readonly circuitBreakers: readonly BreakerOrder[];
  /** Later opens and shifted days are a matter of the calendar. */
  readonly calendar: TradingCalendar;
  readonly fingerprint: string;
}

const KEYS = ['halts', 'circuitBreakers', 'lateOpens', 'shifts'];

/**
 * Reads `{ "halts": [{ "symbol", "from", "to" }], "circuitBreakers": [{ "market", "level", "at" }],
 * "lateOpens": [{ "date", "minutes" }], "shifts": [{ "date", "minutes" }] }`, times as HH:MM[:SS] in
 * Seoul. A halt or breaker with a `date` happens on that day, without one on every day.
 * @throws InputError that names the place
 */
export function parseMarketEvents(text: string): MarketEvents {
  const root = objectOf(readJson(text), 'market events');
  const unknown = Object.keys(root).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new InputError(`market events: unknown key ${unknown}`);
  try {
    return {
      halts: listOf(root, 'halts').map(haltOf),
      circuitBreakers: listOf(root, 'circuitBreakers').map(breakerOf),
      calendar: new TradingCalendar({
        lateOpens: listOf(root, 'lateOpens').map(movedDayOf),
        shifts: listOf(root, 'shifts').map(movedDayOf),
      }),
      fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 16),
    };
  } catch (error) {
    if (error instanceof KrxRuleError) throw new InputError(`market events: ${error.message}`);
    throw error;
  }
}

/** The same days with the ordered events in them. */
export function withMarketEvents(input: DayInput, events: MarketEvents): DayInput {
  return {
    ...input,
    fingerprint: `${input.fingerprint}+${events.fingerprint}`,
    load: (date) => withEvents(input.load(date), events),
  };
}

function withEvents(day: DayData, events: MarketEvents): DayData {
  const { date } = day;
  const isToday = (each: { readonly date: TradeDate | undefined }): boolean =>
    each.date === undefined || each.date === date;
  const symbols = new Map(day.symbols);
  for (const { symbol, from, to } of events.halts.filter(isToday)) {
    const found = symbols.get(symbol);
    if (found === undefined) throw new InputError(`market events: ${symbol} is not in the day`);
    const halt = { from: kstInstant(date, from), to: kstInstant(date, to) };
    symbols.set(symbol, halted(found, halt));
  }
  const breaks = events.circuitBreakers.filter(isToday).flatMap(({ market, level, at }) => {
    const stage = CIRCUIT_BREAKER_STAGES.find((each) => each.level === level);
    return stage === undefined ? [] : [makeBreak(market, stage, kstInstant(date, at))];
  });
  return { ...day, symbols, breaks: [...(day.breaks ?? []), ...breaks] };
}

function halted(symbol: DaySymbol, halt: { from: number; to: number }): DaySymbol {
  const { instrument } = symbol;
  return { ...symbol, instrument: { ...instrument, halts: [...instrument.halts, halt] } };
}

function haltOf(value: unknown, index: number): HaltOrder {
  const place = `market events: halt ${index + 1}`;
  const given = objectOf(value, place);
  const [from, to] = [timeOf(given, 'from', place), timeOf(given, 'to', place)];
  if (from >= to) throw new InputError(`${place}: ends before it begins`);
  return { symbol: textOf(given, 'symbol', place), from, to, date: dateOf(given) };
}

function breakerOf(value: unknown, index: number): BreakerOrder {
  const place = `market events: circuit breaker ${index + 1}`;
  const given = objectOf(value, place);
  const { market, level } = given;
  if (market !== 'KOSPI' && market !== 'KOSDAQ') {
    throw new InputError(`${place}: market must be KOSPI or KOSDAQ`);
  }
  if (level !== 1 && level !== 2 && level !== 3) {
    throw new InputError(`${place}: level must be 1, 2 or 3`);
  }
  return { market, level, at: timeOf(given, 'at', place), date: dateOf(given) };
}

function movedDayOf(
  value: unknown,
  index: number,
): NonNullable<CalendarOverride['lateOpens']>[number] {
  const place = `market events: moved day ${index + 1}`;
  const given = objectOf(value, place);
  const { minutes = 60 } = given;
  if (typeof minutes !== 'number') throw new InputError(`${place}: minutes must be a number`);
  return { date: textOf(given, 'date', place), note: 'ordered', minutes };
}

/** As HH:MM:SS, so that times compare as texts. */
function timeOf(given: Record<string, unknown>, key: string, place: string): string {
  const text = textOf(given, key, place);
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text)) {
    throw new InputError(`${place}: ${key} must be HH:MM or HH:MM:SS`);
  }
  return text.length === 5 ? `${text}:00` : text;
}

function dateOf(given: Record<string, unknown>): TradeDate | undefined {
  const { date } = given;
  return typeof date === 'string' ? parseTradeDate(date) : undefined;
}

function textOf(given: Record<string, unknown>, key: string, place: string): string {
  const value = given[key];
  if (typeof value === 'string') return value;
  throw new InputError(`${place}: ${key} must be a text`);
}

function listOf(root: Record<string, unknown>, key: string): readonly unknown[] {
  const value = root[key] ?? [];
  if (Array.isArray(value)) return value;
  throw new InputError(`market events: ${key} must be a list`);
}

function objectOf(value: unknown, place: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw new InputError(`${place} is not an object`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError('market events: not JSON');
  }
}
