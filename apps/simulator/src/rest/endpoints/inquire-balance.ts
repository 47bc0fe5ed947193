import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { fixed, whole } from '../fields.ts';
import { CHANGED_SINCE, ledgerMessage } from '../messages.ts';
import { type Page, pageOf } from '../paging.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import {
  holdingCore,
  holdingRow,
  sum,
  totalsRow,
  type ValuedHolding,
  valuedHoldings,
} from './holding-rows.ts';
import { realizedOn } from './realized-profit.ts';

const INPUTS = [
  'CANO',
  'ACNT_PRDT_CD',
  'AFHR_FLPR_YN',
  'INQR_DVSN',
  'UNPR_DVSN',
  'FUND_STTL_ICLD_YN',
  'FNCG_AMT_AUTO_RDPT_YN',
  'PRCS_DVSN',
];

/** 주식잔고조회: holdings by page, one row of totals. */
export const inquireBalance: Endpoint = {
  name: 'inquire-balance',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-balance',
  live: ['TTTC8434R'],
  paper: ['VTTC8434R'],
  onPaper: 'OFFERED',
  required: INPUTS,
  needsAccount: true,
  handle: balance,
};

/** 주식잔고조회_실현손익. */
export const inquireBalanceRealized: Endpoint = {
  name: 'inquire-balance-rlz-pl',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-balance-rlz-pl',
  live: ['TTTC8494R'],
  paper: ['VTTC8494R'],
  onPaper: 'NO_SERVICE',
  required: [...INPUTS, 'COST_ICLD_YN'],
  needsAccount: true,
  handle: balanceRealized,
};

function balance(request: KisRequest, context: EndpointContext): KisReply {
  const account = context.exchange.account(context.account);
  const holdings = valuedHoldings(context.exchange, account);
  const page = holdingsPage(request, context, holdings);
  if (page === undefined) return reply(CHANGED_SINCE);
  const { rows, continuation, ...areas } = page;
  const output1 = rows.map((each) => holdingRow(each, context.exchange));
  const output = { ...areas, output1, output2: [totalsRow(account, holdings)] };
  // KIS says "done" even without holdings: the totals row is a row.
  return reply(ledgerMessage(context.profile.name, true), output, continuation);
}

function balanceRealized(request: KisRequest, context: EndpointContext): KisReply {
  const { exchange, profile } = context;
  const account = exchange.account(context.account);
  const holdings = valuedHoldings(exchange, account);
  const page = holdingsPage(request, context, holdings);
  if (page === undefined) return reply(CHANGED_SINCE);
  const { rows, continuation, ...areas } = page;
  const today = exchange.tradeDate();
  const realized = realizedOn(exchange.orders(context.account, today, today), account);
  const unrealized = sum(holdings.map((each) => each.profit));
  const cost = sum(holdings.map((each) => each.holding.costAmount));
  const totals = {
    ...totalsRow(account, holdings),
    rlzt_pfls: whole(realized.profit),
    rlzt_erng_rt: fixed(realized.cost === 0 ? 0 : (realized.profit / realized.cost) * 100, 8),
    real_evlu_pfls: whole(unrealized),
    real_evlu_pfls_erng_rt: fixed(cost === 0 ? 0 : (unrealized / cost) * 100, 8),
  };
  const output1 = rows.map((each) => realizedRow(each, context));
  return reply(
    ledgerMessage(profile.name, true),
    { ...areas, output1, output2: [totals] },
    continuation,
  );
}

function realizedRow(each: ValuedHolding, context: EndpointContext): Record<string, string> {
  const { fltt_rt, bfdy_cprs_icdc, ...core } = holdingCore(each, context.exchange);
  return {
    ...core,
    stck_loan_unpr: '0.0000',
    bfdy_cprs_icdc: bfdy_cprs_icdc ?? '0',
    fltt_rt: fltt_rt ?? '0',
  };
}

function holdingsPage(
  request: KisRequest,
  context: EndpointContext,
  holdings: readonly ValuedHolding[],
): Page<ValuedHolding> | undefined {
  return pageOf(request, {
    conditions: INPUTS.map((name) => (request.param(name) ?? '').trim()),
    rows: holdings,
    keyOf: (each) => each.holding.symbol,
    size: context.profile.pageSizes.balance,
  });
}
