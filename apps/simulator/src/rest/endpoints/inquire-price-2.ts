import { changeSign, percent, whole, yesNo } from '../fields.ts';
import { marketName } from '../market-codes.ts';
import { QUOTE_OK } from '../messages.ts';
import { changeFields, type QuoteView } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import { symbolQuotation } from './quote-endpoint.ts';

/** 주식현재가 시세2. Not offered on paper. */
export const inquirePrice2 = symbolQuotation({
  name: 'inquire-price-2',
  trId: 'FHPST01010000',
  onPaper: 'NOT_A_PAPER_TR',
  handle: price2,
});

function price2(view: QuoteView): KisReply {
  const { instrument, quote, price } = view;
  const reference = instrument.referencePrice;
  const fromReference = (value: number | undefined): string =>
    value === undefined ? '0.00' : percent(value - reference, reference);
  const against = (base: number | undefined): { change: string; sign: string } =>
    base === undefined
      ? { change: '0', sign: '3' }
      : { change: whole(price - base), sign: changeSign(price, base) };
  const [low, high, open] = [against(quote.low), against(quote.high), against(quote.open)];
  const output = {
    rprs_mrkt_kor_name: marketName(instrument.market),
    new_hgpr_lwpr_cls_code: '',
    mxpr_llam_cls_code: limitCode(view),
    crdt_able_yn: 'Y',
    stck_mxpr: whole(instrument.upperLimit),
    elw_pblc_yn: 'N',
    prdy_clpr_vrss_oprc_rate: fromReference(quote.open),
    crdt_rate: '0.00',
    marg_rate: '20.00',
    lwpr_vrss_prpr: low.change,
    lwpr_vrss_prpr_sign: low.sign,
    prdy_clpr_vrss_lwpr_rate: fromReference(quote.low),
    stck_lwpr: whole(quote.low),
    hgpr_vrss_prpr: high.change,
    hgpr_vrss_prpr_sign: high.sign,
    prdy_clpr_vrss_hgpr_rate: fromReference(quote.high),
    stck_hgpr: whole(quote.high),
    oprc_vrss_prpr: open.change,
    oprc_vrss_prpr_sign: open.sign,
    mang_issu_yn: 'N',
    divi_app_cls_code: '',
    short_over_yn: 'N',
    mrkt_warn_cls_code: '00',
    invt_caful_yn: 'N',
    stange_runup_yn: 'N',
    ssts_hot_yn: 'N',
    low_current_yn: 'N',
    vi_cls_code: yesNo(quote.volatilityInterrupted),
    short_over_cls_code: '0',
    stck_llam: whole(instrument.lowerLimit),
    new_lstn_cls_name: '',
    vlnt_deal_cls_name: '',
    flng_cls_name: '',
    revl_issu_reas_name: '',
    mrkt_warn_cls_name: '',
    stck_sdpr: whole(reference),
    bstp_cls_code: '0000',
    stck_prdy_clpr: whole(reference),
    insn_pbnt_yn: 'N',
    fcam_mod_cls_name: '',
    stck_prpr: whole(price),
    ...changeFields(view),
    acml_tr_pbmn: whole(quote.turnover),
    acml_vol: whole(quote.volume),
    prdy_vrss_vol_rate: percent(quote.volume, instrument.previousVolume),
    bstp_kor_isnm: '',
    sltr_yn: 'N',
    trht_yn: yesNo(quote.halted),
    oprc_rang_cont_yn: 'N',
    vlnt_fin_cls_code: '0',
    stck_oprc: whole(quote.open),
    prdy_vol: whole(instrument.previousVolume),
  };
  return reply(QUOTE_OK, { output });
}

/** 1 at the upper limit, 4 at the lower, else blank. */
function limitCode(view: QuoteView): string {
  return view.sign === '1' || view.sign === '4' ? view.sign : '';
}
