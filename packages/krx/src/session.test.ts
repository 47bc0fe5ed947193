import { describe, expect, it } from '@jest/globals';
import { kstInstant, kstTime } from './kst.ts';
import { nxtPhaseAt, nxtSessionOf } from './nxt-session.ts';
import { EXAM_DAYS } from './session-tables.ts';
import { type Session, type TimeSpan, phaseAt } from './session.ts';
import { type TradeDate, parseTradeDate } from './trade-date.ts';
import { KRX_CALENDAR, TradingCalendar } from './trading-calendar.ts';

const on = parseTradeDate;

function span({ from, to }: TimeSpan): string {
  return `${kstTime(from).slice(0, 5)}-${kstTime(to).slice(0, 5)}`;
}

/** The hours as a person reads them: 'HH:MM-HH:MM' in the order of the day. */
function hoursOf(session: Session): readonly string[] {
  return [
    session.preOpenClosingPrice === undefined ? '' : span(session.preOpenClosingPrice),
    span(session.openingAuction),
    span(session.continuous),
    span(session.closingAuction),
    kstTime(session.postCloseClosingPrice.entryFrom).slice(0, 5),
    span(session.postCloseClosingPrice),
    span(session.afterHoursSinglePrice),
    span(session.regular),
  ];
}

function phasesAt(date: string, times: readonly string[]) {
  const session = KRX_CALENDAR.sessionOf(on(date));
  return times.map((time) => phaseAt(session, kstInstant(on(date), time)));
}

function nxtPhasesAt(date: string, times: readonly string[]) {
  const session = nxtSessionOf(KRX_CALENDAR.sessionOf(on(date)));
  return times.map((time) => session && nxtPhaseAt(session, kstInstant(on(date), time)));
}

const DAYS: readonly (readonly [string, string, Session['kind'], string])[] = [
  [
    'a day of 2015',
    '2015-07-01',
    'NORMAL',
    '07:30-08:30 08:00-09:00 09:00-14:50 14:50-15:00 15:00 15:10-15:30 15:30-18:00 09:00-15:00',
  ],
  [
    'the first day of 2015',
    '2015-01-02',
    'LATE_OPEN',
    '08:30-09:30 09:00-10:00 10:00-14:50 14:50-15:00 15:00 15:10-15:30 15:30-18:00 10:00-15:00',
  ],
  [
    'the exam day of 2015',
    '2015-11-12',
    'SHIFTED',
    '08:30-09:30 09:00-10:00 10:00-15:50 15:50-16:00 16:00 16:10-16:30 16:30-18:00 10:00-16:00',
  ],
  [
    'the last day that closed at 15:00',
    '2016-07-29',
    'NORMAL',
    '07:30-08:30 08:00-09:00 09:00-14:50 14:50-15:00 15:00 15:10-15:30 15:30-18:00 09:00-15:00',
  ],
  [
    'the first day that closed at 15:30',
    '2016-08-01',
    'NORMAL',
    '07:30-08:30 08:00-09:00 09:00-15:20 15:20-15:30 15:30 15:40-16:00 16:00-18:00 09:00-15:30',
  ],
  [
    'the exam day of 2018',
    '2018-11-15',
    'SHIFTED',
    '08:30-09:30 09:00-10:00 10:00-16:20 16:20-16:30 16:30 16:40-17:00 17:00-18:00 10:00-16:30',
  ],
  [
    'the last day of the hour-long opening auction',
    '2019-04-26',
    'NORMAL',
    '07:30-08:30 08:00-09:00 09:00-15:20 15:20-15:30 15:30 15:40-16:00 16:00-18:00 09:00-15:30',
  ],
  [
    'the first day of the shorter one',
    '2019-04-29',
    'NORMAL',
    '08:30-08:40 08:30-09:00 09:00-15:20 15:20-15:30 15:30 15:40-16:00 16:00-18:00 09:00-15:30',
  ],
  [
    '2019-09-20',
    '2019-09-20',
    'NORMAL',
    '08:30-08:40 08:30-09:00 09:00-15:20 15:20-15:30 15:30 15:40-16:00 16:00-18:00 09:00-15:30',
  ],
  [
    'the first day of 2026',
    '2026-01-02',
    'LATE_OPEN',
    '09:30-09:40 09:30-10:00 10:00-15:20 15:20-15:30 15:30 15:40-16:00 16:00-18:00 10:00-15:30',
  ],
  [
    'the exam day of 2025',
    '2025-11-13',
    'SHIFTED',
    '09:30-09:40 09:30-10:00 10:00-16:20 16:20-16:30 16:30 16:40-17:00 17:00-18:00 10:00-16:30',
  ],
];

