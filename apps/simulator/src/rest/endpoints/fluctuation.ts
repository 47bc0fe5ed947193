import { compactDate, kstCompactTime } from '@fleet/krx';
import type { EndpointContext } from '../endpoint.ts';
import { changeSign, percent, whole } from '../fields.ts';
import { QUOTE_OK } from '../messages.ts';
import { changeFields, type QuoteView } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';
import { bound, topThirty, tradedViews } from './ranked-views.ts';

/** 등락률 순위: thirty rows. Not offered on paper. */
export const fluctuation = quotation({
  name: 'fluctuation',
  trId: 'FHPST01700000',
  path: '/uapi/domestic-stock/v1/ranking/fluctuation',
  onPaper: 'NOT_A_PAPER_TR',
  required: [
    'FID_COND_MRKT_DIV_CODE',
    'FID_COND_SCR_DIV_CODE',
    'FID_INPUT_ISCD',
    'FID_RANK_SORT_CLS_CODE',
    'FID_PRC_CLS_CODE',
  ],
  handle: rank,
});

/** 0 rise, 1 fall, 2 rise against the open, 3 fall against the open, 4 range of the day. */
const SORT_VALUES: Readonly<Record<string, (view: QuoteView) => number>> = {
  '0': (view) => fromReference(view),
  '1': (view) => -fromReference(view),
  '2': (view) => fromOpen(view),
  '3': (view) => -fromOpen(view),
  '4': (view) => rangeRate(view),
};

function rank(request: KisRequest, { exchange }: EndpointContext): KisReply {
  const low = bound(request, 'FID_RSFL_RATE1');
  const high = bound(request, 'FID_RSFL_RATE2');
  const views = tradedViews(exchange, request).filter((view) => {
    const rate = fromReference(view) * 100;
    return (low === undefined || rate >= low) && (high === undefined || rate <= high);
  });
  const sort = (request.param('FID_RANK_SORT_CLS_CODE') ?? '').trim();
  const top = topThirty(views, SORT_VALUES[sort] ?? fromReference);
  const date = compactDate(exchange.tradeDate());
  return reply(QUOTE_OK, { output: top.map((view, index) => row(view, index + 1, date)) });
}

function fromReference(view: QuoteView): number {
  return view.change / view.instrument.referencePrice;
}

function fromOpen(view: QuoteView): number {
  const { open } = view.quote;
  return open === undefined ? 0 : (view.price - open) / open;
}

function rangeRate(view: QuoteView): number {
  const { high, low } = view.quote;
  return high === undefined || low === undefined ? 0 : (high - low) / low;
}

function row(view: QuoteView, place: number, date: string): Record<string, string> {
  const { instrument, quote, price } = view;
  const [high, low, open] = [quote.high ?? price, quote.low ?? price, quote.open ?? price];
  return {
    stck_shrn_iscd: instrument.symbol,
    data_rank: whole(place),
    hts_kor_isnm: instrument.name,
    stck_prpr: whole(price),
    ...changeFields(view),
    acml_vol: whole(quote.volume),
    stck_hgpr: whole(quote.high),
    hgpr_hour: hourOf(quote.highAt),
    acml_hgpr_date: date,
    stck_lwpr: whole(quote.low),
    lwpr_hour: hourOf(quote.lowAt),
    acml_lwpr_date: date,
    lwpr_vrss_prpr_rate: percent(price - low, low),
    dsgt_date_clpr_vrss_prpr_rate: view.changeRate,
    cnnt_ascn_dynu: view.change > 0 ? '1' : '0',
    hgpr_vrss_prpr_rate: percent(price - high, high),
    cnnt_down_dynu: view.change < 0 ? '1' : '0',
    oprc_vrss_prpr_sign: changeSign(price, open),
    oprc_vrss_prpr: whole(price - open),
    oprc_vrss_prpr_rate: percent(price - open, open),
    prd_rsfl: '0',
    prd_rsfl_rate: '0.00',
  };
}

function hourOf(at: number | undefined): string {
  return at === undefined ? '' : kstCompactTime(at);
}
