import { describe, expect, it } from '@jest/globals';
import * as holidays from '@hyunbinseo/holidays-kr/all';
import * as fc from 'fast-check';
import { CLOSURE_TABLE } from './closure-table.ts';
import { fixedClosureOf } from './fixed-closures.ts';
import {
  type TradeDate,
  dayNumber,
  fromDayNumber,
  parseTradeDate,
  weekdayOf,
} from './trade-date.ts';
import { KRX_CALENDAR, TradingCalendar } from './trading-calendar.ts';

const on = parseTradeDate;

function daysOf(firstYear: number, lastYear: number): readonly TradeDate[] {
  const first = dayNumber(on(`${firstYear}-01-01`));
  const last = dayNumber(on(`${lastYear}-12-31`));
  return Array.from({ length: last - first + 1 }, (_, index) => fromDayNumber(first + index));
}

const isWeekday = (date: TradeDate): boolean => ![0, 6].includes(weekdayOf(date));
const GAZETTE: ReadonlyMap<string, unknown> = new Map(
  Object.values(holidays).flatMap(Object.entries),
);

/** What the exchange closes beyond public holidays: Labour Day and the year's last weekday. */
const isExchangeClosure = (date: TradeDate): boolean =>
  date.endsWith('05-01') ||
  date === daysOf(Number(date.slice(0, 4)), Number(date.slice(0, 4))).findLast(isWeekday);

describe('calendar against the gazette', () => {
  it('closes on public holidays, Labour Day and the last weekday of the year, 2018–2026', () => {
    const days = daysOf(2018, 2026).filter(isWeekday);
    const expected = days.filter((date) => GAZETTE.has(date) || isExchangeClosure(date));
    expect(days.filter((date) => !KRX_CALENDAR.isTradingDay(date))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(120);
  });

  it('derives the fixed holidays of a year without a table', () => {
    const days = daysOf(2027, 2027).filter(isWeekday);
    const closed = days.filter((date) => !KRX_CALENDAR.isTradingDay(date));
    expect(closed.filter((date) => !GAZETTE.has(date) && !isExchangeClosure(date))).toEqual([]);
    expect(closed).toEqual(
      ['01-01', '03-01', '05-05', '12-31'].map((monthDay) => `2027-${monthDay}`),
    );
  });
});

describe('calendar', () => {
  it.each([
    ['2015-08-14', 'ADHOC_HOLIDAY'],
    ['2017-05-09', 'ELECTION'],
    ['2017-10-02', 'ADHOC_HOLIDAY'],
    ['2019-09-12', 'HOLIDAY'],
    ['2020-08-17', 'ADHOC_HOLIDAY'],
    ['2021-10-04', 'SUBSTITUTE_HOLIDAY'],
    ['2022-12-30', 'EXCHANGE_CLOSURE'],
    ['2023-12-29', 'EXCHANGE_CLOSURE'],
    ['2024-05-01', 'EXCHANGE_CLOSURE'],
    ['2025-01-27', 'ADHOC_HOLIDAY'],
    ['2025-12-31', 'EXCHANGE_CLOSURE'],
    ['2026-06-03', 'ELECTION'],
    ['2026-07-17', 'HOLIDAY'],
    ['2026-07-18', 'WEEKEND'],
    ['2026-08-15', 'WEEKEND'],
  ])('is closed on %s: %s', (date, kind) => {
    expect(KRX_CALENDAR.closureOf(on(date))?.kind).toBe(kind);
    expect(KRX_CALENDAR.isTradingDay(on(date))).toBe(false);
  });

  it.each(['2019-09-20', '2025-12-30', '2025-07-17', '2026-07-16', '2026-07-20', '2024-08-05'])(
    'is open on %s',
    (date) => {
      expect(KRX_CALENDAR.closureOf(on(date))).toBeUndefined();
      expect(KRX_CALENDAR.isTradingDay(on(date))).toBe(true);
    },
  );

  it.each([
    [2015, 248],
    [2016, 246],
    [2017, 243],
    [2018, 244],
    [2019, 246],
    [2020, 248],
    [2021, 248],
    [2022, 246],
    [2023, 245],
    [2024, 244],
    [2025, 242],
  ])('has the trading days of %d: %d', (year, count) => {
    const open = daysOf(year, year).filter((date) => KRX_CALENDAR.isTradingDay(date));
    expect(open).toHaveLength(count);
  });

  it('covers 2015 to 2026 and answers by weekends and fixed holidays outside', () => {
    expect(KRX_CALENDAR.covers(on('2015-01-01'))).toBe(true);
    expect(KRX_CALENDAR.covers(on('2026-12-31'))).toBe(true);
    expect(KRX_CALENDAR.covers(on('2014-12-31'))).toBe(false);
    expect(KRX_CALENDAR.covers(on('2027-01-01'))).toBe(false);
    expect(KRX_CALENDAR.isTradingDay(on('2027-01-04'))).toBe(true);
    expect(KRX_CALENDAR.isTradingDay(on('2031-03-08'))).toBe(false);
    // 2033-12-31 is a Saturday.
    expect(KRX_CALENDAR.closureOf(on('2033-12-30'))?.kind).toBe('EXCHANGE_CLOSURE');
    expect(KRX_CALENDAR.sessionOf(on('2027-01-04')).kind).toBe('LATE_OPEN');
    expect(KRX_CALENDAR.isTradingDay(on('2014-07-17'))).toBe(true);
  });

  it('has the fixed holidays of the covered years in its table too', () => {
    const table = new Set(CLOSURE_TABLE.map(([date]) => date));
    const fixed = daysOf(2015, 2026).filter(
      (date) => isWeekday(date) && fixedClosureOf(date) !== undefined,
    );
    expect(fixed.filter((date) => !table.has(date))).toEqual([]);
    expect(fixed.length).toBeGreaterThan(80);
  });

  it('keeps its table sorted, of real weekdays, each once', () => {
    const dates = CLOSURE_TABLE.map(([date]) => date);
    expect(dates).toEqual([...new Set(dates)].toSorted());
    expect(dates.map(on).every(isWeekday)).toBe(true);
  });

  it('walks over closed days', () => {
    expect(KRX_CALENDAR.next(on('2019-09-11'))).toBe('2019-09-16');
    expect(KRX_CALENDAR.previous(on('2019-09-16'))).toBe('2019-09-11');
    expect(KRX_CALENDAR.next(on('2026-07-16'))).toBe('2026-07-20');
    expect(KRX_CALENDAR.next(on('2025-12-30'))).toBe('2026-01-02');
    expect(KRX_CALENDAR.add(on('2017-09-29'), 1)).toBe('2017-10-10');
    expect(KRX_CALENDAR.add(on('2017-10-10'), -2)).toBe('2017-09-28');
    expect(KRX_CALENDAR.add(on('2026-07-18'), 0)).toBe('2026-07-18');
  });

  it('settles on the second trading day after the trade', () => {
    expect(KRX_CALENDAR.settlementDate(on('2019-09-20'))).toBe('2019-09-24');
    expect(KRX_CALENDAR.settlementDate(on('2026-07-15'))).toBe('2026-07-20');
    expect(KRX_CALENDAR.settlementDate(on('2025-12-29'))).toBe('2026-01-02');
    expect(KRX_CALENDAR.settlementDate(on('2025-12-30'))).toBe('2026-01-05');
  });

  it('goes forth and back to the same trading day', () => {
    const days = fc.integer({ min: dayNumber(on('2014-01-01')), max: dayNumber(on('2030-12-31')) });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 30 }), (number, distance) => {
        const start = KRX_CALENDAR.next(fromDayNumber(number));
        const end = KRX_CALENDAR.add(start, distance);
        expect(KRX_CALENDAR.isTradingDay(end)).toBe(true);
        expect(KRX_CALENDAR.add(end, -distance)).toBe(start);
        expect(KRX_CALENDAR.previous(KRX_CALENDAR.next(start))).toBe(start);
      }),
    );
  });
});

