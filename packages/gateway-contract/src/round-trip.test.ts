import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { price, quantity, won } from '@fleet/domain';
import { ORDER_TYPES, parseTradeDate } from '@fleet/krx';
import type { PushBody } from './push.ts';
import {
  encodeAbort,
  encodeError,
  encodePush,
  encodePushBody,
  encodeRequest,
  encodeResult,
  parseReply,
  parseRequest,
  parseResult,
} from './index.ts';
import type { MethodName, MethodResult } from './index.ts';

fc.configureGlobal({ seed: 20_190_920 });

const symbol = fc.stringMatching(/^[0-9A-Z]{6}$/);
const anyPrice = fc.integer({ min: 1, max: 2_000_000_000 }).map(price);
const maybePrice = fc.option(anyPrice, { nil: undefined });
const shares = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).map(quantity);
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), fc.integer({ min: 0, max: 9_999_999 }))
  .map(([whole, fraction]) => won(new Decimal(`${whole}.${fraction}`)));
const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });
const date = fc.constantFrom('2019-09-20', '2024-02-29', '2026-12-31').map(parseTradeDate);
const key = fc.record({ date, branch: fc.string(), number: fc.string() });

const tick = fc.record({
  symbol,
  at: instant,
  price: anyPrice,
  volume: shares,
  dayVolume: shares,
  bid: maybePrice,
  ask: maybePrice,
  bidSize: shares,
  askSize: shares,
  halted: fc.boolean(),
});

const quote = fc.record({
  symbol,
  at: instant,
  lastPrice: anyPrice,
  bid: maybePrice,
  ask: maybePrice,
  bidSize: shares,
  askSize: shares,
  open: maybePrice,
  high: maybePrice,
  low: maybePrice,
  previousClose: anyPrice,
  upperLimit: anyPrice,
  lowerLimit: anyPrice,
  volume: shares,
  turnover: amount,
  halted: fc.boolean(),
  volatilityInterrupted: fc.boolean(),
});

const balance = fc.record({
  holdings: fc.array(
    fc.record({
      symbol,
      quantity: shares,
      sellableQuantity: shares,
      averagePrice: amount,
      boughtToday: shares,
      soldToday: shares,
    }),
  ),
  cashDeposit: amount,
  settledCashD2: amount,
  boughtTodayAmount: amount,
  soldTodayAmount: amount,
  costsToday: amount,
});

const orderList = fc.record({
  date,
  readStartedAt: instant,
  orders: fc.array(
    fc.record({
      key,
      original: fc.option(key, { nil: undefined }),
      request: fc.constantFrom('PLACE' as const, 'CHANGE' as const),
      symbol,
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      type: fc.option(fc.constantFrom(...ORDER_TYPES), { nil: undefined }),
      quantity: shares,
      price: maybePrice,
      acceptedAt: instant,
      filledQuantity: shares,
      filledAmount: amount,
      canceledQuantity: shares,
      rejectedQuantity: shares,
      leavesQuantity: shares,
    }),
  ),
});

const outcome = fc.oneof(
  fc.record({ kind: fc.constant('accepted' as const), broker: key, brokerTime: fc.string() }),
  fc.record({ kind: fc.constant('rejected' as const), code: fc.string(), message: fc.string() }),
  fc.record({ kind: fc.constant('notExecuted' as const), code: fc.string(), message: fc.string() }),
  fc.record({ kind: fc.constant('notSent' as const), reason: fc.string() }),
  fc.record({ kind: fc.constant('unknown' as const), reason: fc.string() }),
);

const instrument = fc.record({
  symbol,
  name: fc.string(),
  market: fc.constantFrom('KOSPI' as const, 'KOSDAQ' as const, 'KONEX' as const),
  kind: fc.constantFrom('COMMON' as const, 'ETN' as const),
  referencePrice: maybePrice,
  previousVolume: shares,
  listedOn: fc.option(date, { nil: undefined }),
  halted: fc.boolean(),
  warnings: fc.array(fc.string()),
});

