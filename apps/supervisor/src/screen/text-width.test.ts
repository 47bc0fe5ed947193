import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { cutTo, padEnd, padStart, wrap } from './text-width.ts';

const SENTENCE = 'ab 가나다 1,234원 · 길고긴단어가있는문장 longerthananyline 끝…';
/** Every piece of the sentence with every width. */
const CASES = Array.from(SENTENCE, (_, from) => SENTENCE.slice(from)).flatMap((text) =>
  Array.from({ length: 30 }, (_, n) => ({ text, columns: n + 2 })),
);

describe('text width', () => {
  it('counts two columns for a Korean letter', () => {
    expect(padEnd('가나', 5)).toBe('가나 ');
    expect(padStart('가나', 5)).toBe(' 가나');
    expect(cutTo('가나다', 5)).toBe('가나…');
    expect(cutTo('가나다', 4)).toBe('가…');
  });

  it('pads to the column and never over it', () => {
    for (const { text, columns } of CASES) {
      expect(stringWidth(padEnd(text, columns))).toBe(columns);
      expect(stringWidth(padStart(text, columns))).toBe(columns);
    }
  });

  it('wraps without losing a letter', () => {
    for (const { text, columns } of CASES) {
      const lines = wrap(text, columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    }
  });
});
