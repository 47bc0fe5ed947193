import { describe, expect, it } from '@jest/globals';
import type { InstrumentKind, Venue } from './instrument.ts';
import type { NxtPhase } from './nxt-session.ts';
import {
  ORDER_TYPES,
  type OrderType,
  needsPrice,
  orderTypeCode,
  orderTypeOfCode,
} from './order-type.ts';
import { isOrderTypeAllowed } from './order-type-rules.ts';
import type { MarketPhase } from './session.ts';
import { parseTradeDate } from './trade-date.ts';

const PHASES: readonly MarketPhase[] = [
  'CLOSED',
  'PRE_OPEN_CLOSING_PRICE',
  'OPENING_AUCTION',
  'CONTINUOUS',
  'CLOSING_AUCTION',
  'POST_CLOSE_ENTRY',
  'POST_CLOSE_CLOSING_PRICE',
  'AFTER_HOURS_SINGLE_PRICE',
];
const NXT_PHASES: readonly NxtPhase[] = [
  'CLOSED',
  'NXT_PRE_MARKET',
  'NXT_MAIN',
  'NXT_AFTER_MARKET_AND_CLOSING_PRICE',
  'NXT_AFTER_MARKET',
];

describe('order type codes', () => {
  it('are the broker’s, both ways', () => {
    const codes = ORDER_TYPES.map((type) => `${orderTypeCode(type)} ${type}`);
    expect(codes.toSorted()).toEqual([
      '00 LIMIT',
      '01 MARKET',
      '02 CONDITIONAL_LIMIT',
      '03 BEST_LIMIT',
      '04 TOP_LIMIT',
      '05 PRE_OPEN_CLOSING_PRICE',
      '06 POST_CLOSE_CLOSING_PRICE',
      '07 AFTER_HOURS_SINGLE_PRICE',
      '11 LIMIT_IOC',
      '12 LIMIT_FOK',
      '13 MARKET_IOC',
      '14 MARKET_FOK',
      '15 BEST_IOC',
      '16 BEST_FOK',
      '21 MID_PRICE',
      '22 STOP_LIMIT',
      '23 MID_PRICE_IOC',
      '24 MID_PRICE_FOK',
    ]);
    for (const type of ORDER_TYPES) expect(orderTypeOfCode(orderTypeCode(type))).toBe(type);
  });

  it.each(['', '0', '8', '08', '10', '17', '51', '99', 'LIMIT'])('has no type for %p', (code) => {
    expect(orderTypeOfCode(code)).toBeUndefined();
  });

  it('tells which carry a price', () => {
    expect(ORDER_TYPES.filter(needsPrice).map(orderTypeCode).toSorted()).toEqual([
      '00',
      '02',
      '07',
      '11',
      '12',
      '22',
    ]);
  });
});

/** One letter a type in the order of codes, '.' where refused. */
function row(venue: Venue, phase: MarketPhase | NxtPhase, kind: InstrumentKind = 'COMMON'): string {
  const inCodeOrder = ORDER_TYPES.toSorted((a, b) =>
    orderTypeCode(a) < orderTypeCode(b) ? -1 : 1,
  );
  return inCodeOrder
    .map((type) =>
      isOrderTypeAllowed({ type, phase, venue, kind }).allowed ? orderTypeCode(type) : '..',
    )
    .join(' ');
}

function typesOnKonex(venue: Venue): readonly OrderType[] {
  const question = { venue, kind: 'COMMON', market: 'KONEX' } as const;
  return ORDER_TYPES.filter((type) =>
    [...PHASES, ...NXT_PHASES].some(
      (phase) => isOrderTypeAllowed({ ...question, type, phase }).allowed,
    ),
  );
}

function answerOn(day: string, type: OrderType, venue: Venue) {
  const date = parseTradeDate(day);
  return isOrderTypeAllowed({ type, phase: 'CONTINUOUS', venue, kind: 'COMMON', date });
}

const NONE = '.. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..';
const LIMIT_ONLY = '00 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..';

