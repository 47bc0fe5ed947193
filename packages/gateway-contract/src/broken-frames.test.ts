import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeRequest, parseReply, parseRequest, parseResult } from './index.ts';

fc.configureGlobal({ seed: 20_190_920 });

describe('frames that are not what the contract says', () => {
  it('any text is answered, aborted or counted, and never throws', () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anything, (text) => {
        expect(['request', 'abort', 'bad']).toContain(parseRequest(text).kind);
        expect(['result', 'error', 'push', 'bad']).toContain(parseReply(text).kind);
      }),
      { numRuns: 500 },
    );
  });

  it('a frame that was cut anywhere is bad', () => {
    const whole = encodeRequest({ id: 1, method: 'getQuote', params: { symbol: '005930' } });
    for (let length = 0; length < whole.length; length += 1) {
      expect(parseRequest(whole.slice(0, length)).kind).toBe('bad');
    }
  });

  it.each([
    ['{"id":4,"method":"drop tables","params":{}}', 4, 'UNKNOWN_METHOD'],
    ['{"id":4,"method":"drop tables"}', 4, 'UNKNOWN_METHOD'],
    ['{"id":4,"method":"toString","params":{}}', 4, 'UNKNOWN_METHOD'],
    ['{"id":4,"method":"getQuote","params":{"symbol":"5930"}}', 4, 'BAD_REQUEST'],
    ['{"id":4,"method":"getQuote"}', 4, 'BAD_REQUEST'],
    [
      '{"id":4,"method":"getOrders","params":{"accountId":"x","date":"2025-02-30"}}',
      4,
      'BAD_REQUEST',
    ],
    ['{"id":4,"method":"submit","params":{"orderId":"a"}}', 4, 'BAD_REQUEST'],
    ['{"id":4,"method":"login","params":{},"lane":"first"}', 4, 'BAD_REQUEST'],
    ['{"id":-1,"method":"login"}', undefined, 'BAD_REQUEST'],
    ['{"method":"login"}', undefined, 'BAD_REQUEST'],
    ['null', undefined, 'BAD_REQUEST'],
  ])('%s names the request and the reason', (text, id, code) => {
    expect(parseRequest(text)).toMatchObject({ kind: 'bad', id, code });
  });

  it('terms of an order on the wire are dropped: only its id is taken', () => {
    const parsed = parseRequest(
      '{"id":1,"method":"submit","params":{"orderId":"a","requestedAt":5,"quantity":999}}',
    );
    expect(parsed).toMatchObject({ request: { params: { orderId: 'a', requestedAt: 5 } } });
    expect(JSON.stringify(parsed)).not.toContain('999');
  });

  it.each(['1.5', '0', '-100', '1e400', 'NaN', '', ' 1', '0x10'])(
    'a price of %p is no price',
    (text) => {
      const book = { symbol: '005930', at: 1, asks: [{ price: text, size: 1 }], bids: [] };
      expect(parseResult('getOrderBook', book)).toBeUndefined();
    },
  );

  it.each([1.5, -1, 2 ** 53, '10', null])('a quantity of %p is no quantity', (size) => {
    const book = { symbol: '005930', at: 1, asks: [{ price: '10', size }], bids: [] };
    expect(parseResult('getOrderBook', book)).toBeUndefined();
  });
});
