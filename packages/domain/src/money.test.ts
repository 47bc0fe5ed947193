import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { amountOf, InvalidValueError, price, quantity, sumWon, won } from './money.ts';

describe('money', () => {
  it.each([0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '', 'abc', '1e3', '0x10', '1.'])(
    'refuses %p as won',
    (value) => {
      expect(() => won(value)).toThrow(InvalidValueError);
    },
  );

  it.each([
    ['1234.5', '1234.5'],
    [' -17 ', '-17'],
    [42, '42'],
    [new Decimal('0.1'), '0.1'],
  ])('reads %p as won', (value, text) => {
    expect(won(value).toFixed()).toBe(text);
  });

  it.each([0, -1, '100.5', '-100', '0'])('refuses %p as a price', (value) => {
    expect(() => price(value)).toThrow(InvalidValueError);
  });

  it.each([-1, 1.5, '', ' ', 'ten', 2 ** 53, Number.NaN])('refuses %p as a quantity', (value) => {
    expect(() => quantity(value)).toThrow(InvalidValueError);
  });

  it('reads quantities from numbers and text', () => {
    expect(quantity(' 10 ')).toBe(10);
    expect(quantity(0)).toBe(0);
    expect(price('70000').toNumber()).toBe(70_000);
  });

  it('adds and multiplies without losing a won', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000_000 }), fc.nat({ max: 1_000_000 })), {
          maxLength: 20,
        }),
        (rows) => {
          const total = sumWon(rows.map(([unit, shares]) => amountOf(price(unit), shares)));
          const exact = rows.reduce((sum, [unit, n]) => sum + BigInt(unit) * BigInt(n), 0n);
          expect(total.toFixed()).toBe(exact.toString());
        },
      ),
    );
  });
});
