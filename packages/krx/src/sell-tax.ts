import type { InstrumentClass } from './instrument.ts';
import type { TradeDate } from './trade-date.ts';
declare const todo: never;
export interface SellTaxRates { readonly transactionTax: string; readonly ruralTax: string }
export function sellTaxRates(_instrument: InstrumentClass, _settlementDate: TradeDate): SellTaxRates { return todo; }
