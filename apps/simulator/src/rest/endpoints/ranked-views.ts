import type { Exchange } from '../../exchange/types.ts';
import { type QuoteView, viewOf } from '../quote-view.ts';
import type { KisRequest } from '../request.ts';

/** A numeric filter; blank or 0 where KIS means "no bound". */
export function bound(request: KisRequest, name: string): number | undefined {
  const text = (request.param(name) ?? '').trim();
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? undefined : value;
}

/** All instruments that traded today, with the filters that both ranks share. */
export function tradedViews(exchange: Exchange, request: KisRequest): readonly QuoteView[] {
  const board = (request.param('FID_INPUT_ISCD') ?? '').trim();
  const low = bound(request, 'FID_INPUT_PRICE_1');
  const high = bound(request, 'FID_INPUT_PRICE_2');
  const volume = bound(request, 'FID_VOL_CNT') ?? 0;
  return exchange.quoteAll().flatMap(({ instrument, quote }) => {
    if (quote.volume === 0) return [];
    const view = viewOf(instrument, quote);
    const isIn =
      (board === '0001' ? instrument.market === 'KOSPI' : true) &&
      (board === '1001' ? instrument.market === 'KOSDAQ' : true) &&
      (low === undefined || view.price >= low) &&
      (high === undefined || high === 0 || view.price <= high) &&
      quote.volume >= volume;
    return isIn ? [view] : [];
  });
}

/** The first thirty by a number, largest first; equal numbers by symbol. */
export function topThirty(
  views: readonly QuoteView[],
  value: (view: QuoteView) => number,
): readonly QuoteView[] {
  return views
    .map((view) => ({ view, value: value(view) }))
    .toSorted(
      (a, b) => b.value - a.value || (a.view.instrument.symbol < b.view.instrument.symbol ? -1 : 1),
    )
    .slice(0, 30)
    .map((each) => each.view);
}