const levels = fc.array(fc.record({ price: anyPrice, size: shares }), { maxLength: 10 });
const candle = fc.record({
  start: instant,
  open: anyPrice,
  high: anyPrice,
  low: anyPrice,
  close: anyPrice,
  volume: shares,
});

const ranks = fc.array(fc.record({ symbol, rank: fc.nat() }));
const maybeDate = fc.option(date, { nil: undefined });

const dailyCandle = fc.record({
  date,
  open: anyPrice,
  high: anyPrice,
  low: anyPrice,
  close: anyPrice,
  volume: shares,
  turnover: amount,
});

const interruption = fc.record({
  symbol,
  kind: fc.constantFrom('STATIC' as const, 'DYNAMIC' as const, 'BOTH' as const),
  triggeredAt: instant,
  releasedAt: fc.option(instant, { nil: undefined }),
  triggerPrice: maybePrice,
  referencePrice: maybePrice,
  count: fc.nat(),
});

const instrumentInfo = fc.record({
  symbol,
  name: fc.string(),
  market: fc.option(fc.constantFrom('KOSPI' as const, 'KONEX' as const), { nil: undefined }),
  listedShares: shares,
  listedOn: maybeDate,
  delistedOn: maybeDate,
  halted: fc.boolean(),
  administrative: fc.boolean(),
  tradableOnNxt: fc.boolean(),
  haltedOnNxt: fc.boolean(),
});

function comesBack<M extends MethodName>(method: M, results: fc.Arbitrary<MethodResult<M>>): void {
  fc.assert(
    fc.property(fc.nat(), results, (id, result) => {
      const reply = parseReply(encodeResult(id, method, result));
      if (reply.kind !== 'result') throw new Error(`read as ${reply.kind}`);
      expect(reply.id).toBe(id);
      expect(parseResult(method, reply.result)).toEqual({ value: result });
    }),
    { numRuns: 50 },
  );
}

const results: Readonly<Record<string, () => void>> = {
  hello: () =>
    comesBack('hello', fc.record({ protocol: fc.nat(), pid: fc.nat(), accountId: fc.string() })),
  login: () => comesBack('login', fc.constant(null)),
  getAccounts: () => comesBack('getAccounts', fc.array(fc.record({ accountId: fc.string() }))),
  getCash: () => comesBack('getCash', balance),
  getBuyingPower: () => comesBack('getBuyingPower', fc.record({ amount, quantity: shares })),
  getSellableQuantity: () => comesBack('getSellableQuantity', shares),
  getOrders: () => comesBack('getOrders', orderList),
  submit: () => comesBack('submit', outcome),
  getInstruments: () => comesBack('getInstruments', fc.array(instrument)),
  getQuote: () => comesBack('getQuote', quote),
  getQuotes: () => comesBack('getQuotes', fc.array(quote)),
  getOrderBook: () =>
    comesBack('getOrderBook', fc.record({ symbol, at: instant, asks: levels, bids: levels })),
  getMinuteCandles: () => comesBack('getMinuteCandles', fc.array(candle)),
  getTurnoverRank: () => comesBack('getTurnoverRank', ranks),
  getDailyCandles: () => comesBack('getDailyCandles', fc.array(dailyCandle)),
  getMinuteCandlesOf: () => comesBack('getMinuteCandlesOf', fc.array(candle)),
  getVolumeRank: () => comesBack('getVolumeRank', ranks),
  getFluctuationRank: () => comesBack('getFluctuationRank', ranks),
  getConditions: () =>
    comesBack(
      'getConditions',
      fc.array(fc.record({ key: fc.string(), group: fc.string(), name: fc.string() })),
    ),
  searchByCondition: () => comesBack('searchByCondition', fc.array(symbol)),
  getVolatilityInterruptions: () => comesBack('getVolatilityInterruptions', fc.array(interruption)),
  getInstrumentInfo: () => comesBack('getInstrumentInfo', instrumentInfo),
  getMarketTime: () =>
    comesBack(
      'getMarketTime',
      fc.record({
        at: instant,
        businessDay: date,
        businessDays: fc.array(date),
        opensAt: instant,
        closesAt: instant,
      }),
    ),
  getMarketDays: () =>
    comesBack('getMarketDays', fc.array(fc.record({ date, isOpen: fc.boolean() }))),
  isMarketOpenOn: () => comesBack('isMarketOpenOn', fc.option(fc.boolean())),
  reconcile: () => comesBack('reconcile', fc.record({ orders: fc.nat(), mismatches: fc.nat() })),
  getStatus: () =>
    comesBack(
      'getStatus',
      fc.record({
        pid: fc.nat(),
        accountId: fc.string(),
        loggedIn: fc.boolean(),
        feedConnected: fc.boolean(),
        slots: fc.record({ used: fc.nat(), total: fc.nat() }),
        callsLastMinute: fc.nat(),
        waitingCalls: fc.nat(),
        unansweredOrders: fc.nat(),
        listeners: fc.nat(),
      }),
    ),
};

