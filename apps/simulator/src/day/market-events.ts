import { createHash } from 'node:crypto';

import {
  type CalendarOverride,
  CIRCUIT_BREAKER_STAGES,
  KrxRuleError,
  kstInstant,
  TradingCalendar,
  type TradeDate,
} from '@fleet/krx';

import {
  objectOf,
  optionalNumber,
  optionalText,
  parseObject,
  type Place,
  requiredText,
  rowsOf,
  wrong,
} from '../control/json-input.ts';
import type { JsonObject } from '../rest/request.ts';
import { type DayData, type DayInput, type DaySymbol, makeBreak } from './day-data.ts';
import { readDate } from './trade-dates.ts';

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

const EVENTS: Place = { en: 'market events', ko: '시장 이벤트' };

/**
 * Reads `{ "halts": [{ "symbol", "from", "to" }], "circuitBreakers": [{ "market", "level", "at" }],
 * "lateOpens": [{ "date", "minutes" }], "shifts": [{ "date", "minutes" }] }`, times as HH:MM[:SS] in
 * Seoul. A halt or breaker with a `date` happens on that day, without one on every day.
 * @throws InputError that names the place
 */
export function parseMarketEvents(text: string): MarketEvents {
  const root = parseObject(text, EVENTS, ['halts', 'circuitBreakers', 'lateOpens', 'shifts']);
  const rows = (key: string) => rowsOf(root, key, EVENTS);
  return {
    halts: rows('halts').map(haltOf),
    circuitBreakers: rows('circuitBreakers').map(breakerOf),
    calendar: calendarOf(rows('lateOpens').map(movedDayOf), rows('shifts').map(movedDayOf)),
    fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 16),
  };
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
    if (found === undefined) {
      throw wrong(EVENTS, {
        en: `${symbol} is not in the day`,
        ko: `${symbol}은(는) 이 날에 없는 종목입니다`,
      });
    }
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

interface Row {
  readonly value: unknown;
  readonly place: Place;
}

function haltOf({ value, place }: Row): HaltOrder {
  const given = objectOf(value, place, ['symbol', 'from', 'to', 'date']);
  const [from, to] = [timeOf(given, 'from', place), timeOf(given, 'to', place)];
  if (from >= to) {
    throw wrong(place, { en: 'ends before it begins', ko: '시작보다 먼저 끝납니다' });
  }
  return { symbol: requiredText(given, 'symbol', place), from, to, date: dateOf(given, place) };
}

function breakerOf({ value, place }: Row): BreakerOrder {
  const given = objectOf(value, place, ['market', 'level', 'at', 'date']);
  const { market, level } = given;
  if (market !== 'KOSPI' && market !== 'KOSDAQ') {
    throw wrong(place, {
      en: 'market must be KOSPI or KOSDAQ',
      ko: 'market은 KOSPI 또는 KOSDAQ이어야 합니다',
    });
  }
  if (level !== 1 && level !== 2 && level !== 3) {
    throw wrong(place, {
      en: 'level must be 1, 2 or 3',
      ko: 'level은 1, 2, 3 가운데 하나여야 합니다',
    });
  }
  return { market, level, at: timeOf(given, 'at', place), date: dateOf(given, place) };
}

type MovedDay = NonNullable<CalendarOverride['lateOpens']>[number];

function movedDayOf({ value, place }: Row): MovedDay {
  const given = objectOf(value, place, ['date', 'minutes']);
  const minutes = optionalNumber(given, 'minutes', { place, min: 0 }) ?? 60;
  const date = dateOf(given, place) ?? requiredText(given, 'date', place);
  return { date, note: 'ordered', minutes };
}

function calendarOf(lateOpens: readonly MovedDay[], shifts: readonly MovedDay[]): TradingCalendar {
  try {
    return new TradingCalendar({ lateOpens, shifts });
  } catch (error) {
    if (!(error instanceof KrxRuleError)) throw error;
    throw wrong(EVENTS, {
      en: error.message,
      ko: `그날을 그렇게 옮길 수 없습니다 (${error.message})`,
    });
  }
}

/** As HH:MM:SS, so that times compare as texts. */
function timeOf(given: JsonObject, key: string, place: Place): string {
  const text = requiredText(given, key, place);
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text)) {
    throw wrong(place, {
      en: `${key} must be HH:MM or HH:MM:SS`,
      ko: `${key}은(는) HH:MM 또는 HH:MM:SS 모양이어야 합니다`,
    });
  }
  return text.length === 5 ? `${text}:00` : text;
}

function dateOf(given: JsonObject, place: Place): TradeDate | undefined {
  const text = optionalText(given, 'date', place);
  const date = text === undefined ? undefined : readDate(text);
  if (text === undefined || date !== undefined) return date;
  throw wrong(place, {
    en: `${text} is not a date (YYYY-MM-DD)`,
    ko: `${text}은(는) 날짜(YYYY-MM-DD)가 아닙니다`,
  });
}
