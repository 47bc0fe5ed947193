import { KrxRuleError, parseTradeDate, type TradeDate } from '@fleet/krx';
import type { EndpointContext } from './endpoint.ts';
import type { KisRequest } from './request.ts';

export interface DateRange {
  readonly from: TradeDate;
  readonly to: TradeDate;
}

/** Undefined when a date is not one. */
export function dateRange(
  request: KisRequest,
  fromName: string,
  toName: string,
): DateRange | undefined {
  const from = readDate(request.param(fromName));
  const to = readDate(request.param(toName));
  return from === undefined || to === undefined ? undefined : { from, to };
}

/**
 * The range of a ledger query. Clients ask for "today" by their own clock, which a market day at
 * another date or on a weekend does not share: their today contains the trade date.
 */
export function ledgerRange(request: KisRequest, context: EndpointContext): DateRange | undefined {
  const range = dateRange(request, 'INQR_STRT_DT', 'INQR_END_DT');
  if (range === undefined) return undefined;
  const { from, to } = range;
  const asksToday = context.clientDays().some((day) => from <= day && day <= to);
  if (!asksToday) return range;
  const tradeDate = context.exchange.tradeDate();
  return { from: from < tradeDate ? from : tradeDate, to: to > tradeDate ? to : tradeDate };
}

/** Undefined when the text is not a date. */
export function readDate(text: string | undefined): TradeDate | undefined {
  try {
    return parseTradeDate((text ?? '').trim());
  } catch (error) {
    if (error instanceof KrxRuleError) return undefined;
    throw error;
  }
}
