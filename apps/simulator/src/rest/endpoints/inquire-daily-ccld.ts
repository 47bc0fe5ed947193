import type { OrderRecord } from '../../exchange/types.ts';
import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { quotient, whole } from '../fields.ts';
import { badInput, CHANGED_SINCE, ledgerMessage, NOT_ON_PAPER } from '../messages.ts';
import { ledgerRange } from '../date-range.ts';
import { pageOf } from '../paging.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { openOrderRow, orderRow, sideCode } from './order-rows.ts';

const OLD_IDS = new Set(['TTTC8001R', 'CTSC9115R', 'VTTC8001R', 'VTSC9115R']);

/** 주식일별주문체결조회: one row per order number, amends and cancels among them. */
export const inquireDailyCcld: Endpoint = {
  name: 'inquire-daily-ccld',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-daily-ccld',
  live: ['TTTC0081R', 'CTSC9215R', 'TTTC8001R', 'CTSC9115R'],
  paper: ['VTTC0081R', 'VTSC9215R', 'VTTC8001R', 'VTSC9115R'],
  onPaper: 'OFFERED',
  required: [
    'CANO',
    'ACNT_PRDT_CD',
    'INQR_STRT_DT',
    'INQR_END_DT',
    'SLL_BUY_DVSN_CD',
    'INQR_DVSN',
    'CCLD_DVSN',
  ],
  needsAccount: true,
  handle: listOrders,
};

/** 주식정정취소가능주문조회: what can still be amended or cancelled. Not offered on paper. */
export const inquireOpenOrders: Endpoint = {
  name: 'inquire-psbl-rvsecncl',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-psbl-rvsecncl',
  live: ['TTTC0084R', 'TTTC8036R'],
  paper: ['VTTC0084R', 'VTTC8036R'],
  onPaper: 'NO_SERVICE',
  required: ['CANO', 'ACNT_PRDT_CD', 'INQR_DVSN_1', 'INQR_DVSN_2'],
  needsAccount: true,
  handle: listOpenOrders,
};

function listOrders(request: KisRequest, context: EndpointContext): KisReply {
  const range = ledgerRange(request, context);
  if (range === undefined) return reply(badInput('INQR_STRT_DT'));
  const venue = (request.param('EXCG_ID_DVSN_CD') ?? '').trim();
  if (context.profile.name === 'paper' && !['', 'KRX', 'ALL'].includes(venue)) {
    return reply(NOT_ON_PAPER);
  }
  const matching = context.exchange
    .orders(context.account, range.from, range.to)
    // Every order here goes to KRX, also one that was sent for the smart router.
    .filter((order) => venue !== 'NXT' && isAsked(order, request));
  const oldestFirst = request.param('INQR_DVSN') === '01';
  const rows = oldestFirst ? matching : matching.toReversed();
  const page = pageOf(request, {
    conditions: conditionsOf(request),
    rows,
    keyOf: (order) => `${order.date}^${order.branch}^${order.number}`,
    size: context.profile.pageSizes.orders,
  });
  if (page === undefined) return reply(CHANGED_SINCE);
  const isOldId = OLD_IDS.has(request.header('tr_id'));
  const { rows: shown, continuation, ...areas } = page;
  const output1 = shown.map((order) => orderRow(order, context.exchange, isOldId));
  const output = { ...areas, output1, output2: totals(matching, context) };
  return reply(ledgerMessage(context.profile.name, shown.length > 0), output, continuation);
}

function listOpenOrders(request: KisRequest, context: EndpointContext): KisReply {
  const { exchange, account, profile } = context;
  const today = exchange.tradeDate();
  const side = request.param('INQR_DVSN_2');
  const rows = exchange
    .orders(account, today, today)
    .filter((order) => order.request !== 'CANCEL' && order.restQuantity > 0)
    .filter((order) => side === '0' || sideCode(order) === `0${side}`)
    .toReversed();
  if (request.param('INQR_DVSN_1') === '1') rows.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const page = pageOf(request, {
    conditions: [request.param('CANO') ?? '', request.param('ACNT_PRDT_CD') ?? ''],
    rows,
    keyOf: (order) => `${order.branch}^${order.number}`,
    size: profile.pageSizes.open,
  });
  if (page === undefined) return reply(CHANGED_SINCE);
  const { rows: shown, continuation, ...areas } = page;
  const output = { ...areas, output: shown.map((order) => openOrderRow(order, exchange)) };
  return reply(ledgerMessage(profile.name, shown.length > 0), output, continuation);
}

function isAsked(order: OrderRecord, request: KisRequest): boolean {
  const asked = (name: string): string => (request.param(name) ?? '').trim();
  const side = asked('SLL_BUY_DVSN_CD');
  const symbol = asked('PDNO');
  const branch = asked('ORD_GNO_BRNO');
  const number = asked('ODNO');
  const filled = asked('CCLD_DVSN');
  return (
    (side === '00' || side === sideCode(order)) &&
    (symbol === '' || symbol === order.symbol) &&
    (branch === '' || branch === order.branch) &&
    (number === '' || number.padStart(10, '0') === order.number) &&
    (filled === '00' || (filled === '01' ? order.filledQuantity > 0 : order.restQuantity > 0))
  );
}

/** What KIS shows in ctx_area_fk100; a continued page must ask for the same. */
function conditionsOf(request: KisRequest): readonly string[] {
  return [
    'CANO',
    'ACNT_PRDT_CD',
    'INQR_STRT_DT',
    'INQR_END_DT',
    'PDNO',
    'SLL_BUY_DVSN_CD',
    'CCLD_DVSN',
    'INQR_DVSN',
  ].map((name) => (request.param(name) ?? '').trim());
}

/** `prsm_tlex_smtl` is today's cost of the ledger when the range contains today. */
function totals(orders: readonly OrderRecord[], context: EndpointContext): Record<string, string> {
  const add = (value: (order: OrderRecord) => number): number =>
    orders.reduce((sum, order) => sum + value(order), 0);
  const quantity = add((order) => order.filledQuantity);
  const amount = add((order) => order.filledAmount);
  const hasToday = orders.some((order) => order.date === context.exchange.tradeDate());
  const costs = hasToday ? context.exchange.account(context.account).costsToday : 0;
  return {
    tot_ord_qty: whole(add((order) => (order.request === 'CANCEL' ? 0 : order.quantity))),
    tot_ccld_qty: whole(quantity),
    tot_ccld_amt: whole(amount),
    prsm_tlex_smtl: whole(costs),
    pchs_avg_pric: quotient(amount, quantity, 4),
  };
}
