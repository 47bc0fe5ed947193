import { describe, expect, it } from '@jest/globals';
import { price, quantity } from '@fleet/domain';
import { aBrokerOrder, anOrder, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import type { BrokerOrder } from '../ports/broker.ts';
import { matchOpenQuestion } from './match-open-question.ts';

const order = anOrder({ status: 'SENT', sentMarketAt: TEST_MARKET_AT });
const key = (number: string) => ({ date: TEST_DATE, branch: '00950', number });

function match(rows: readonly BrokerOrder[], taken: readonly string[] = [], speed = 1) {
  const question = { order, parent: undefined, takenNumbers: new Set(taken), speed };
  return matchOpenQuestion(question, rows);
}

describe('which list row is the order whose answer was lost', () => {
  it('is the one with the same terms', () => {
    const row = aBrokerOrder({ key: key('7') });
    expect(match([row])).toEqual({ kind: 'one', row });
  });

  it.each<[string, Partial<BrokerOrder>]>([
    ['symbol', { symbol: '000660' }],
    ['side', { side: 'SELL' }],
    ['quantity', { quantity: quantity(9) }],
    ['price', { price: price(10_010) }],
    ['no price', { price: undefined }],
    ['type', { type: 'MARKET' }],
    ['request', { request: 'CHANGE' }],
  ])('is none with another %s', (_what, change) => {
    expect(match([aBrokerOrder(change)])).toEqual({ kind: 'none' });
  });

  it('does not mind a type that the list does not tell', () => {
    expect(match([aBrokerOrder({ type: undefined })]).kind).toBe('one');
  });

  it('is never the number of another order of ours', () => {
    expect(match([aBrokerOrder({ key: key('7') })], ['7'])).toEqual({ kind: 'none' });
  });

  it('is several when two fit, and nobody chooses', () => {
    const rows = [aBrokerOrder({ key: key('7') }), aBrokerOrder({ key: key('8') })];
    expect(match(rows)).toEqual({ kind: 'several', rows });
    expect(match(rows, ['7']).kind).toBe('one');
  });

  it.each([
    [-4_000, 1, 'one'],
    [-4_001, 1, 'none'],
    [60_000, 1, 'one'],
    [60_001, 1, 'none'],
    [-301_000, 100, 'one'],
    [-301_001, 100, 'none'],
    [6_000_000, 100, 'one'],
    [6_000_001, 100, 'none'],
  ])('accepted %d ms after it was sent, at speed %d: %s', (later, speed, kind) => {
    const row = aBrokerOrder({ acceptedAt: TEST_MARKET_AT + later });
    expect(match([row], [], speed).kind).toBe(kind);
  });

  it('knows a cancel by the number of its order', () => {
    const parent = anOrder({ broker: key('3') });
    const cancel = anOrder({ request: 'CANCEL', sentMarketAt: TEST_MARKET_AT });
    const row = aBrokerOrder({ key: key('9'), request: 'CHANGE', original: key('3') });
    const question = { order: cancel, parent, takenNumbers: new Set<string>(), speed: 1 };
    expect(matchOpenQuestion(question, [row])).toEqual({ kind: 'one', row });
    const other = { ...row, original: key('4') };
    expect(matchOpenQuestion(question, [other, aBrokerOrder()])).toEqual({ kind: 'none' });
    const orphan = { ...question, parent: undefined };
    expect(matchOpenQuestion(orphan, [{ ...row, original: undefined }])).toEqual({ kind: 'none' });
  });
});
