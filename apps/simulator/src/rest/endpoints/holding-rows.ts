import type { AccountView, Exchange, Holding } from '../../exchange/types.ts';
import { fixed, quotient, whole } from '../fields.ts';
import { nameOf } from './order-rows.ts';

/** A holding at its present value. */
export interface ValuedHolding {
  readonly holding: Holding;
  readonly price: number;
  readonly value: number;
  readonly profit: number;
}

export function valuedHoldings(exchange: Exchange, account: AccountView): readonly ValuedHolding[] {
  return account.holdings.map((holding) => {
    const reference = exchange.instrument(holding.symbol)?.referencePrice ?? 0;
    const price = exchange.quote(holding.symbol)?.last ?? reference;
    const value = price * holding.quantity;
    return { holding, price, value, profit: value - holding.costAmount };
  });
}

/** The 26 fields of an inquire-balance row. */
export function holdingRow(valued: ValuedHolding, exchange: Exchange): Record<string, string> {
  return {
    ...holdingCore(valued, exchange),
    item_mgna_rt_name: '20%',
    grta_rt_name: '',
    sbst_pric: '0',
    stck_loan_unpr: '0.0000',
  };
}

/** The fields that inquire-balance and inquire-balance-rlz-pl share. */
export function holdingCore(valued: ValuedHolding, exchange: Exchange): Record<string, string> {
  const { holding, price, value, profit } = valued;
  const reference = exchange.instrument(holding.symbol)?.referencePrice ?? 0;
  const rate = holding.costAmount === 0 ? 0 : (profit / holding.costAmount) * 100;
  const dayRate = reference === 0 ? 0 : ((price - reference) / reference) * 100;
  return {
    pdno: holding.symbol,
    prdt_name: nameOf(exchange, holding.symbol),
    trad_dvsn_name: '현금',
    bfdy_buy_qty: whole(holding.boughtYesterday),
    bfdy_sll_qty: whole(holding.soldYesterday),
    thdt_buyqty: whole(holding.boughtToday),
    thdt_sll_qty: whole(holding.soldToday),
    hldg_qty: whole(holding.quantity),
    ord_psbl_qty: whole(holding.sellableQuantity),
    pchs_avg_pric: quotient(holding.costAmount, holding.quantity, 4),
    pchs_amt: whole(holding.costAmount),
    prpr: whole(price),
    evlu_amt: whole(value),
    evlu_pfls_amt: whole(profit),
    evlu_pfls_rt: fixed(rate, 2),
    evlu_erng_rt: fixed(rate, 8),
    loan_dt: '',
    loan_amt: '0',
    stln_slng_chgs: '0',
    expd_dt: '',
    fltt_rt: fixed(dayRate, 8),
    bfdy_cprs_icdc: whole(price - reference),
  };
}

/** The 24 fields of inquire-balance's totals. */
export function totalsRow(
  account: AccountView,
  holdings: readonly ValuedHolding[],
): Record<string, string> {
  const value = sum(holdings.map((each) => each.value));
  const cost = sum(holdings.map((each) => each.holding.costAmount));
  const total = account.cashD2 + value;
  const before = account.previousTotalAssets ?? total;
  return {
    dnca_tot_amt: whole(account.cash),
    nxdy_excc_amt: whole(account.cashD1),
    prvs_rcdl_excc_amt: whole(account.cashD2),
    cma_evlu_amt: '0',
    bfdy_buy_amt: whole(account.boughtYesterday),
    thdt_buy_amt: whole(account.boughtToday),
    nxdy_auto_rdpt_amt: '0',
    bfdy_sll_amt: whole(account.soldYesterday),
    thdt_sll_amt: whole(account.soldToday),
    d2_auto_rdpt_amt: '0',
    bfdy_tlex_amt: whole(account.costsYesterday),
    thdt_tlex_amt: whole(account.costsToday),
    tot_loan_amt: '0',
    scts_evlu_amt: whole(value),
    tot_evlu_amt: whole(total),
    nass_amt: whole(total),
    fncg_gld_auto_rdpt_yn: '',
    pchs_amt_smtl_amt: whole(cost),
    evlu_amt_smtl_amt: whole(value),
    evlu_pfls_smtl_amt: whole(value - cost),
    tot_stln_slng_chgs: '0',
    bfdy_tot_asst_evlu_amt: whole(before),
    asst_icdc_amt: whole(total - before),
    asst_icdc_erng_rt: fixed(before === 0 ? 0 : ((total - before) / before) * 100, 8),
  };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
