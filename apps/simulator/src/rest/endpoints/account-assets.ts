import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { filled, percent, whole } from '../fields.ts';
import { ledgerMessage } from '../messages.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { sum, valuedHoldings } from './holding-rows.ts';

/** 20 asset classes in KIS's order: stocks first, cash 18th, the total last. */
const CLASSES = 20;
const STOCKS = 0;
const CASH = 17;
const TOTAL = 19;

/** 투자계좌자산현황조회. Not offered on paper. The output keys are capitalised. */
export const inquireAccountBalance: Endpoint = {
  name: 'inquire-account-balance',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-account-balance',
  live: ['CTRP6548R'],
  paper: ['VTRP6548R'],
  onPaper: 'NO_SERVICE',
  required: ['CANO', 'ACNT_PRDT_CD', 'INQR_DVSN_1', 'BSPR_BF_DT_APLY_YN'],
  needsAccount: true,
  handle: assets,
};

interface Asset {
  readonly cost: number;
  readonly value: number;
}

function assets(_request: KisRequest, context: EndpointContext): KisReply {
  const account = context.exchange.account(context.account);
  const holdings = valuedHoldings(context.exchange, account);
  const stocks: Asset = {
    cost: sum(holdings.map((each) => each.holding.costAmount)),
    value: sum(holdings.map((each) => each.value)),
  };
  const cash: Asset = { cost: account.cashD2, value: account.cashD2 };
  const total: Asset = { cost: stocks.cost + cash.cost, value: stocks.value + cash.value };
  const byClass = new Map([
    [STOCKS, stocks],
    [CASH, cash],
    [TOTAL, total],
  ]);
  const Output1 = Array.from({ length: CLASSES }, (_, index) =>
    assetRow(byClass.get(index) ?? { cost: 0, value: 0 }, total),
  );
  const Output2 = totalsOf(stocks, cash, total);
  return reply(ledgerMessage(context.profile.name, true), { Output1, Output2 });
}

function assetRow(asset: Asset, total: Asset): Record<string, string> {
  return {
    pchs_amt: whole(asset.cost),
    evlu_amt: whole(asset.value),
    evlu_pfls_amt: whole(asset.value - asset.cost),
    crdt_lnd_amt: '0',
    real_nass_amt: whole(asset.value),
    whol_weit_rt: percent(asset.value, total.value),
  };
}

function totalsOf(stocks: Asset, cash: Asset, total: Asset): Record<string, string> {
  return {
    pchs_amt_smtl: whole(stocks.cost),
    nass_tot_amt: whole(total.value),
    loan_amt_smtl: '0',
    evlu_pfls_amt_smtl: whole(stocks.value - stocks.cost),
    evlu_amt_smtl: whole(stocks.value),
    tot_asst_amt: whole(total.value),
    ...filled(
      [
        'tot_lnda_tot_ulst_lnda',
        'cma_auto_loan_amt',
        'tot_mgln_amt',
        'stln_evlu_amt',
        'crdt_fncg_amt',
        'ocl_apl_loan_amt',
        'pldg_stup_amt',
        'frcr_evlu_tota',
      ],
      '0',
    ),
    tot_dncl_amt: whole(cash.value),
    cma_evlu_amt: '0',
    dncl_amt: whole(cash.value),
    ...filled(
      [
        'tot_sbst_amt',
        'thdt_rcvb_amt',
        'ovrs_stck_evlu_amt1',
        'ovrs_bond_evlu_amt',
        'mmf_cma_mgge_loan_amt',
        'sbsc_dncl_amt',
        'pbst_sbsc_fnds_loan_use_amt',
        'etpr_crdt_grnt_loan_amt',
      ],
      '0',
    ),
  };
}
