import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decimalOf, priceOf, quantityOf, textOf } from './fields.ts';

describe('values of a reply', () => {
  it.each([
    ['000003190', '3190'],
    ['135440.2517', '135440.2517'],
    ['-00000138', '-138'],
    ['       -100.0000', '-100'],
    ['00000138600.0000', '138600'],
    ['+5', '5'],
    ['-0', '0'],
    [' 70000 ', '70000'],
    [123, '123'],
  ])('reads the amount %j as %s', (text, value) => {
    expect(decimalOf(text)?.toFixed()).toBe(value);
  });

  it.each([
    '',
    '   ',
    '(null)',
    'N',
    '1,000',
    '1e5',
    '0x10',
    'NaN',
    '--1',
    '1.',
    '.5',
    '1 2',
    '١٢٣',
    null,
    undefined,
    0.1,
    Number.MAX_VALUE,
    Number.NaN,
  ])('does not take %j for an amount', (text) => {
    expect(decimalOf(text)).toBeUndefined();
  });

  it('takes no fraction, sign or zero for a price', () => {
    expect(['70000.0000', '0', '-1', '100.5', ''].map((text) => priceOf(text)?.toFixed())).toEqual([
      '70000',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes no fraction, sign or unsafe number for a quantity', () => {
    const texts = ['0000000012', '7.0000', '0', '-1', '1.5', '9007199254740993', ''];
    expect(texts.map(quantityOf)).toEqual([12, 7, 0, undefined, undefined, undefined, undefined]);
  });

  it('says nothing for what is missing', () => {
    expect(['(null)', null, undefined, '  ', 0].map(textOf)).toEqual(['', '', '', '', '0']);
  });

  it('reads back every amount that it could have been padded from', () => {
    const amounts = fc.tuple(
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.nat(12),
      fc.nat(9),
    );
    fc.assert(
      fc.property(amounts, ([amount, zeros, blanks]) => {
        const digits = String(amount < 0n ? -amount : amount);
        const text = `${' '.repeat(blanks)}${amount < 0n ? '-' : ''}${'0'.repeat(zeros)}${digits}`;
        expect(decimalOf(text)?.toFixed()).toBe(String(amount));
      }),
    );
  });

  it('never throws and never invents an amount from other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const amount = decimalOf(text);
        expect(amount === undefined || /^[+-]?\d+(\.\d+)?$/.test(text.trim())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
