import type { InstrumentKind, Market, Venue } from './instrument.ts';
import { NXT_FIRST_DAY, type NxtPhase } from './nxt-session.ts';
import type { OrderType } from './order-type.ts';
import {
  KIND_TYPES,
  KONEX_TYPES,
  KRX_PHASES,
  NXT_LIMIT_PHASES,
  NXT_MAIN_PHASES,
  TYPES_SINCE_NXT,
  VENUE_TYPES,
} from './order-type-tables.ts';
import type { MarketPhase } from './session.ts';
import type { TradeDate } from './trade-date.ts';

export interface OrderTypeQuestion {
  readonly type: OrderType;
  /** KRX's phase, or for NXT and SOR better NXT's own (`nxtPhaseAt`). */
  readonly phase: MarketPhase | NxtPhase;
  readonly venue: Venue;
  readonly kind: InstrumentKind;
  /** KONEX takes fewer types; without it the answer is for KOSPI and KOSDAQ. */
  readonly market?: Market;
  /** What came with NXT is refused before its first day; without it the answer is for today's rules. */
  readonly date?: TradeDate;
}

export type OrderTypeAnswer =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Which part of the question is the obstacle. */
      readonly obstacle: 'DATE' | 'VENUE' | 'MARKET' | 'KIND' | 'PHASE';
      /** For people. */
      readonly reason: string;
    };

/**
 * Whether the venue takes an order of this type now. Says nothing about halts, VI, or whether NXT
 * lists the symbol.
 */
export function isOrderTypeAllowed(question: OrderTypeQuestion): OrderTypeAnswer {
  const { type, phase, venue, kind, market, date } = question;
  const isNew = venue !== 'KRX' || TYPES_SINCE_NXT.has(type);
  if (isNew && date !== undefined && date < NXT_FIRST_DAY) {
    return denied('DATE', `${venue} ${type} exists since ${NXT_FIRST_DAY}`);
  }
  if (!VENUE_TYPES[venue].has(type)) return denied('VENUE', `${venue} does not take ${type}`);
  if (market === 'KONEX' && venue !== 'KRX') return denied('MARKET', `${venue} has no KONEX`);
  if (market === 'KONEX' && !KONEX_TYPES.has(type)) {
    return denied('MARKET', `KONEX does not take ${type}`);
  }
  if (!(KIND_TYPES[kind]?.has(type) ?? true))
    return denied('KIND', `${kind} does not take ${type}`);
  if (kind === 'ELW' && venue !== 'KRX') return denied('KIND', `${venue} has no ELW`);
  if (!isPhaseOpen(type, phase, venue)) {
    return denied('PHASE', `${venue} does not take ${type} in ${phase}`);
  }
  return { allowed: true };
}

function isPhaseOpen(type: OrderType, phase: MarketPhase | NxtPhase, venue: Venue): boolean {
  const onKrx = KRX_PHASES[type].some((open) => open === phase);
  const onNxt =
    type === 'LIMIT' ? NXT_LIMIT_PHASES.includes(phase) : NXT_MAIN_PHASES.includes(phase);
  if (venue === 'KRX') return onKrx;
  return venue === 'NXT' ? onNxt : onKrx || onNxt;
}

function denied(
  obstacle: Extract<OrderTypeAnswer, { allowed: false }>['obstacle'],
  reason: string,
): OrderTypeAnswer {
  return { allowed: false, obstacle, reason };
}
