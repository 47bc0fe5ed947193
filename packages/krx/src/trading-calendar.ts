import type { Closure } from './closure.ts';
import { type CalendarOverride, type SpecialDays, readOverride } from './calendar-override.ts';
import { CLOSURE_TABLE, COVERED } from './closure-table.ts';
import { fixedClosureOf, weekendOf } from './fixed-closures.ts';
import { KrxRuleError } from './krx-rule-error.ts';
import { EXAM_DAYS, USUAL_SHIFT_MINUTES } from './session-tables.ts';
import type { Session } from './session.ts';
import { makeSession } from './session-hours.ts';
import { type TradeDate, dayNumber, fromDayNumber, parseTradeDate } from './trade-date.ts';

const CLOSURES: ReadonlyMap<string, Closure> = new Map(
  CLOSURE_TABLE.map(([date, kind, note]): [string, Closure] => [date, { kind, note }]),
);
const EXAMS: ReadonlySet<string> = new Set(EXAM_DAYS);

/** T+2 trading days, all markets. */
const SETTLEMENT_DAYS = 2;

/** The longest break known is 10 days; a longer run of closed days is a mistake in an override. */
const CLOSED_RUN_MAX = 60;

/**
 * Which days KRX trades, and when. Immutable. Outside the covered years (2015–2026) it answers by
 * weekends and fixed-date holidays alone and `covers` says false.
 */
export class TradingCalendar {
  readonly #override: SpecialDays;

  /**
   * @param override what the user knows better: an ad-hoc closure, a changed open
   * @throws KrxRuleError BAD_OVERRIDE when a day is both closed and open, BAD_DATE
   */
  constructor(override: CalendarOverride = {}) {
    this.#override = readOverride(override);
  }

  /** Whether the calendar is complete for that day. */
  covers(date: TradeDate): boolean {
    return date >= COVERED.from && date <= COVERED.to;
  }

  /** Whether the exchange trades that day; says nothing about "open now". */
  isTradingDay(date: TradeDate): boolean {
    return this.closureOf(date) === undefined;
  }

  /** Why there is no trading that day; undefined on a trading day. */
  closureOf(date: TradeDate): Closure | undefined {
    if (this.#override.openings.has(date)) return undefined;
    const note = this.#override.closures.get(date);
    if (note !== undefined) return { kind: 'OVERRIDE', note };
    if (!this.covers(date)) return fixedClosureOf(date);
    return CLOSURES.get(date) ?? weekendOf(date);
  }

  /** The first trading day after the day. */
  next(date: TradeDate): TradeDate {
    return this.#step(date, 1);
  }

  /** The last trading day before the day. */
  previous(date: TradeDate): TradeDate {
    return this.#step(date, -1);
  }

  /** So many trading days later (earlier, when negative); 0 gives the day itself. */
  add(date: TradeDate, days: number): TradeDate {
    let day = date;
    for (let left = Math.abs(days); left > 0; left -= 1) day = this.#step(day, Math.sign(days));
    return day;
  }

  /** The day on which a trade settles: two trading days later. */
  settlementDate(tradeDate: TradeDate): TradeDate {
    return this.add(tradeDate, SETTLEMENT_DAYS);
  }

  /**
   * The day's hours.
   * @throws KrxRuleError NOT_A_TRADING_DAY
   */
  sessionOf(date: TradeDate): Session {
    const closure = this.closureOf(date);
    if (closure !== undefined) {
      throw new KrxRuleError('NOT_A_TRADING_DAY', `${date} has no trading: ${closure.note}`, {
        date,
        ...closure,
      });
    }
    return makeSession({
      date,
      openDelayMinutes: this.#override.lateOpens.get(date) ?? this.#usualOpenDelay(date),
      shiftMinutes: this.#override.shifts.get(date) ?? (EXAMS.has(date) ? USUAL_SHIFT_MINUTES : 0),
    });
  }

  /** The first trading day of a year opens an hour late (증시개장식) and closes as usual. */
  #usualOpenDelay(date: TradeDate): number {
    const isFirstOfYear = this.next(lastDayBefore(date)) === date;
    return isFirstOfYear ? USUAL_SHIFT_MINUTES : 0;
  }

  #step(date: TradeDate, direction: number): TradeDate {
    const start = dayNumber(date);
    for (let distance = 1; distance <= CLOSED_RUN_MAX; distance += 1) {
      const day = fromDayNumber(start + direction * distance);
      if (this.isTradingDay(day)) return day;
    }
    throw new KrxRuleError('BAD_OVERRIDE', `no trading day within ${CLOSED_RUN_MAX} days`, {
      date,
    });
  }
}

/** 12-31 of the year before. */
function lastDayBefore(date: TradeDate): TradeDate {
  return fromDayNumber(dayNumber(parseTradeDate(`${date.slice(0, 4)}-01-01`)) - 1);
}

/** The calendar as committed, without anybody's override. */
export const KRX_CALENDAR: TradingCalendar = new TradingCalendar();
