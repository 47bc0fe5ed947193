import { KrxRuleError } from './krx-rule-error.ts';
import { USUAL_SHIFT_MINUTES } from './session-tables.ts';
import { type TradeDate, parseTradeDate } from './trade-date.ts';

interface DatedNote {
  /** 'YYYY-MM-DD' or 'YYYYMMDD' */
  readonly date: string;
  readonly note: string;
}

/** A day whose hours differ by `minutes` (60 when absent, 0 for "as usual after all"). */
interface MovedDay extends DatedNote {
  readonly minutes?: number;
}

/** What the committed calendar does not know. It wins over the tables. */
export interface CalendarOverride {
  /** No trading, e.g. a temporary public holiday decided last week. */
  readonly closures?: readonly DatedNote[];
  /** Trading although the tables say closed. */
  readonly openings?: readonly DatedNote[];
  /** The open is later, the close as usual. */
  readonly lateOpens?: readonly MovedDay[];
  /** The whole session is later, as on an exam day. */
  readonly shifts?: readonly MovedDay[];
}

/** An override, ready for look-ups: notes and minutes by date. */
export interface SpecialDays {
  readonly closures: ReadonlyMap<TradeDate, string>;
  readonly openings: ReadonlyMap<TradeDate, string>;
  readonly lateOpens: ReadonlyMap<TradeDate, number>;
  readonly shifts: ReadonlyMap<TradeDate, number>;
}

/** More would leave no continuous trading (late open) or no after-hours session (shift). */
const LATE_OPEN_MINUTES_MAX = 300;
const SHIFT_MINUTES_MAX = 110;

/** @throws KrxRuleError BAD_OVERRIDE, BAD_DATE */
export function readOverride(override: CalendarOverride): SpecialDays {
  const closures = notesByDate(override.closures ?? []);
  const openings = notesByDate(override.openings ?? []);
  const contradiction = [...closures.keys()].find((date) => openings.has(date));
  if (contradiction !== undefined) {
    throw new KrxRuleError('BAD_OVERRIDE', `${contradiction} is both closed and open`, {
      date: contradiction,
    });
  }
  return {
    closures,
    openings,
    lateOpens: minutesByDate(override.lateOpens ?? [], LATE_OPEN_MINUTES_MAX),
    shifts: minutesByDate(override.shifts ?? [], SHIFT_MINUTES_MAX),
  };
}

function notesByDate(days: readonly DatedNote[]): ReadonlyMap<TradeDate, string> {
  return new Map(days.map(({ date, note }) => [parseTradeDate(date), note]));
}

function minutesByDate(days: readonly MovedDay[], max: number): ReadonlyMap<TradeDate, number> {
  return new Map(
    days.map(({ date, minutes = USUAL_SHIFT_MINUTES }) => {
      if (!Number.isInteger(minutes) || minutes < 0 || minutes > max) {
        throw new KrxRuleError('BAD_OVERRIDE', `${date}: minutes must be 0 to ${max}`, {
          date,
          minutes,
        });
      }
      return [parseTradeDate(date), minutes];
    }),
  );
}
