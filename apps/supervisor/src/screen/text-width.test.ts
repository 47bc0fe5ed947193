import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { cutTo, padEnd, padStart, wrap } from './text-width.ts';

const texts = fc.string({ unit: fc.constantFrom(...'ab 가나다1,·…') });
const widths = fc.integer({ min: 2, max: 40 });

describe('text width', () => {
  it('counts two columns for a Korean letter', () => {
    expect(padEnd('가나', 5)).toBe('가나 ');
    expect(padStart('가나', 5)).toBe(' 가나');
    expect(cutTo('가나다', 5)).toBe('가나…');
    expect(cutTo('가나다', 4)).toBe('가…');
  });

  it('pads to the column and never over it', () => {
    fc.assert(
      fc.property(texts, widths, (text, columns) => {
        expect(stringWidth(padEnd(text, columns))).toBe(columns);
        expect(stringWidth(padStart(text, columns))).toBe(columns);
      }),
    );
  });

  it('wraps without losing a letter', () => {
    fc.assert(
      fc.property(texts, widths, (text, columns) => {
        const lines = wrap(text, columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
