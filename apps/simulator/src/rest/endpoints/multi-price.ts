import type { EndpointContext } from '../endpoint.ts';
import { changeSign, percent, whole } from '../fields.ts';
import { hourCode } from '../market-codes.ts';
import { BAD_SYMBOL, missingInput, QUOTE_OK } from '../messages.ts';
import { NXT, untradedFields } from '../nxt-market.ts';
import { type QuoteView, quoteView } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';

const PAIRS_MAX = 30;

/** 관심종목(멀티종목) 시세조회: up to thirty symbols, in the order asked. Not offered on paper. */
export const multiPrice = quotation({
  name: 'intstock-multprice',
  trId: 'FHKST11300006',
  onPaper: 'NOT_A_PAPER_TR',
  required: [],
  handle: multiple,
});

function multiple(request: KisRequest, context: EndpointContext): KisReply {
  const asked = askedPairs(request);
  if (asked.length === 0) return reply(missingInput('FID_INPUT_ISCD_1'));
  const rows = asked.flatMap(({ market, symbol }) => {
    const view = quoteView(context.exchange, symbol);
    if (view === undefined) return [];
    return [market === NXT ? untradedFields(row(view, context)) : row(view, context)];
  });
  return rows.length === 0 ? reply(BAD_SYMBOL) : reply(QUOTE_OK, { output: rows });
}

function askedPairs(request: KisRequest): readonly { market: string; symbol: string }[] {
  const asked = (name: string): string => (request.param(name) ?? '').trim();
  return Array.from({ length: PAIRS_MAX }, (_, index) => ({
    market: asked(`FID_COND_MRKT_DIV_CODE_${index + 1}`),
    symbol: asked(`FID_INPUT_ISCD_${index + 1}`),
  })).filter(({ symbol }) => symbol !== '');
}

function row(view: QuoteView, context: EndpointContext): Record<string, string> {
  const { instrument, quote, price } = view;
  const book = context.exchange.book(instrument.symbol);
  const expected = book?.expected;
  const reference = instrument.referencePrice;
  const expectedChange = expected === undefined ? 0 : expected.price - reference;
  return {
    kospi_kosdaq_cls_name: instrument.market,
    mrkt_trtm_cls_name: '',
    hour_cls_code: hourCode(context.exchange.phase(), quote.volatilityInterrupted),
    inter_shrn_iscd: instrument.symbol,
    inter_kor_isnm: instrument.name,
    inter2_prpr: whole(price),
    inter2_prdy_vrss: whole(view.change),
    prdy_vrss_sign: view.sign,
    prdy_ctrt: view.changeRate,
    acml_vol: whole(quote.volume),
    inter2_oprc: whole(quote.open),
    inter2_hgpr: whole(quote.high),
    inter2_lwpr: whole(quote.low),
    inter2_llam: whole(instrument.lowerLimit),
    inter2_mxpr: whole(instrument.upperLimit),
    inter2_askp: whole(quote.ask),
    inter2_bidp: whole(quote.bid),
    seln_rsqn: whole(quote.askSize),
    shnu_rsqn: whole(quote.bidSize),
    total_askp_rsqn: whole(book?.totalAskSize),
    total_bidp_rsqn: whole(book?.totalBidSize),
    acml_tr_pbmn: whole(quote.turnover),
    inter2_prdy_clpr: whole(reference),
    oprc_vrss_hgpr_rate: percent((quote.high ?? 0) - (quote.open ?? 0), quote.open ?? 0),
    intr_antc_cntg_vrss: whole(expectedChange),
    intr_antc_cntg_vrss_sign:
      expected === undefined ? '3' : changeSign(expected.price, reference, instrument),
    intr_antc_cntg_prdy_ctrt: percent(expectedChange, reference),
    intr_antc_vol: whole(expected?.volume),
    inter2_sdpr: whole(reference),
  };
}
