import { describe, expect, it } from '@jest/globals';
import { parseBigint, parseInstant } from './value-parsers.ts';

describe('column text', () => {
  it.each(['2026-03-12 01:00:00+00', '1999-12-31 23:59:59.999+00', '2024-02-29 00:00:00.5+00'])(
    'instant %s',
    (text) => {
      expect(parseInstant(text)).toBe(Date.parse(text.replace(' ', 'T').replace('+00', 'Z')));
    },
  );

  it('cuts microseconds off and refuses what is not UTC', () => {
    expect(parseInstant('2026-03-12 01:00:00.123999+00')).toBe(
      Date.parse('2026-03-12T01:00:00.123Z'),
    );
    for (const text of ['2026-03-12 10:00:00+09', 'infinity', '2026-03-12']) {
      expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: 'BAD_ROW' }));
    }
  });

  it('bigint stays exact or is refused', () => {
    expect(parseBigint('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => parseBigint('9007199254740993')).toThrow(
      expect.objectContaining({ code: 'BAD_ROW' }),
    );
  });
});
