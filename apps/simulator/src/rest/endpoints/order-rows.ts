import { compactDate, kstCompactTime, orderTypeCode, type OrderType } from '@fleet/krx';
import type { Exchange, OrderRecord } from '../../exchange/types.ts';
import { quotient, whole } from '../fields.ts';

/** Korean names of ORD_DVSN, as the order lists show them. */
const TYPE_NAMES: Readonly<Record<OrderType, string>> = {
  LIMIT: '지정가',
  MARKET: '시장가',
  CONDITIONAL_LIMIT: '조건부지정가',
  BEST_LIMIT: '최유리지정가',
  TOP_LIMIT: '최우선지정가',
  PRE_OPEN_CLOSING_PRICE: '장전시간외',
  POST_CLOSE_CLOSING_PRICE: '장후시간외',
  AFTER_HOURS_SINGLE_PRICE: '시간외단일가',
  LIMIT_IOC: 'IOC지정가',
  LIMIT_FOK: 'FOK지정가',
  MARKET_IOC: 'IOC시장가',
  MARKET_FOK: 'FOK시장가',
  BEST_IOC: 'IOC최유리',
  BEST_FOK: 'FOK최유리',
  MID_PRICE: '중간가',
  STOP_LIMIT: '스톱지정가',
  MID_PRICE_IOC: '중간가IOC',
  MID_PRICE_FOK: '중간가FOK',
};

/** One row of inquire-daily-ccld. The old TR ids name one field otherwise and lack four. */
export function orderRow(
  order: OrderRecord,
  exchange: Exchange,
  isOldId: boolean,
): Record<string, string> {
  const confirmed = whole(order.canceledQuantity);
  return {
    ord_dt: compactDate(order.date),
    ord_gno_brno: order.branch,
    odno: order.number,
    orgn_odno: order.originalNumber ?? '',
    ord_dvsn_name: TYPE_NAMES[order.type],
    sll_buy_dvsn_cd: sideCode(order),
    sll_buy_dvsn_cd_name: sideName(order),
    pdno: order.symbol,
    prdt_name: nameOf(exchange, order.symbol),
    ord_qty: whole(order.quantity),
    ord_unpr: whole(order.price),
    ord_tmd: kstCompactTime(order.acceptedAt),
    tot_ccld_qty: whole(order.filledQuantity),
    avg_prvs: averageFill(order),
    cncl_yn: order.canceledQuantity > 0 ? 'Y' : 'N',
    tot_ccld_amt: whole(order.filledAmount),
    loan_dt: '',
    ordr_empno: 'OpenAPI',
    ord_dvsn_cd: orderTypeCode(order.type),
    ...(isOldId ? { cncl_cfrm_qty: confirmed } : { cnc_cfrm_qty: confirmed }),
    rmn_qty: whole(order.restQuantity),
    rjct_qty: whole(order.rejectedQuantity),
    ccld_cndt_name: conditionName(order.type),
    inqr_ip_addr: '127.0.0.1',
    cpbc_ordp_ord_rcit_dvsn_cd: '',
    cpbc_ordp_infm_mthd_dvsn_cd: '',
    infm_tmd: '',
    ctac_tlno: '',
    prdt_type_cd: '300',
    excg_dvsn_cd: '02',
    cpbc_ordp_mtrl_dvsn_cd: '',
    ord_orgno: '00000',
    rsvn_ord_end_dt: '',
    ...(isOldId
      ? {}
      : {
          excg_id_dvsn_Cd: 'KRX',
          stpm_cndt_pric: whole(order.conditionPrice),
          stpm_efct_occr_dtmd: '',
        }),
  };
}

/** One row of inquire-psbl-rvsecncl. */
export function openOrderRow(order: OrderRecord, exchange: Exchange): Record<string, string> {
  return {
    ord_gno_brno: order.branch,
    odno: order.number,
    orgn_odno: order.originalNumber ?? '',
    ord_dvsn_name: TYPE_NAMES[order.type],
    pdno: order.symbol,
    prdt_name: nameOf(exchange, order.symbol),
    rvse_cncl_dvsn_name: order.request === 'AMEND' ? '정정' : '',
    ord_qty: whole(order.quantity),
    ord_unpr: whole(order.price),
    ord_tmd: kstCompactTime(order.acceptedAt),
    tot_ccld_qty: whole(order.filledQuantity),
    tot_ccld_amt: whole(order.filledAmount),
    psbl_qty: whole(order.restQuantity),
    sll_buy_dvsn_cd: sideCode(order),
    ord_dvsn_cd: orderTypeCode(order.type),
    mgco_aptm_odno: '',
    excg_dvsn_cd: '02',
    excg_id_dvsn_cd: 'KRX',
    excg_id_dvsn_name: 'KRX',
    stpm_cndt_pric: whole(order.conditionPrice),
    stpm_efct_occr_yn: 'N',
  };
}

/** 01 sell, 02 buy. */
export function sideCode(order: OrderRecord): string {
  return order.side === 'SELL' ? '01' : '02';
}

export function nameOf(exchange: Exchange, symbol: string): string {
  return exchange.instrument(symbol)?.name ?? '';
}

function sideName(order: OrderRecord): string {
  const side = order.side === 'SELL' ? '현금매도' : '현금매수';
  if (order.rejectedQuantity > 0 && order.filledQuantity === 0) return `${side}거부`;
  if (order.request === 'AMEND') return `${side}정정*`;
  return order.request === 'CANCEL' ? `${side}취소*` : side;
}

/** Average fill price: '0' before a fill, whole won when it is whole. */
function averageFill(order: OrderRecord): string {
  const { filledAmount: amount, filledQuantity: quantity } = order;
  if (quantity === 0) return '0';
  return amount % quantity === 0 ? whole(amount / quantity) : quotient(amount, quantity, 4);
}

function conditionName(type: OrderType): string {
  if (type.endsWith('_IOC')) return 'IOC';
  return type.endsWith('_FOK') ? 'FOK' : '없음';
}