const pushBody: fc.Arbitrary<PushBody> = fc.oneof(
  fc.record({ type: fc.constant('tick' as const), tick }),
  fc.record({
    type: fc.constant('feedStatus' as const),
    symbol,
    status: fc.constantFrom(
      'live' as const,
      'polled' as const,
      'rotatedOut' as const,
      'stale' as const,
    ),
  }),
  fc.record({
    type: fc.constant('orderChanged' as const),
    change: fc.record({
      orderId: fc.string(),
      symbol,
      workerId: fc.string(),
      status: fc.constantFrom('SENT' as const, 'FILLED' as const),
    }),
  }),
  fc.record({
    type: fc.constant('notice' as const),
    notice: fc.record({
      kind: fc.constantFrom('FILL' as const, 'ACCEPTED' as const),
      orderNumber: fc.string(),
      originalNumber: fc.option(fc.string(), { nil: undefined }),
      symbol,
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      quantity: shares,
    }),
  }),
  fc.record({ type: fc.constant('gap' as const), droppedTicks: fc.integer({ min: 1 }) }),
  fc.record({ type: fc.constant('alive' as const) }),
);

describe('gateway messages', () => {
  it.each(Object.entries(results))('a result of %s comes back as it was', (_method, check) => {
    expect(check).not.toThrow();
  });

  it('a push comes back as it was, stamped for its listener', () => {
    fc.assert(
      fc.property(pushBody, fc.integer({ min: 1 }), instant, (body, seq, sentAt) => {
        const reply = parseReply(encodePush(encodePushBody(body), { seq, sentAt }));
        expect(reply).toEqual({ kind: 'push', push: { ...body, seq, sentAt } });
      }),
    );
  });

  it('a request comes back as it was', () => {
    const params = fc.record({
      symbol,
      type: fc.constantFrom(...ORDER_TYPES),
      price: maybePrice,
    });
    fc.assert(
      fc.property(fc.nat(), params, (id, query) => {
        const text = encodeRequest({
          id,
          method: 'getBuyingPower',
          params: query,
          lane: 'entry',
          timeoutMs: 5_000,
        });
        expect(parseRequest(text)).toEqual({
          kind: 'request',
          request: { id, method: 'getBuyingPower', params: query, lane: 'entry', timeoutMs: 5_000 },
        });
      }),
    );
    expect(parseRequest(encodeAbort(7))).toEqual({ kind: 'abort', id: 7 });
  });

  it('an error keeps its code, its retryability and the vendor code', () => {
    const error = {
      code: 'THROTTLED' as const,
      message: 'slow down',
      retryable: true,
      vendorCode: 'EGW00201',
    };
    expect(parseReply(encodeError(3, error))).toEqual({ kind: 'error', id: 3, error });
  });

  it('amounts keep every digit', () => {
    const costsToday = won('12345678901234567890.1234567');
    const value = fc.sample(balance, 1)[0]!;
    const reply = parseReply(encodeResult(1, 'getCash', { ...value, costsToday }));
    const read = parseResult('getCash', reply.kind === 'result' ? reply.result : undefined);
    expect(read?.value.costsToday.toFixed()).toBe('12345678901234567890.1234567');
  });
});
