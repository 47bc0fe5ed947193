import type { InstrumentKind, Market, Venue } from './instrument.ts';
import type { OrderType } from './order-type.ts';
import type { MarketPhase } from './session.ts';
declare const todo: never;
export interface OrderTypeQuestion { readonly type: OrderType; readonly phase: MarketPhase; readonly venue: Venue; readonly kind: InstrumentKind; readonly market?: Market }
export type OrderTypeAnswer = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };
export function isOrderTypeAllowed(_question: OrderTypeQuestion): OrderTypeAnswer { return todo; }
