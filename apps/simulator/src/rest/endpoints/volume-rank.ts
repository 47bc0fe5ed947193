import type { EndpointContext } from '../endpoint.ts';
import { percent, whole } from '../fields.ts';
import { QUOTE_OK } from '../messages.ts';
import { changeFields, type QuoteView, turnoverRate } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';
import { topThirty, tradedViews } from './ranked-views.ts';

/** 거래량순위: thirty rows. Not offered on paper. */
export const volumeRank = quotation({
  name: 'volume-rank',
  trId: 'FHPST01710000',
  onPaper: 'NOT_A_PAPER_TR',
  required: [
    'FID_COND_MRKT_DIV_CODE',
    'FID_COND_SCR_DIV_CODE',
    'FID_INPUT_ISCD',
    'FID_DIV_CLS_CODE',
    'FID_BLNG_CLS_CODE',
    'FID_TRGT_CLS_CODE',
    'FID_TRGT_EXLS_CLS_CODE',
    'FID_INPUT_PRICE_1',
    'FID_INPUT_PRICE_2',
    'FID_VOL_CNT',
    'FID_INPUT_DATE_1',
  ],
  handle: rank,
});

/** FID_BLNG_CLS_CODE: 0 volume, 1 volume growth, 2 share turnover, 3 amount, 4 amount turnover. */
const SORT_VALUES: Readonly<Record<string, (view: QuoteView) => number>> = {
  '0': (view) => view.quote.volume,
  '1': (view) => growth(view),
  '2': (view) => view.quote.volume / Math.max(1, view.instrument.listedShares),
  '3': (view) => view.quote.turnover,
  '4': (view) => view.quote.turnover / Math.max(1, view.price * view.instrument.listedShares),
};

function rank(request: KisRequest, { exchange }: EndpointContext): KisReply {
  const exclude = (request.param('FID_TRGT_EXLS_CLS_CODE') ?? '').trim();
  const stockClass = (request.param('FID_DIV_CLS_CODE') ?? '').trim();
  const views = tradedViews(exchange, request)
    .filter((view) => isOfClass(view, stockClass))
    .filter((view) => !isExcluded(view, exclude));
  const sortBy = SORT_VALUES[(request.param('FID_BLNG_CLS_CODE') ?? '').trim()];
  const top = topThirty(views, sortBy ?? ((view) => view.quote.volume));
  return reply(QUOTE_OK, { output: top.map((view, index) => row(view, index + 1)) });
}

/** 0 all, 1 common, 2 preferred. */
function isOfClass(view: QuoteView, stockClass: string): boolean {
  const { kind } = view.instrument;
  if (stockClass === '1') return kind !== 'PREFERRED';
  return stockClass === '2' ? kind === 'PREFERRED' : true;
}

/**
 * Ten flags: risk and warning, administrative, liquidation trading, unfaithful disclosure, preferred,
 * halted, ETF, ETN, no credit, SPAC.
 */
function isExcluded(view: QuoteView, flags: string): boolean {
  const has = (place: number): boolean => flags.charAt(place) === '1';
  const { kind } = view.instrument;
  return (
    (has(4) && kind === 'PREFERRED') ||
    (has(5) && view.quote.halted) ||
    (has(6) && kind === 'ETF') ||
    (has(7) && kind === 'ETN') ||
    (has(9) && kind === 'SPAC')
  );
}

function growth(view: QuoteView): number {
  const { previousVolume } = view.instrument;
  return previousVolume === 0 ? 0 : view.quote.volume / previousVolume;
}

function row(view: QuoteView, place: number): Record<string, string> {
  const { instrument, quote, price } = view;
  const amountTurnover = percent(quote.turnover, price * instrument.listedShares);
  const { prdy_vrss, prdy_vrss_sign, prdy_ctrt } = changeFields(view);
  return {
    hts_kor_isnm: instrument.name,
    mksc_shrn_iscd: instrument.symbol,
    data_rank: whole(place),
    stck_prpr: whole(price),
    prdy_vrss_sign: prdy_vrss_sign ?? '3',
    prdy_vrss: prdy_vrss ?? '0',
    prdy_ctrt: prdy_ctrt ?? '0.00',
    acml_vol: whole(quote.volume),
    prdy_vol: whole(instrument.previousVolume),
    lstn_stcn: whole(instrument.listedShares),
    avrg_vol: whole(quote.volume),
    n_befr_clpr_vrss_prpr_rate: view.changeRate,
    vol_inrt: percent(quote.volume, instrument.previousVolume),
    vol_tnrt: turnoverRate(view),
    nday_vol_tnrt: turnoverRate(view),
    avrg_tr_pbmn: whole(quote.turnover),
    tr_pbmn_tnrt: amountTurnover,
    nday_tr_pbmn_tnrt: amountTurnover,
    acml_tr_pbmn: whole(quote.turnover),
  };
}