describe('calendar override', () => {
  const calendar = new TradingCalendar({
    closures: [{ date: '20260720', note: '임시휴장' }],
    openings: [{ date: '2026-07-17', note: '개장' }],
  });

  it('wins over the tables, and walking and settlement follow', () => {
    expect(calendar.closureOf(on('2026-07-20'))).toEqual({ kind: 'OVERRIDE', note: '임시휴장' });
    expect(calendar.isTradingDay(on('2026-07-17'))).toBe(true);
    expect(calendar.next(on('2026-07-17'))).toBe('2026-07-21');
    expect(calendar.settlementDate(on('2026-07-16'))).toBe('2026-07-21');
    expect(KRX_CALENDAR.isTradingDay(on('2026-07-17'))).toBe(false);
  });

  it('moves the late open when the first day of the year is closed', () => {
    const later = new TradingCalendar({ closures: [{ date: '2026-01-02', note: '휴장' }] });
    expect(later.sessionOf(on('2026-01-05')).kind).toBe('LATE_OPEN');
    expect(KRX_CALENDAR.sessionOf(on('2026-01-05')).kind).toBe('NORMAL');
  });

  it.each([
    [{ closures: [{ date: '2026-07-17', note: '' }], openings: [{ date: '20260717', note: '' }] }],
    [{ lateOpens: [{ date: '2026-07-16', note: '', minutes: -1 }] }],
    [{ lateOpens: [{ date: '2026-07-16', note: '', minutes: 301 }] }],
    [{ shifts: [{ date: '2026-07-16', note: '', minutes: 111 }] }],
    [{ shifts: [{ date: '2026-07-16', note: '', minutes: 1.5 }] }],
  ])('refuses nonsense: %j', (override) => {
    expect(() => new TradingCalendar(override)).toThrow(
      expect.objectContaining({ code: 'BAD_OVERRIDE' }),
    );
  });

  it('refuses a date that does not exist', () => {
    expect(() => new TradingCalendar({ closures: [{ date: '2026-02-30', note: '' }] })).toThrow(
      expect.objectContaining({ code: 'BAD_DATE' }),
    );
  });

  it('gives up on a calendar closed for months instead of searching on', () => {
    const closures = daysOf(2026, 2026).map((date) => ({ date, note: '' }));
    expect(() => new TradingCalendar({ closures }).next(on('2026-03-02'))).toThrow(
      expect.objectContaining({ code: 'BAD_OVERRIDE' }),
    );
  });
});
