import { compactDate, KRX_CALENDAR, sellTaxRates } from '@fleet/krx';
import { Decimal } from 'decimal.js';
import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { percent, quotient, whole } from '../fields.ts';
import { ledgerRange } from '../date-range.ts';
import { badInput, CHANGED_SINCE, ledgerMessage } from '../messages.ts';
import { pageOf } from '../paging.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { nameOf } from './order-rows.ts';
import { realizedByDay, type RealizedRow } from './realized-profit.ts';

// BanKIS online.
const COMMISSION_RATE = new Decimal('0.000140527');
const INPUTS = ['CANO', 'ACNT_PRDT_CD', 'INQR_STRT_DT', 'INQR_END_DT', 'SORT_DVSN', 'CBLC_DVSN'];

/** 기간별매매손익현황조회: a row per day and symbol. Not offered on paper. */
export const inquirePeriodTradeProfit: Endpoint = {
  name: 'inquire-period-trade-profit',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-period-trade-profit',
  live: ['TTTC8715R'],
  paper: ['VTTC8715R'],
  onPaper: 'NO_SERVICE',
  required: [...INPUTS, 'PDNO'],
  needsAccount: true,
  handle: (request, context) => answer(request, context, (costed) => costed, tradeRow, true),
};

/** 기간별손익일별합산조회: a row per day. Not offered on paper. */
export const inquirePeriodProfit: Endpoint = {
  name: 'inquire-period-profit',
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-period-profit',
  live: ['TTTC8708R'],
  paper: ['VTTC8708R'],
  onPaper: 'NO_SERVICE',
  required: [...INPUTS, 'PDNO', 'INQR_DVSN'],
  needsAccount: true,
  handle: (request, context) => answer(request, context, mergeDays, dayRow, false),
};

/** A row with its estimated costs, won. */
interface CostedRow extends RealizedRow {
  readonly buyFee: number;
  readonly sellFee: number;
  readonly tax: number;
}

function answer(
  request: KisRequest,
  context: EndpointContext,
  arrange: (rows: readonly CostedRow[]) => readonly CostedRow[],
  toRow: (row: CostedRow, context: EndpointContext) => Record<string, string>,
  isByTrade: boolean,
): KisReply {
  const range = ledgerRange(request, context);
  if (range === undefined) return reply(badInput('INQR_STRT_DT'));
  const symbol = (request.param('PDNO') ?? '').trim();
  const orders = context.exchange.orders(context.account, range.from, range.to);
  const costed = realizedByDay(orders)
    .filter((row) => symbol === '' || row.symbol === symbol)
    .map((row) => withCosts(row, context));
  const arranged = arrange(costed);
  const rows = request.param('SORT_DVSN') === '01' ? arranged : arranged.toReversed();
  const page = pageOf(request, {
    conditions: INPUTS.map((name) => (request.param(name) ?? '').trim()),
    rows,
    keyOf: (row) => `${row.date}^${row.symbol}`,
    size: context.profile.pageSizes.balance,
  });
  if (page === undefined) return reply(CHANGED_SINCE);
  const { rows: shown, continuation, ...areas } = page;
  const output = {
    ...areas,
    output1: shown.map((row) => toRow(row, context)),
    output2: totals(costed, isByTrade),
  };
  return reply(ledgerMessage(context.profile.name, shown.length > 0), output, continuation);
}

function withCosts(row: RealizedRow, { exchange }: EndpointContext): CostedRow {
  const instrument = exchange.instrument(row.symbol) ?? { market: 'KOSPI', kind: 'COMMON' };
  const rates = sellTaxRates(instrument, KRX_CALENDAR.settlementDate(row.date));
  const buyFee = part(row.boughtAmount, COMMISSION_RATE);
  const sellFee = part(row.soldAmount, COMMISSION_RATE);
  const tax = part(row.soldAmount, rates.transactionTax) + part(row.soldAmount, rates.ruralTax);
  const costs = row.soldQuantity > 0 ? buyFee + sellFee + tax : 0;
  return { ...row, buyFee, sellFee, tax, profit: row.profit - costs };
}

/** Cut down to whole won. */
function part(amount: number, rate: Decimal.Value): number {
  return new Decimal(amount).times(rate).floor().toNumber();
}

