import { compactDate, parseTradeDate, type TradeDate } from '@fleet/krx';
import type { DailyBar, Exchange } from '../../exchange/types.ts';
import { percent, whole } from '../fields.ts';
import type { QuoteView } from '../quote-view.ts';

/** An extreme price and its day. */
interface Extreme {
  readonly price: number;
  readonly date: TradeDate;
}

export interface YearRange {
  /** Newest first, today included, without days that had no trade. */
  readonly bars: readonly DailyBar[];
  readonly high: Extreme;
  readonly low: Extreme;
  /** Since 1 January. */
  readonly thisYear: { readonly high: Extreme; readonly low: Extreme };
  readonly previousDay: DailyBar | undefined;
}

/** The last year's extremes; today's price when there is no history. */
export function yearRange(exchange: Exchange, view: QuoteView): YearRange {
  const today = exchange.tradeDate();
  const from = sameDayLastYear(today);
  const bars = exchange
    .dailyBars(view.instrument.symbol, { from, to: today })
    .filter((bar) => bar.volume > 0);
  const present = { price: view.price, date: today };
  const inYear = bars.filter((bar) => bar.date.slice(0, 4) === today.slice(0, 4));
  return {
    bars,
    high: highOf(bars, present),
    low: lowOf(bars, present),
    thisYear: { high: highOf(inYear, present), low: lowOf(inYear, present) },
    previousDay: bars.find((bar) => bar.date < today),
  };
}

/** d250, dryy and w52 fields of inquire-price. */
export function extremeFields(view: QuoteView, range: YearRange): Record<string, string> {
  const { price } = view;
  const distance = (extreme: Extreme): string => percent(price - extreme.price, extreme.price);
  const { high, low, thisYear } = range;
  return {
    d250_hgpr: whole(high.price),
    d250_hgpr_date: compactDate(high.date),
    d250_hgpr_vrss_prpr_rate: distance(high),
    d250_lwpr: whole(low.price),
    d250_lwpr_date: compactDate(low.date),
    d250_lwpr_vrss_prpr_rate: distance(low),
    stck_dryy_hgpr: whole(thisYear.high.price),
    dryy_hgpr_vrss_prpr_rate: distance(thisYear.high),
    dryy_hgpr_date: compactDate(thisYear.high.date),
    stck_dryy_lwpr: whole(thisYear.low.price),
    dryy_lwpr_vrss_prpr_rate: distance(thisYear.low),
    dryy_lwpr_date: compactDate(thisYear.low.date),
    w52_hgpr: whole(high.price),
    w52_hgpr_vrss_prpr_ctrt: distance(high),
    w52_hgpr_date: compactDate(high.date),
    w52_lwpr: whole(low.price),
    w52_lwpr_vrss_prpr_ctrt: distance(low),
    w52_lwpr_date: compactDate(low.date),
  };
}

function highOf(bars: readonly DailyBar[], present: Extreme): Extreme {
  return bars.reduce<Extreme>(
    (best, bar) => (bar.high > best.price ? { price: bar.high, date: bar.date } : best),
    present,
  );
}

function lowOf(bars: readonly DailyBar[], present: Extreme): Extreme {
  return bars.reduce<Extreme>(
    (best, bar) => (bar.low < best.price ? { price: bar.low, date: bar.date } : best),
    present,
  );
}

/** 29 February becomes the 28th. */
function sameDayLastYear(date: TradeDate): TradeDate {
  const day = date.slice(5) === '02-29' ? '02-28' : date.slice(5);
  return parseTradeDate(`${Number(date.slice(0, 4)) - 1}-${day}`);
}
