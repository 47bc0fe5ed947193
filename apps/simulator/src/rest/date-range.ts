import { kstDate, kstInstant, parseTradeDate, type TradeDate } from '@fleet/krx';
import { readDate } from '../day/trade-dates.ts';
import type { EndpointContext } from './endpoint.ts';
import type { KisRequest } from './request.ts';

export interface DateRange {
  readonly from: TradeDate;
  readonly to: TradeDate;
}

const FIRST_DAY = parseTradeDate('1956-03-03');

/** Undefined when a date is not one. */
function dateRange(request: KisRequest, fromName: string, toName: string): DateRange | undefined {
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

/**
 * The range of a chart. A range that ends today by the client's own clock ends on the trade date and
 * is as long as asked. Clients ask for everything from '00000101'.
 */
export function chartRange(request: KisRequest, context: EndpointContext): DateRange | undefined {
  const fromText = (request.param('FID_INPUT_DATE_1') ?? '').trim();
  const from = /^0000\d{4}$/.test(fromText) ? FIRST_DAY : readDate(fromText);
  const to = readDate(request.param('FID_INPUT_DATE_2'));
  if (from === undefined || to === undefined) return undefined;
  if (!context.clientDays().includes(to)) return { from, to };
  const tradeDate = context.exchange.tradeDate();
  const shiftMs = kstInstant(tradeDate, '00:00') - kstInstant(to, '00:00');
  const isWhole = from === FIRST_DAY;
  return { from: isWhole ? from : kstDate(kstInstant(from, '00:00') + shiftMs), to: tradeDate };
}