function mergeDays(rows: readonly CostedRow[]): readonly CostedRow[] {
  const days = new Map<string, CostedRow>();
  for (const row of rows) {
    const day = days.get(row.date);
    days.set(row.date, day === undefined ? { ...row, symbol: '' } : addRows(day, row));
  }
  return [...days.values()];
}

function addRows(a: CostedRow, b: CostedRow): CostedRow {
  return {
    ...a,
    boughtQuantity: a.boughtQuantity + b.boughtQuantity,
    boughtAmount: a.boughtAmount + b.boughtAmount,
    soldQuantity: a.soldQuantity + b.soldQuantity,
    soldAmount: a.soldAmount + b.soldAmount,
    cost: a.cost + b.cost,
    profit: a.profit + b.profit,
    buyFee: a.buyFee + b.buyFee,
    sellFee: a.sellFee + b.sellFee,
    tax: a.tax + b.tax,
  };
}

function tradeRow(row: CostedRow, { exchange }: EndpointContext): Record<string, string> {
  return {
    trad_dt: compactDate(row.date),
    pdno: row.symbol,
    prdt_name: nameOf(exchange, row.symbol),
    trad_dvsn_name: '현금',
    loan_dt: '',
    hldg_qty: whole(Math.max(0, row.boughtQuantity - row.soldQuantity)),
    pchs_unpr: quotient(row.cost, row.soldQuantity, 4),
    buy_qty: whole(row.boughtQuantity),
    buy_amt: whole(row.boughtAmount),
    sll_pric: quotient(row.soldAmount, row.soldQuantity, 0),
    sll_qty: whole(row.soldQuantity),
    sll_amt: whole(row.soldAmount),
    rlzt_pfls: whole(row.profit),
    pfls_rt: percent(row.profit, row.cost, 8),
    fee: whole(row.buyFee + row.sellFee),
    tl_tax: whole(row.tax),
    loan_int: '0',
  };
}

function dayRow(row: CostedRow): Record<string, string> {
  return {
    trad_dt: compactDate(row.date),
    buy_amt: whole(row.boughtAmount),
    sll_amt: whole(row.soldAmount),
    rlzt_pfls: whole(row.profit),
    fee: whole(row.buyFee + row.sellFee),
    loan_int: '0',
    tl_tax: whole(row.tax),
    pfls_rt: percent(row.profit, row.cost, 8),
    sll_qty1: whole(row.soldQuantity),
    buy_qty1: whole(row.boughtQuantity),
  };
}

/** The two calls differ in one key's spelling and in two keys more. */
function totals(rows: readonly CostedRow[], isByTrade: boolean): Record<string, string> {
  const add = (value: (row: CostedRow) => number): number =>
    rows.reduce((total, row) => total + value(row), 0);
  const all = {
    boughtQuantity: add((row) => row.boughtQuantity),
    boughtAmount: add((row) => row.boughtAmount),
    soldQuantity: add((row) => row.soldQuantity),
    soldAmount: add((row) => row.soldAmount),
    cost: add((row) => row.cost),
    profit: add((row) => row.profit),
    buyFee: add((row) => row.buyFee),
    sellFee: add((row) => row.sellFee),
    tax: add((row) => row.tax),
  };
  const bought = whole(all.boughtQuantity);
  return {
    sll_qty_smtl: whole(all.soldQuantity),
    sll_tr_amt_smtl: whole(all.soldAmount),
    sll_fee_smtl: whole(all.sellFee),
    sll_tltx_smtl: whole(all.tax),
    sll_excc_amt_smtl: whole(all.soldAmount - all.sellFee - all.tax),
    ...(isByTrade ? { buyqty_smtl: bought } : { buy_qty_smtl: bought }),
    buy_tr_amt_smtl: whole(all.boughtAmount),
    buy_fee_smtl: whole(all.buyFee),
    buy_tax_smtl: '0',
    buy_excc_amt_smtl: whole(all.boughtAmount + all.buyFee),
    tot_qty: whole(all.boughtQuantity + all.soldQuantity),
    tot_tr_amt: whole(all.boughtAmount + all.soldAmount),
    tot_fee: whole(all.buyFee + all.sellFee),
    tot_tltx: whole(all.tax),
    tot_excc_amt: whole(all.soldAmount - all.boughtAmount - all.buyFee - all.sellFee - all.tax),
    tot_rlzt_pfls: whole(all.profit),
    loan_int: '0',
    ...(isByTrade ? { tot_pftrt: percent(all.profit, all.cost, 8) } : {}),
  };
}
