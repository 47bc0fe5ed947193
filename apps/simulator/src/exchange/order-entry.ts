import {
  afterHoursPriceLimits,
  isOnTick,
  isOrderTypeAllowed,
  type MarketPhase,
  needsPrice,
  type OrderType,
  phaseAt,
  type PriceLimits,
} from '@fleet/krx';

import type { ListedInstrument } from '../day/day-data.ts';
import { bestPrices, type BookContext } from './order-book.ts';
import { symbolPhase } from './symbol-phase.ts';
import type { SymbolTape } from './symbol-tape.ts';
import type { RefusalReason, Side } from './types.ts';

/** What an accepted order is worked with. */
export interface OrderTerms {
  /** Undefined: any price. */
  readonly limit: number | undefined;
  /** Won that a buy locks per share: its limit, or the upper limit without one. 0 for sells. */
  readonly reserveUnit: number;
}

export type EntryDecision =
  | { readonly ok: true; readonly terms: OrderTerms }
  | { readonly ok: false; readonly reason: RefusalReason };

export interface EntryQuestion {
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: number;
  readonly price: number | undefined;
  readonly conditionPrice?: number | undefined;
}

const CLOSED_PHASES: ReadonlySet<MarketPhase> = new Set([
  'CLOSED',
  'POST_CLOSE_ENTRY',
  'POST_CLOSE_CLOSING_PRICE',
  'AFTER_HOURS_SINGLE_PRICE',
]);

/** The exchange's own checks, in the order in which a broker meets them; cash and shares come later. */
export function checkEntry(question: EntryQuestion, context: BookContext): EntryDecision {
  const { side, type, quantity, price } = question;
  const reason = phaseRefusal(type, context);
  if (reason !== undefined) return refused(reason);
  if (!Number.isSafeInteger(quantity) || quantity <= 0) return refused('BAD_QUANTITY');
  const { instrument, session } = context.tape;
  if (needsPrice(type)) {
    const prices = type === 'STOP_LIMIT' ? [price, question.conditionPrice] : [price];
    if (!prices.every((each) => each !== undefined && isOnTick(each, instrument, session.date)))
      return refused('OFF_TICK');
    const limits = priceBounds(type, context.tape);
    if (!prices.every((each = 0) => each >= limits.lower && each <= limits.upper))
      return refused('BEYOND_LIMIT');
    // A conditional limit order may end as a market order in the closing auction.
    const worst = type === 'CONDITIONAL_LIMIT' ? instrument.upperLimit : (price ?? 0);
    return { ok: true, terms: { limit: price, reserveUnit: side === 'BUY' ? worst : 0 } };
  }
  const limit = bookLimit(type, side, context);
  if (limit === 'NONE') return refused('ORDER_TYPE_NOT_ALLOWED');
  return {
    ok: true,
    terms: { limit, reserveUnit: side === 'BUY' ? reserveWithoutPrice(instrument, limit) : 0 },
  };
}

/** The day's limits; after hours ±10 % of the close inside them. */
function priceBounds(type: OrderType, { instrument, session, last }: SymbolTape): PriceLimits {
  const dayLimits = { upper: instrument.upperLimit, lower: instrument.lowerLimit };
  if (type !== 'AFTER_HOURS_SINGLE_PRICE') return dayLimits;
  const close = last ?? instrument.referencePrice;
  return afterHoursPriceLimits({ close, dayLimits, instrument, date: session.date });
}

/** KIS locks a priceless buy at the upper limit. */
function reserveWithoutPrice(instrument: ListedInstrument, limit: number | undefined): number {
  return Math.max(instrument.upperLimit, limit ?? 0);
}

function phaseRefusal(type: OrderType, context: BookContext): RefusalReason | undefined {
  const { tape, at } = context;
  const phase = symbolPhase(tape, at);
  if (phase === 'HALTED') return 'HALTED';
  const { market, kind } = tape.instrument;
  const allowedIn = (krxPhase: MarketPhase): boolean =>
    isOrderTypeAllowed({
      type,
      phase: krxPhase,
      venue: 'KRX',
      kind,
      market,
      date: tape.session.date,
    }).allowed;
  const clockPhase = phaseAt(tape.session, at);
  if (phase === 'BEFORE') return 'MARKET_NOT_OPEN_YET';
  if (phase === 'CLOSED') {
    // A circuit breaker's third stage ends the day with all its sessions.
    if (tape.isHalted(at)) return 'MARKET_CLOSED';
    if (allowedIn(clockPhase)) return undefined;
    return CLOSED_PHASES.has(clockPhase) ? 'MARKET_CLOSED' : 'ORDER_TYPE_NOT_ALLOWED';
  }
  // An auction goes on until its result, past the clock's end of it.
  const own: MarketPhase = phase === 'INTERRUPTED' ? 'OPENING_AUCTION' : phase;
  return allowedIn(own) || isAllowedByOverlap(clockPhase, allowedIn)
    ? undefined
    : 'ORDER_TYPE_NOT_ALLOWED';
}

/** Sessions that run beside an auction: pre-open closing price, and entry for the one after the close. */
function isAllowedByOverlap(
  clockPhase: MarketPhase,
  allowedIn: (phase: MarketPhase) => boolean,
): boolean {
  const overlaps = clockPhase === 'PRE_OPEN_CLOSING_PRICE' || clockPhase === 'POST_CLOSE_ENTRY';
  return overlaps && allowedIn(clockPhase);
}

const AT_OPPOSITE: ReadonlySet<OrderType> = new Set(['BEST_LIMIT', 'BEST_IOC', 'BEST_FOK']);
const AT_MIDDLE: ReadonlySet<OrderType> = new Set(['MID_PRICE', 'MID_PRICE_IOC', 'MID_PRICE_FOK']);

/** The limit that the book gives an order without a price of its own. */
function bookLimit(type: OrderType, side: Side, context: BookContext): number | undefined | 'NONE' {
  const { bid, ask } = bestPrices(context);
  const [own, opposite] = side === 'BUY' ? [bid, ask] : [ask, bid];
  if (AT_OPPOSITE.has(type)) return opposite ?? 'NONE';
  if (type === 'TOP_LIMIT') return own ?? 'NONE';
  if (type === 'PRE_OPEN_CLOSING_PRICE') return context.tape.instrument.referencePrice;
  if (!AT_MIDDLE.has(type)) return undefined;
  if (bid === undefined || ask === undefined) return 'NONE';
  return side === 'BUY' ? Math.floor((bid + ask) / 2) : Math.ceil((bid + ask) / 2);
}

function refused(reason: RefusalReason): EntryDecision {
  return { ok: false, reason };
}
