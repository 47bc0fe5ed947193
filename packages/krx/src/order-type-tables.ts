import type { InstrumentKind, Venue } from './instrument.ts';
import { ORDER_TYPES, type OrderType } from './order-type.ts';
import type { NxtPhase } from './nxt-session.ts';
import type { MarketPhase } from './session.ts';

/** The KRX auctions and the pre-open session that overlaps the first of them. */
const AUCTIONS_AND_CONTINUOUS: readonly MarketPhase[] = [
  'PRE_OPEN_CLOSING_PRICE',
  'OPENING_AUCTION',
  'CONTINUOUS',
  'CLOSING_AUCTION',
];
const CONTINUOUS_ONLY: readonly MarketPhase[] = ['CONTINUOUS'];

/**
 * When KRX takes which type. Best, top, IOC and FOK orders need a standing book, so no auction takes
 * them; a conditional limit order becomes a market order in the closing auction and so cannot start
 * there. Mid-price needs two standing sides; stop-limit in auctions is not documented and so refused.
 */
export const KRX_PHASES: Readonly<Record<OrderType, readonly MarketPhase[]>> = {
  LIMIT: AUCTIONS_AND_CONTINUOUS,
  MARKET: AUCTIONS_AND_CONTINUOUS,
  CONDITIONAL_LIMIT: ['PRE_OPEN_CLOSING_PRICE', 'OPENING_AUCTION', 'CONTINUOUS'],
  BEST_LIMIT: CONTINUOUS_ONLY,
  TOP_LIMIT: CONTINUOUS_ONLY,
  PRE_OPEN_CLOSING_PRICE: ['PRE_OPEN_CLOSING_PRICE'],
  POST_CLOSE_CLOSING_PRICE: ['POST_CLOSE_ENTRY', 'POST_CLOSE_CLOSING_PRICE'],
  AFTER_HOURS_SINGLE_PRICE: ['AFTER_HOURS_SINGLE_PRICE'],
  LIMIT_IOC: CONTINUOUS_ONLY,
  LIMIT_FOK: CONTINUOUS_ONLY,
  MARKET_IOC: CONTINUOUS_ONLY,
  MARKET_FOK: CONTINUOUS_ONLY,
  BEST_IOC: CONTINUOUS_ONLY,
  BEST_FOK: CONTINUOUS_ONLY,
  MID_PRICE: CONTINUOUS_ONLY,
  STOP_LIMIT: CONTINUOUS_ONLY,
  MID_PRICE_IOC: CONTINUOUS_ONLY,
  MID_PRICE_FOK: CONTINUOUS_ONLY,
};

/** NXT takes limit orders alone outside its main session. */
export const NXT_LIMIT_PHASES: readonly (MarketPhase | NxtPhase)[] = [
  'NXT_PRE_MARKET',
  'NXT_MAIN',
  'NXT_AFTER_MARKET_AND_CLOSING_PRICE',
  'NXT_AFTER_MARKET',
  // The same hours by KRX's phases. The pre-market ends at 08:50, inside the opening auction: only
  // NXT's own phase knows that. Its closing auction's hour (15:20–15:30) is NXT's break.
  'PRE_OPEN_CLOSING_PRICE',
  'OPENING_AUCTION',
  'CONTINUOUS',
  'POST_CLOSE_ENTRY',
  'POST_CLOSE_CLOSING_PRICE',
  'AFTER_HOURS_SINGLE_PRICE',
];

export const NXT_MAIN_PHASES: readonly (MarketPhase | NxtPhase)[] = ['NXT_MAIN', 'CONTINUOUS'];

const IMMEDIATE: readonly OrderType[] = [
  'LIMIT_IOC',
  'LIMIT_FOK',
  'MARKET_IOC',
  'MARKET_FOK',
  'BEST_IOC',
  'BEST_FOK',
];

/** The types that came with NXT's first day. */
export const TYPES_SINCE_NXT: ReadonlySet<OrderType> = new Set([
  'MID_PRICE',
  'STOP_LIMIT',
  'MID_PRICE_IOC',
  'MID_PRICE_FOK',
]);

/** The venue columns of the broker's ORD_DVSN table. */
export const VENUE_TYPES: Readonly<Record<Venue, ReadonlySet<OrderType>>> = {
  KRX: new Set(ORDER_TYPES),
  NXT: new Set(['LIMIT', 'BEST_LIMIT', 'TOP_LIMIT', ...IMMEDIATE, ...TYPES_SINCE_NXT]),
  SOR: new Set(['LIMIT', 'MARKET', 'BEST_LIMIT', 'TOP_LIMIT', ...IMMEDIATE]),
};

/** Kinds that take fewer types. ELW: limit orders only, no after-hours (krx.co.kr RGL03060300). */
export const KIND_TYPES: Readonly<Partial<Record<InstrumentKind, ReadonlySet<OrderType>>>> = {
  ELW: new Set(['LIMIT']),
};

/**
 * KONEX has limit and market orders (krx.co.kr RGL03030206) and the closing-price sessions, but no
 * after-hours single price (market knowledge).
 */
export const KONEX_TYPES: ReadonlySet<OrderType> = new Set([
  'LIMIT',
  'MARKET',
  'PRE_OPEN_CLOSING_PRICE',
  'POST_CLOSE_CLOSING_PRICE',
]);
