import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { kstCompactTime, kstDate, kstInstant, kstIso, kstTime, minuteOf } from './kst.ts';
import { parseTradeDate } from './trade-date.ts';

const DATE = parseTradeDate('2026-03-12');

describe('Seoul time', () => {
  it('reads wall-clock times in three spellings', () => {
    const nine = Date.parse('2026-03-12T09:00:00+09:00');
    expect(kstInstant(DATE, '09:00')).toBe(nine);
    expect(kstInstant(DATE, '09:00:00')).toBe(nine);
    expect(kstInstant(DATE, '090000')).toBe(nine);
    expect(kstInstant(DATE, '15:20:07')).toBe(Date.parse('2026-03-12T15:20:07+09:00'));
  });

  it.each(['', '9:00', '24:00', '09:60', '09:00:60', '0900', '09-00', '09:00:00.5', '09000000'])(
    'refuses the time %p',
    (time) => {
      expect(() => kstInstant(DATE, time)).toThrow(expect.objectContaining({ code: 'BAD_TIME' }));
    },
  );

  it('writes an instant in the spellings of people and of the broker', () => {
    const instant = Date.parse('2026-03-12T00:00:00.042Z');
    expect(kstDate(instant)).toBe('2026-03-12');
    expect(kstTime(instant)).toBe('09:00:00');
    expect(kstCompactTime(instant)).toBe('090000');
    expect(kstIso(instant)).toBe('2026-03-12T09:00:00.042+09:00');
    expect(minuteOf(instant + 59_000)).toBe(Date.parse('2026-03-12T00:00:00Z'));
  });

  it('knows that Seoul is a day ahead of UTC in its first nine hours', () => {
    expect(kstDate(Date.parse('2026-03-11T15:00:00Z'))).toBe('2026-03-12');
    expect(kstDate(Date.parse('2026-03-11T14:59:59.999Z'))).toBe('2026-03-11');
  });

  it('agrees with the time-zone database, to the millisecond and back', () => {
    const since = Date.parse('1990-01-01T00:00:00Z');
    const until = Date.parse('2050-01-01T00:00:00Z');
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Seoul',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: since, max: until }), (instant) => {
        expect(`${kstDate(instant)} ${kstTime(instant)}`).toBe(format.format(instant));
        expect(Date.parse(kstIso(instant))).toBe(instant);
        expect(kstInstant(kstDate(instant), kstTime(instant))).toBe(
          Math.floor(instant / 1000) * 1000,
        );
      }),
    );
  });
});
