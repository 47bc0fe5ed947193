import { describe, expect, it } from '@jest/globals';
import { isSymbol, parseSymbol, wireSymbol } from './symbol.ts';

describe('symbol', () => {
  it.each(['005930', '000660', '0039P0', '00088K', '500001'])('%p is one', (text) => {
    expect(isSymbol(text)).toBe(true);
    expect(parseSymbol(text)).toBe(text);
  });

  it.each(['', '5930', 'A005930', 'Q500001', '0059300', '0039p0', '00 930', '００５９３０'])(
    '%p is not',
    (text) => {
      expect(isSymbol(text)).toBe(false);
    },
  );

  it('is read from and written to the broker’s spelling of an ETN', () => {
    const etn = parseSymbol('Q500001');
    expect(etn).toBe('500001');
    expect(wireSymbol(etn, 'ETN')).toBe('Q500001');
    expect(wireSymbol(parseSymbol('005930'), 'COMMON')).toBe('005930');
    expect(() => parseSymbol('A005930')).toThrow(expect.objectContaining({ code: 'BAD_SYMBOL' }));
  });
});
