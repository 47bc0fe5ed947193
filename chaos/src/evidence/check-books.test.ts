import { describe, expect, it } from '@jest/globals';
import { checkBooks } from './check-books.ts';
import { anOrder, someEvidence } from './samples.ts';

const fill = { orderId: 'o1', quantity: 10, amount: '1000' };

describe('books', () => {
  it.each([
    ['what was traded is booked', [fill], []],
    ['a fill is booked twice', [fill, fill], ['DOUBLE_FILL']],
    ['a fill is not booked', [], ['BOOKS_DIFFER']],
    ['a won is missing', [{ ...fill, amount: '999' }], ['BOOKS_DIFFER']],
    ['an unknown order is filled', [fill, { ...fill, orderId: 'x' }], ['DOUBLE_FILL']],
  ])('%s', (_what, fills, kinds) => {
    expect(checkBooks(someEvidence({ fills })).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('a continued row books under the number of the order that it continues', () => {
    const orders = [
      anOrder({ brokerNumber: undefined, filledQuantity: 0 }),
      anOrder({ orderId: 'o2', continues: 'o1' }),
    ];
    const fills = [{ ...fill, orderId: 'o2' }];
    expect(checkBooks(someEvidence({ orders, fills }))).toEqual([]);
  });

  it('what is left after the drain is a leak', () => {
    const left = { locks: 1, positions: 0, openOrders: 1, frozen: 0 };
    const kinds = checkBooks(someEvidence({ left })).map(({ kind }) => kind);
    expect(kinds).toEqual(['LEAKED', 'LEAKED']);
  });
});
