import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { KrxRuleError } from './krx-rule-error.ts';
import { compactDate, dayNumber, fromDayNumber, parseTradeDate, weekdayOf } from './trade-date.ts';

const DAY_MS = 86_400_000;

describe('trade date', () => {
  it('reads both spellings and writes them back', () => {
    expect(parseTradeDate('2026-03-12')).toBe('2026-03-12');
    expect(parseTradeDate('20260312')).toBe('2026-03-12');
    expect(compactDate(parseTradeDate('2026-03-12'))).toBe('20260312');
    expect(parseTradeDate('2024-02-29')).toBe('2024-02-29');
  });

  it.each([
    '',
    '2026-3-12',
    '2026/03/12',
    '202603123',
    '2025-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    ' 2026-03-12',
    '2026-0312',
  ])('refuses %p', (text) => {
    expect(() => parseTradeDate(text)).toThrow(KrxRuleError);
    expect(() => parseTradeDate(text)).toThrow(expect.objectContaining({ code: 'BAD_DATE' }));
  });

  it('counts days as the Gregorian calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -25_000, max: 60_000 }), (days) => {
        const reference = new Date(days * DAY_MS);
        const date = fromDayNumber(days);
        expect(date).toBe(reference.toISOString().slice(0, 10));
        expect(dayNumber(date)).toBe(days);
        expect(weekdayOf(date)).toBe(reference.getUTCDay());
      }),
    );
  });
});
