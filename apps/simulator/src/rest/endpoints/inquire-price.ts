import { tickSize } from '@fleet/krx';
import type { EndpointContext } from '../endpoint.ts';
import { percent, whole, yesNo } from '../fields.ts';
import { marketName } from '../market-codes.ts';
import { QUOTE_OK } from '../messages.ts';
import {
  averagePrice,
  changeFields,
  marketValue,
  type QuoteView,
  turnoverRate,
} from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import { symbolQuotation } from './quote-endpoint.ts';
import { extremeFields, yearRange, type YearRange } from './year-range.ts';

/** 주식현재가 시세. */
export const inquirePrice = symbolQuotation({
  name: 'inquire-price',
  trId: 'FHKST01010100',
  handle: price,
});

function price(view: QuoteView, _request: unknown, context: EndpointContext): KisReply {
  const range = yearRange(context.exchange, view);
  const output = {
    ...statusFields(view),
    ...priceFields(view),
    ...pivotFields(view, range),
    ...companyFields(view, tickSize(view.price, view.instrument, context.exchange.tradeDate())),
    ...extremeFields(view, range),
    ...flagFields(view),
  };
  return reply(QUOTE_OK, { output });
}

function statusFields(view: QuoteView): Record<string, string> {
  const { halted } = view.quote;
  return {
    iscd_stat_cls_code: halted ? '58' : '55',
    marg_rate: '20.00',
    rprs_mrkt_kor_name: marketName(view.instrument.market),
    new_hgpr_lwpr_cls_code: '',
    bstp_kor_isnm: '',
    temp_stop_yn: yesNo(halted),
    oprc_rang_cont_yn: 'N',
    clpr_rang_cont_yn: 'N',
    crdt_able_yn: 'Y',
    grmn_rate_cls_code: '40',
    elw_pblc_yn: 'N',
  };
}

function priceFields(view: QuoteView): Record<string, string> {
  const { quote, instrument } = view;
  return {
    stck_prpr: whole(view.price),
    ...changeFields(view),
    acml_tr_pbmn: whole(quote.turnover),
    acml_vol: whole(quote.volume),
    prdy_vrss_vol_rate: percent(quote.volume, instrument.previousVolume),
    stck_oprc: whole(quote.open),
    stck_hgpr: whole(quote.high),
    stck_lwpr: whole(quote.low),
    stck_mxpr: whole(instrument.upperLimit),
    stck_llam: whole(instrument.lowerLimit),
    stck_sdpr: whole(instrument.referencePrice),
    wghn_avrg_stck_prc: averagePrice(quote),
    hts_frgn_ehrt: '0.00',
    frgn_ntby_qty: '0',
    pgtr_ntby_qty: '0',
  };
}

/** Pivots of the day before, cut down to whole won. */
function pivotFields(view: QuoteView, range: YearRange): Record<string, string> {
  const { high, low, close } = range.previousDay ?? {
    high: view.instrument.referencePrice,
    low: view.instrument.referencePrice,
    close: view.instrument.referencePrice,
  };
  const pivot = (high + low + close) / 3;
  return {
    pvt_scnd_dmrs_prc: cut(pivot + high - low),
    pvt_frst_dmrs_prc: cut(2 * pivot - low),
    pvt_pont_val: cut(pivot),
    pvt_frst_dmsp_prc: cut(2 * pivot - high),
    pvt_scnd_dmsp_prc: cut(pivot - high + low),
    dmrs_val: cut((pivot + (2 * pivot - low)) / 2),
    dmsp_val: cut((pivot + (2 * pivot - high)) / 2),
  };
}

function cut(value: number): string {
  return whole(Math.floor(value));
}

function companyFields(view: QuoteView, tick: number): Record<string, string> {
  const { instrument } = view;
  return {
    cpfn: '0',
    rstc_wdth_prc: whole(instrument.upperLimit - instrument.referencePrice),
    stck_fcam: '5000',
    stck_sspr: '0',
    aspr_unit: whole(tick),
    hts_deal_qty_unit_val: '1',
    lstn_stcn: whole(instrument.listedShares),
    hts_avls: marketValue(view),
    per: '0.00',
    pbr: '0.00',
    stac_month: '12',
    vol_tnrt: turnoverRate(view),
    eps: '0.00',
    bps: '0.00',
  };
}

function flagFields(view: QuoteView): Record<string, string> {
  return {
    whol_loan_rmnd_rate: '0.00',
    ssts_yn: 'N',
    stck_shrn_iscd: view.instrument.symbol,
    fcam_cnnm: '5,000',
    cpfn_cnnm: '0 억',
    apprch_rate: '0.00',
    frgn_hldn_qty: '0',
    vi_cls_code: yesNo(view.quote.volatilityInterrupted),
    ovtm_vi_cls_code: 'N',
    last_ssts_cntg_qty: '0',
    invt_caful_yn: 'N',
    mrkt_warn_cls_code: '00',
    short_over_yn: 'N',
    sltr_yn: 'N',
    mang_issu_cls_code: 'N',
  };
}
