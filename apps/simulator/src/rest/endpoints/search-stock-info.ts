import { compactDate } from '@fleet/krx';
import type { Instrument } from '../../exchange/types.ts';
import { isinOf, securityGroup } from '../../masters/instrument-codes.ts';
import type { EndpointContext } from '../endpoint.ts';
import { filled, whole, yesNo } from '../fields.ts';
import { ledgerMessage, refusal } from '../messages.ts';
import { normalizeSymbol } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';

const MARKET_IDS = { KOSPI: 'STK', KOSDAQ: 'KSQ', KONEX: 'KNX' } as const;
const EXCHANGE_CODES = { KOSPI: '02', KOSDAQ: '03', KONEX: '02' } as const;

/** 주식기본조회. Not offered on paper. */
export const searchStockInfo = quotation({
  name: 'search-stock-info',
  trId: 'CTPF1002R',
  onPaper: 'NOT_A_PAPER_TR',
  required: ['PRDT_TYPE_CD', 'PDNO'],
  handle: stockInfo,
});

/** 상품기본조회: older than search-stock-info and what many clients look a code up with. */
export const searchInfo = quotation({
  name: 'search-info',
  trId: 'CTPF1604R',
  onPaper: 'NOT_A_PAPER_TR',
  required: ['PRDT_TYPE_CD', 'PDNO'],
  handle: productInfo,
});

// Clients try one product type after the other and go on at rt_cd 7.
const NO_SUCH_PRODUCT = { rtCode: '7', code: 'KIOK0560', text: '조회할 내용이 없습니다' };

function productInfo(request: KisRequest, { exchange, profile }: EndpointContext): KisReply {
  const symbol = normalizeSymbol(request.param('PDNO') ?? '');
  const instrument = exchange.instrument(symbol);
  if (instrument === undefined || (request.param('PRDT_TYPE_CD') ?? '').trim() !== '300') {
    return reply(NO_SUCH_PRODUCT);
  }
  const output = {
    pdno: symbol,
    prdt_type_cd: '300',
    ...names(instrument),
    shtn_pdno: symbol,
    prdt_sale_stat_cd: '',
    prdt_risk_grad_cd: '',
    prdt_clsf_cd: '100101',
    prdt_clsf_name: '주권',
    sale_strt_dt: '',
    sale_end_dt: '',
    wrap_asst_type_cd: '06',
    ivst_prdt_type_cd: '0601',
    ivst_prdt_type_cd_name: '주식',
    frst_erlm_dt: '',
  };
  return reply(ledgerMessage(profile.name, true), { output });
}

function stockInfo(request: KisRequest, context: EndpointContext): KisReply {
  const { exchange, profile } = context;
  const symbol = normalizeSymbol(request.param('PDNO') ?? '');
  const instrument = exchange.instrument(symbol);
  if (instrument === undefined || (request.param('PRDT_TYPE_CD') ?? '').trim() !== '300') {
    return reply(refusal(profile.name, 'UNKNOWN_SYMBOL'));
  }
  const quote = exchange.quote(symbol);
  const output = {
    ...listing(instrument),
    ...BLANK_FUND,
    ...names(instrument),
    ...BLANK_ETF,
    tr_stop_yn: yesNo(quote?.halted ?? false),
    admn_item_yn: 'N',
    thdt_clpr: whole(quote?.last ?? instrument.referencePrice),
    bfdy_clpr: whole(instrument.referencePrice),
    clpr_chng_dt: compactDate(exchange.tradeDate()),
    ...CLASSIFICATION,
  };
  return reply(ledgerMessage(profile.name, true), { output });
}

function listing(instrument: Instrument): Record<string, string> {
  const listedOn = compactDate(instrument.listedOn);
  return {
    pdno: instrument.symbol,
    prdt_type_cd: '300',
    mket_id_cd: MARKET_IDS[instrument.market],
    scty_grp_id_cd: securityGroup(instrument.kind),
    excg_dvsn_cd: EXCHANGE_CODES[instrument.market],
    setl_mmdd: '12',
    lstg_stqt: whole(instrument.listedShares),
    lstg_cptl_amt: '0',
    cpta: '0',
    papr: '5000',
    issu_pric: '0',
    kospi200_item_yn: yesNo(instrument.isKospi200 === true),
    scts_mket_lstg_dt: instrument.market === 'KOSPI' ? listedOn : '',
    scts_mket_lstg_abol_dt: '',
    kosdaq_mket_lstg_dt: instrument.market === 'KOSDAQ' ? listedOn : '',
    kosdaq_mket_lstg_abol_dt: '',
    frbd_mket_lstg_dt: '',
    frbd_mket_lstg_abol_dt: '',
    reits_kind_cd: '',
    etf_dvsn_cd: instrument.kind === 'ETF' ? '1' : '0',
    oilf_fund_yn: 'N',
    idx_bztp_lcls_cd: '000',
    idx_bztp_mcls_cd: '000',
    idx_bztp_scls_cd: '000',
    stck_kind_cd: instrument.kind === 'PREFERRED' ? '201' : '101',
  };
}

const BLANK_FUND = {
  mfnd_opng_dt: '',
  mfnd_end_dt: '',
  dpsi_erlm_cncl_dt: '',
  etf_cu_qty: '0',
};

function names(instrument: Instrument): Record<string, string> {
  const { name } = instrument;
  return {
    prdt_name: name,
    prdt_name120: name,
    prdt_abrv_name: name,
    std_pdno: isinOf(instrument.symbol),
    prdt_eng_name: name,
    prdt_eng_name120: name,
    prdt_eng_abrv_name: name,
  };
}

const BLANK_ETF = {
  dpsi_aptm_erlm_yn: 'Y',
  etf_txtn_type_cd: '00',
  etf_type_cd: '',
  lstg_abol_dt: '',
  nwst_odst_dvsn_cd: '1',
  sbst_pric: '0',
  thco_sbst_pric: '0',
  thco_sbst_pric_chng_dt: '',
};

const CLASSIFICATION = {
  std_idst_clsf_cd: '000000',
  ...filled(
    [
      'std_idst_clsf_cd_name',
      'idx_bztp_lcls_cd_name',
      'idx_bztp_mcls_cd_name',
      'idx_bztp_scls_cd_name',
      'ocr_no',
    ],
    '',
  ),
  crfd_item_yn: 'N',
  elec_scty_yn: 'Y',
  issu_istt_cd: '',
  etf_chas_erng_rt_dbnb: '0',
  etf_etn_ivst_heed_item_yn: 'N',
  stln_int_rt_dvsn_cd: '',
  frnr_psnl_lmt_rt: '0.00000000',
  lstg_rqsr_issu_istt_cd: '',
  lstg_rqsr_item_cd: '',
  trst_istt_issu_istt_cd: '',
  cptt_trad_tr_psbl_yn: 'N',
  nxt_tr_stop_yn: 'N',
};