describe('order types by venue and phase', () => {
  it.each([
    ['CLOSED', NONE],
    ['PRE_OPEN_CLOSING_PRICE', '00 01 02 .. .. 05 .. .. .. .. .. .. .. .. .. .. .. ..'],
    ['OPENING_AUCTION', '00 01 02 .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..'],
    ['CONTINUOUS', '00 01 02 03 04 .. .. .. 11 12 13 14 15 16 21 22 23 24'],
    ['CLOSING_AUCTION', '00 01 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..'],
    ['POST_CLOSE_ENTRY', '.. .. .. .. .. .. 06 .. .. .. .. .. .. .. .. .. .. ..'],
    ['POST_CLOSE_CLOSING_PRICE', '.. .. .. .. .. .. 06 .. .. .. .. .. .. .. .. .. .. ..'],
    ['AFTER_HOURS_SINGLE_PRICE', '.. .. .. .. .. .. .. 07 .. .. .. .. .. .. .. .. .. ..'],
  ] as const)('KRX, %s', (phase, expected) => {
    expect(row('KRX', phase)).toBe(expected);
    expect(row('KRX', phase, 'ETF')).toBe(expected);
  });

  it.each([
    ['CLOSED', NONE],
    ['NXT_PRE_MARKET', LIMIT_ONLY],
    ['NXT_MAIN', '00 .. .. 03 04 .. .. .. 11 12 13 14 15 16 21 22 23 24'],
    ['NXT_AFTER_MARKET_AND_CLOSING_PRICE', LIMIT_ONLY],
    ['NXT_AFTER_MARKET', LIMIT_ONLY],
    ['PRE_OPEN_CLOSING_PRICE', LIMIT_ONLY],
    ['OPENING_AUCTION', LIMIT_ONLY],
    ['CONTINUOUS', '00 .. .. 03 04 .. .. .. 11 12 13 14 15 16 21 22 23 24'],
    ['CLOSING_AUCTION', NONE],
    ['POST_CLOSE_ENTRY', LIMIT_ONLY],
    ['AFTER_HOURS_SINGLE_PRICE', LIMIT_ONLY],
  ] as const)('NXT, %s', (phase, expected) => {
    expect(row('NXT', phase)).toBe(expected);
  });

  it.each([
    ['CLOSED', NONE],
    ['NXT_PRE_MARKET', LIMIT_ONLY],
    ['OPENING_AUCTION', '00 01 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..'],
    ['CONTINUOUS', '00 01 .. 03 04 .. .. .. 11 12 13 14 15 16 .. .. .. ..'],
    ['CLOSING_AUCTION', '00 01 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..'],
    ['POST_CLOSE_CLOSING_PRICE', LIMIT_ONLY],
    ['NXT_AFTER_MARKET', LIMIT_ONLY],
  ] as const)('SOR, %s', (phase, expected) => {
    expect(row('SOR', phase)).toBe(expected);
  });

  it('ELW take limit orders in the regular session of KRX and nothing else', () => {
    const open: readonly MarketPhase[] = [
      'PRE_OPEN_CLOSING_PRICE',
      'OPENING_AUCTION',
      'CONTINUOUS',
      'CLOSING_AUCTION',
    ];
    for (const phase of PHASES) {
      expect(row('KRX', phase, 'ELW')).toBe(open.includes(phase) ? LIMIT_ONLY : NONE);
    }
    for (const phase of NXT_PHASES) expect(row('NXT', phase, 'ELW')).toBe(NONE);
  });

  it('KONEX takes limit and market orders and closing prices, on KRX alone', () => {
    expect(typesOnKonex('KRX').map(orderTypeCode).toSorted()).toEqual(['00', '01', '05', '06']);
    expect(typesOnKonex('NXT')).toEqual([]);
    expect(typesOnKonex('SOR')).toEqual([]);
  });

  it('refuses what came with NXT before its first day', () => {
    expect(answerOn('2025-02-28', 'MID_PRICE', 'KRX')).toMatchObject({ obstacle: 'DATE' });
    expect(answerOn('2025-02-28', 'LIMIT', 'SOR')).toMatchObject({ obstacle: 'DATE' });
    expect(answerOn('2025-02-28', 'LIMIT_IOC', 'KRX')).toEqual({ allowed: true });
    expect(answerOn('2025-03-04', 'MID_PRICE', 'KRX')).toEqual({ allowed: true });
    expect(answerOn('2025-03-04', 'LIMIT', 'SOR')).toEqual({ allowed: true });
  });

  it('names the obstacle', () => {
    const question = { kind: 'COMMON', phase: 'OPENING_AUCTION', venue: 'KRX' } as const;
    expect(isOrderTypeAllowed({ ...question, type: 'LIMIT_IOC' })).toEqual({
      allowed: false,
      obstacle: 'PHASE',
      reason: 'KRX does not take LIMIT_IOC in OPENING_AUCTION',
    });
    expect(isOrderTypeAllowed({ ...question, venue: 'NXT', type: 'MARKET' })).toMatchObject({
      obstacle: 'VENUE',
    });
    expect(isOrderTypeAllowed({ ...question, kind: 'ELW', type: 'MARKET' })).toMatchObject({
      obstacle: 'KIND',
    });
    expect(isOrderTypeAllowed({ ...question, market: 'KONEX', type: 'BEST_LIMIT' })).toMatchObject({
      obstacle: 'MARKET',
    });
  });
});