describe('session', () => {
  it.each(DAYS)('%s', (_name, date, kind, hours) => {
    const session = KRX_CALENDAR.sessionOf(on(date));
    expect(session.kind).toBe(kind);
    expect(session.date).toBe(date);
    expect(hoursOf(session).join(' ')).toBe(hours);
    expect(session.randomEndMsMax).toBe(30_000);
  });

  it('opens late on exactly one day a year and shifts on exam days', () => {
    const kinds = { LATE_OPEN: [] as string[], SHIFTED: [] as string[], NORMAL: [] as string[] };
    let day: TradeDate = on('2015-01-02');
    for (; day <= '2026-12-30'; day = KRX_CALENDAR.next(day)) {
      kinds[KRX_CALENDAR.sessionOf(day).kind].push(day);
    }
    expect(kinds.LATE_OPEN.join(' ')).toBe(
      '2015-01-02 2016-01-04 2017-01-02 2018-01-02 2019-01-02 2020-01-02 ' +
        '2021-01-04 2022-01-03 2023-01-02 2024-01-02 2025-01-02 2026-01-02',
    );
    expect(kinds.SHIFTED).toEqual(EXAM_DAYS);
  });

  it.each(['2026-07-17', '2026-07-18', '2019-09-12'])('does not exist on %s', (date) => {
    expect(() => KRX_CALENDAR.sessionOf(on(date))).toThrow(
      expect.objectContaining({ code: 'NOT_A_TRADING_DAY' }),
    );
  });

  it('follows an override, also one that takes a special day back', () => {
    const calendar = new TradingCalendar({
      lateOpens: [{ date: '2026-07-16', note: '전산장애', minutes: 90 }],
      shifts: [
        { date: '2026-07-15', note: '시험일' },
        { date: '2026-11-19', note: '시험일 아님', minutes: 0 },
      ],
    });
    expect(hoursOf(calendar.sessionOf(on('2026-07-16'))).at(-1)).toBe('10:30-15:30');
    expect(hoursOf(calendar.sessionOf(on('2026-07-15'))).at(-1)).toBe('10:00-16:30');
    expect(hoursOf(calendar.sessionOf(on('2026-11-19'))).at(-1)).toBe('09:00-15:30');
  });
});

describe('phase', () => {
  it.each([
    ['00:00:00', 'CLOSED'],
    ['08:29:59', 'CLOSED'],
    ['08:30:00', 'PRE_OPEN_CLOSING_PRICE'],
    ['08:39:59', 'PRE_OPEN_CLOSING_PRICE'],
    ['08:40:00', 'OPENING_AUCTION'],
    ['08:59:59', 'OPENING_AUCTION'],
    ['09:00:00', 'CONTINUOUS'],
    ['15:19:59', 'CONTINUOUS'],
    ['15:20:00', 'CLOSING_AUCTION'],
    ['15:29:59', 'CLOSING_AUCTION'],
    ['15:30:00', 'POST_CLOSE_ENTRY'],
    ['15:39:59', 'POST_CLOSE_ENTRY'],
    ['15:40:00', 'POST_CLOSE_CLOSING_PRICE'],
    ['15:59:59', 'POST_CLOSE_CLOSING_PRICE'],
    ['16:00:00', 'AFTER_HOURS_SINGLE_PRICE'],
    ['17:59:59', 'AFTER_HOURS_SINGLE_PRICE'],
    ['18:00:00', 'CLOSED'],
  ])('of a normal day at %s: %s', (time, phase) => {
    expect(phasesAt('2026-06-11', [time])).toEqual([phase]);
  });

  it('waits for the late open and the shifted close', () => {
    expect(phasesAt('2026-01-02', ['09:00', '09:30', '09:59:59', '10:00', '15:20'])).toEqual([
      'CLOSED',
      'PRE_OPEN_CLOSING_PRICE',
      'OPENING_AUCTION',
      'CONTINUOUS',
      'CLOSING_AUCTION',
    ]);
    expect(phasesAt('2025-11-13', ['15:20', '16:20', '16:30', '16:40', '17:00', '18:00'])).toEqual([
      'CONTINUOUS',
      'CLOSING_AUCTION',
      'POST_CLOSE_ENTRY',
      'POST_CLOSE_CLOSING_PRICE',
      'AFTER_HOURS_SINGLE_PRICE',
      'CLOSED',
    ]);
  });

  it('goes from closing-price trading to the single price at once in the hours of 2015', () => {
    expect(phasesAt('2015-07-01', ['15:29:59', '15:30'])).toEqual([
      'POST_CLOSE_CLOSING_PRICE',
      'AFTER_HOURS_SINGLE_PRICE',
    ]);
  });

  it('is closed on another day', () => {
    const session = KRX_CALENDAR.sessionOf(on('2026-06-11'));
    expect(phaseAt(session, kstInstant(on('2026-06-12'), '10:00'))).toBe('CLOSED');
    expect(phaseAt(session, kstInstant(on('2026-06-10'), '10:00'))).toBe('CLOSED');
  });
});

describe('NXT', () => {
  it('does not exist before its first day', () => {
    expect(nxtPhasesAt('2025-02-28', ['10:00'])).toEqual([undefined]);
    expect(nxtPhasesAt('2025-03-04', ['10:00'])).toEqual(['NXT_MAIN']);
  });

  it('has three sessions with breaks between', () => {
    const times = ['07:59:59', '08:00', '08:50', '09:00:29', '09:00:30', '15:20', '15:30', '16:00'];
    expect(nxtPhasesAt('2026-06-11', [...times, '19:59:59', '20:00'])).toEqual([
      'CLOSED',
      'NXT_PRE_MARKET',
      'CLOSED',
      'CLOSED',
      'NXT_MAIN',
      'CLOSED',
      'NXT_AFTER_MARKET_AND_CLOSING_PRICE',
      'NXT_AFTER_MARKET',
      'NXT_AFTER_MARKET',
      'CLOSED',
    ]);
  });

  it('has no pre-market on late-open and exam days, and still ends at 20:00', () => {
    expect(nxtPhasesAt('2026-01-02', ['08:30', '10:00:29', '10:00:30', '15:30'])).toEqual([
      'CLOSED',
      'CLOSED',
      'NXT_MAIN',
      'NXT_AFTER_MARKET_AND_CLOSING_PRICE',
    ]);
    expect(
      nxtPhasesAt('2025-11-13', ['08:30', '16:19:59', '16:20', '16:30', '17:00', '20:00']),
    ).toEqual([
      'CLOSED',
      'NXT_MAIN',
      'CLOSED',
      'NXT_AFTER_MARKET_AND_CLOSING_PRICE',
      'NXT_AFTER_MARKET',
      'CLOSED',
    ]);
  });
});
