import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { fixed, quotient, whole } from '../fields.ts';
import { ledgerMessage, refusal } from '../messages.ts';
import { normalizeSymbol } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { valuedHoldings } from './holding-rows.ts';
import { wholeNumber } from './order-cash.ts';
import { nameOf } from './order-rows.ts';

// A buy also reserves its commission, 0.0140527 % (BanKIS online).
const COMMISSION_PER_10_MILLION_WON = 1406n;
const TEN_MILLION = 10_000_000n;

/** 매수가능조회: what a buy may still use, without and with a receivable. */
export const inquirePossibleOrder: Endpoint = {
  name: 'inquire-psbl-order',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
  live: ['TTTC8908R'],
  paper: ['VTTC8908R'],
  onPaper: 'OFFERED',
  required: [
    'CANO',
    'ACNT_PRDT_CD',
    'PDNO',
    'ORD_UNPR',
    'ORD_DVSN',
    'CMA_EVLU_AMT_ICLD_YN',
    'OVRS_ICLD_YN',
  ],
  needsAccount: true,
  handle: possibleOrder,
};

/** 매도가능수량조회. Not offered on paper. */
export const inquirePossibleSell: Endpoint = {
  name: 'inquire-psbl-sell',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-psbl-sell',
  live: ['TTTC8408R'],
  paper: ['VTTC8408R'],
  onPaper: 'NO_SERVICE',
  required: ['CANO', 'ACNT_PRDT_CD', 'PDNO'],
  needsAccount: true,
  handle: possibleSell,
};

function possibleOrder(request: KisRequest, context: EndpointContext): KisReply {
  const { exchange, profile } = context;
  const symbol = normalizeSymbol(request.param('PDNO') ?? '');
  // Amounts do not depend on the stock: clients probe with any code, listed here or not.
  const instrument = exchange.instrument(symbol);
  const account = exchange.account(context.account);
  const sent = wholeNumber((request.param('ORD_UNPR') ?? '').trim() || '0') ?? 0;
  // Types without a price are reckoned at the upper limit: that is what a market buy reserves.
  const unitPrice = sent > 0 ? sent : (instrument?.upperLimit ?? 0);
  const isUnknown = symbol !== '' && instrument === undefined;
  const quantity = isUnknown ? 0 : buyableQuantity(account.buyingPower, unitPrice);
  const output = {
    ord_psbl_cash: whole(account.buyingPower),
    ord_psbl_sbst: '0',
    ruse_psbl_amt: whole(Math.max(0, account.buyingPower - account.cash)),
    fund_rpch_chgs: '0',
    psbl_qty_calc_unpr: whole(unitPrice),
    nrcvb_buy_amt: whole(account.buyingPower),
    nrcvb_buy_qty: whole(quantity),
    // The simulated account has no credit line: with and without a receivable are the same.
    max_buy_amt: whole(account.buyingPower),
    max_buy_qty: whole(quantity),
    cma_evlu_amt: '0',
    ovrs_re_use_amt_wcrc: '0',
    ord_psbl_frcr_amt_wcrc: '0',
  };
  return reply(ledgerMessage(profile.name, true), { output });
}

/** Shares that `power` won buy at `unitPrice`, commission included. */
function buyableQuantity(power: number, unitPrice: number): number {
  if (unitPrice <= 0 || power <= 0) return 0;
  const perShare = BigInt(unitPrice) * (TEN_MILLION + COMMISSION_PER_10_MILLION_WON);
  return Number((BigInt(power) * TEN_MILLION) / perShare);
}

function possibleSell(request: KisRequest, context: EndpointContext): KisReply {
  const { exchange, profile } = context;
  const symbol = normalizeSymbol(request.param('PDNO') ?? '');
  if (exchange.instrument(symbol) === undefined) {
    return reply(refusal(profile.name, 'UNKNOWN_SYMBOL'));
  }
  const valued = valuedHoldings(exchange, exchange.account(context.account)).find(
    (each) => each.holding.symbol === symbol,
  );
  const holding = valued?.holding;
  const cost = holding?.costAmount ?? 0;
  const profit = valued?.profit ?? 0;
  const output1 = {
    pdno: symbol,
    prdt_name: nameOf(exchange, symbol),
    buy_qty: whole(holding?.boughtToday),
    sll_qty: whole(holding?.soldToday),
    cblc_qty: whole(holding?.quantity),
    nsvg_qty: '0',
    ord_psbl_qty: whole(holding?.sellableQuantity),
    pchs_avg_pric: quotient(cost, holding?.quantity ?? 0, 4),
    pchs_amt: whole(cost),
    now_pric: whole(valued?.price ?? exchange.quote(symbol)?.last),
    evlu_amt: whole(valued?.value),
    evlu_pfls_amt: whole(profit),
    evlu_pfls_rt: fixed(cost === 0 ? 0 : (profit / cost) * 100, 2),
  };
  return reply(ledgerMessage(profile.name, holding !== undefined), { output1 });
}
