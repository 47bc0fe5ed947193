import {
  flatPosition,
  NO_SHARES,
  type Order,
  type Position,
  price,
  quantity,
  type Quote,
  won,
  ZERO_WON,
} from '@fleet/domain';
import { kstInstant, parseTradeDate, type TradeDate } from '@fleet/krx';
import type {
  BrokerOrder,
  CancelIntent,
  DayBaseline,
  Instrument,
  OrderIntent,
  ProcessIdentity,
} from '@fleet/service-layer';
import { randomUUID } from 'node:crypto';

/** An ordinary Thursday with a full session. */
export const TEST_DATE: TradeDate = parseTradeDate('2026-03-12');
/** 10:00 in Seoul on that day. */
export const TEST_MARKET_AT: number = kstInstant(TEST_DATE, '10:00:00');

export const newId = (): string => randomUUID();

export function aProcess(changes: Partial<ProcessIdentity> = {}): ProcessIdentity {
  return { pid: 4711, hostId: 'host', bootId: 'boot', startedAt: '1000', ...changes };
}

/** 10 shares at 10,000 won by a limit on KRX, of a KOSPI common stock. */
export function anIntent(changes: Partial<OrderIntent> = {}): OrderIntent {
  return {
    orderId: newId(),
    idempotencyKey: newId(),
    tradeDate: TEST_DATE,
    symbol: '005930',
    instrument: { market: 'KOSPI', kind: 'COMMON' },
    workerId: newId(),
    fence: 1,
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(10),
    limitPrice: price(10_000),
    judgedPrice: price(10_000),
    expectedLoss: ZERO_WON,
    purpose: (changes.side ?? 'BUY') === 'BUY' ? 'ENTRY' : 'TAKE_PROFIT',
    strategyName: 'test-strategy',
    strategyVersion: '1.0.0',
    paramsVersion: 1,
    marketAt: TEST_MARKET_AT,
    ...changes,
  };
}

export function aCancel(changes: Partial<CancelIntent> = {}): CancelIntent {
  return {
    orderId: newId(),
    idempotencyKey: newId(),
    parentOrderId: newId(),
    workerId: newId(),
    fence: 1,
    marketAt: TEST_MARKET_AT,
    ...changes,
  };
}

export function anOrder(changes: Partial<Order> = {}): Order {
  return {
    orderId: newId(),
    idempotencyKey: newId(),
    request: 'PLACE',
    parentOrderId: undefined,
    tradeDate: TEST_DATE,
    symbol: '005930',
    workerId: newId(),
    fence: 1,
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(10),
    limitPrice: price(10_000),
    purpose: 'ENTRY',
    strategyName: 'test-strategy',
    strategyVersion: '1.0.0',
    paramsVersion: 1,
    status: 'NEW',
    endReason: undefined,
    filledQuantity: NO_SHARES,
    filledAmount: ZERO_WON,
    broker: undefined,
    createdAt: TEST_MARKET_AT,
    sentAt: undefined,
    answeredAt: undefined,
    createdMarketAt: TEST_MARKET_AT,
    sentMarketAt: undefined,
    ...changes,
  };
}

/** A list row: nothing filled of 10 shares at 10,000 won unless told otherwise. */
export function aBrokerOrder(changes: Partial<BrokerOrder> = {}): BrokerOrder {
  const shares = changes.quantity ?? quantity(10);
  const gone =
    (changes.filledQuantity ?? 0) +
    (changes.canceledQuantity ?? 0) +
    (changes.rejectedQuantity ?? 0);
  return {
    key: { date: TEST_DATE, branch: '00950', number: '1' },
    original: undefined,
    request: 'PLACE',
    symbol: '005930',
    side: 'BUY',
    type: 'LIMIT',
    quantity: shares,
    price: price(10_000),
    acceptedAt: TEST_MARKET_AT,
    filledQuantity: NO_SHARES,
    filledAmount: ZERO_WON,
    canceledQuantity: NO_SHARES,
    rejectedQuantity: NO_SHARES,
    leavesQuantity: quantity(shares - gone),
    ...changes,
  };
}

/** A hundred million won and limits that nothing in a test meets by accident. */
export function aBaseline(
  changes: Partial<Omit<DayBaseline, 'limits'>> & { limits?: Partial<DayBaseline['limits']> } = {},
): DayBaseline {
  return {
    tradeDate: TEST_DATE,
    accountId: '50012345-01',
    openingCashD2: won(100_000_000),
    openingBoughtAmount: ZERO_WON,
    openingSoldAmount: ZERO_WON,
    openingCosts: ZERO_WON,
    foreignHoldings: {},
    ...changes,
    limits: {
      dailyLossLimit: won(10_000_000),
      lossBasis: 'REALIZED',
      maxPositions: 50,
      maxExposurePerSymbol: won(50_000_000),
      maxQuantityPerSymbol: undefined,
      maxConsecutiveLosses: 50,
      coolDownMs: 0,
      maxStockRangeRate: undefined,
      maxMarketMoveRate: undefined,
      markAgeMsMax: 180_000,
      ...changes.limits,
    },
  };
}

export function aPosition(changes: Partial<Position> = {}): Position {
  return {
    ...flatPosition('005930'),
    quantity: quantity(10),
    averageEntryPrice: won(10_000),
    tradeId: newId(),
    workerId: newId(),
    entryPrice: won(10_000),
    enteredAt: TEST_MARKET_AT,
    strategyName: 'test-strategy',
    strategyVersion: '1.0.0',
    paramsVersion: 1,
    ...changes,
  };
}

export function aQuote(changes: Partial<Quote> = {}): Quote {
  return {
    symbol: '005930',
    at: TEST_MARKET_AT,
    lastPrice: price(10_000),
    bid: price(9_990),
    ask: price(10_000),
    bidSize: quantity(1_000),
    askSize: quantity(1_000),
    open: price(9_900),
    high: price(10_100),
    low: price(9_850),
    previousClose: price(9_900),
    upperLimit: price(12_870),
    lowerLimit: price(6_930),
    volume: quantity(1_000_000),
    turnover: won('10000000000'),
    halted: false,
    volatilityInterrupted: false,
    ...changes,
  };
}

export function anInstrument(changes: Partial<Instrument> = {}): Instrument {
  return {
    symbol: '005930',
    name: 'Test Electronics',
    market: 'KOSPI',
    kind: 'COMMON',
    referencePrice: price(9_900),
    previousVolume: quantity(1_000_000),
    listedOn: parseTradeDate('1975-06-11'),
    halted: false,
    warnings: [],
    ...changes,
  };
}
