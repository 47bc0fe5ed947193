import { parseTradeDate } from '@fleet/krx';
import type { Fill } from '../ledger/fill.ts';
import type { Trade } from '../ledger/trade.ts';
import type { Quote } from '../market/quote.ts';
import { price, quantity, won, ZERO_WON } from '../money.ts';
import type { Order } from '../orders/order.ts';

/** Values for this package's own tests; every one may be overridden. */
export const SAMPLE_DATE = parseTradeDate('2026-03-12');

export function sampleOrder(overrides: Partial<Order> = {}): Order {
  return {
    orderId: 'order-1',
    idempotencyKey: 'key-1',
    request: 'PLACE',
    parentOrderId: undefined,
    tradeDate: SAMPLE_DATE,
    symbol: '005930',
    workerId: 'worker-1',
    fence: 1,
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(10),
    limitPrice: price(70_000),
    purpose: 'ENTRY',
    strategyName: 'momentum-breakout',
    strategyVersion: '1.0.0',
    paramsVersion: 1,
    status: 'NEW',
    endReason: undefined,
    filledQuantity: quantity(0),
    filledAmount: ZERO_WON,
    broker: undefined,
    createdAt: 0,
    sentAt: undefined,
    answeredAt: undefined,
    createdMarketAt: 0,
    sentMarketAt: undefined,
    ...overrides,
  };
}

export function sampleFill(overrides: Partial<Fill> = {}): Fill {
  const shares = overrides.quantity ?? quantity(10);
  const unitPrice = overrides.price ?? won(70_000);
  return {
    fillId: 'fill-1',
    orderId: 'order-1',
    symbol: '005930',
    side: 'BUY',
    quantity: shares,
    price: unitPrice,
    amount: won(unitPrice.times(shares)),
    cumulativeQuantity: shares,
    marketAt: 1_000,
    ...overrides,
  };
}

export function sampleTrade(overrides: Partial<Trade> = {}): Trade {
  return {
    tradeId: 'trade-1',
    tradeDate: SAMPLE_DATE,
    symbol: '005930',
    entryWorkerId: 'worker-1',
    exitWorkerId: 'worker-1',
    boughtQuantity: quantity(10),
    boughtAmount: won(700_000),
    soldQuantity: quantity(10),
    soldAmount: won(710_000),
    commission: won(198),
    transactionTax: won(1_420),
    costAdjustment: ZERO_WON,
    pnl: won(8_382),
    enteredAt: 0,
    exitedAt: 1_000,
    exitReason: 'TAKE_PROFIT',
    ...overrides,
  };
}

export function sampleQuote(overrides: Partial<Quote> = {}): Quote {
  return {
    symbol: '005930',
    at: 0,
    lastPrice: price(70_000),
    bid: price(69_900),
    ask: price(70_000),
    bidSize: quantity(100),
    askSize: quantity(100),
    open: price(69_500),
    high: price(70_100),
    low: price(69_400),
    previousClose: price(69_500),
    upperLimit: price(90_300),
    lowerLimit: price(48_700),
    volume: quantity(1_000_000),
    turnover: won(70_000_000_000),
    halted: false,
    volatilityInterrupted: false,
    ...overrides,
  };
}
