import type { InstrumentClass } from './instrument.ts';
import type { TradeDate } from './trade-date.ts';
declare const todo: never;
export interface PriceLimits { readonly upper: number; readonly lower: number }
export function priceLimits(_referencePrice: number, _instrument: InstrumentClass, _date: TradeDate): PriceLimits { return todo; }
