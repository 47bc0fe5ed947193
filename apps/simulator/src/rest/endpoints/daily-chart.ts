import { compactDate, kstDate, kstInstant, type TradeDate, weekdayOf } from '@fleet/krx';
import type { DailyBar } from '../../exchange/types.ts';
import type { EndpointContext } from '../endpoint.ts';
import { changeSign, percent, whole } from '../fields.ts';
import { badInput, QUOTE_OK } from '../messages.ts';
import { changeFields, marketValue, type QuoteView, turnoverRate } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { chartRange } from '../date-range.ts';
import { symbolQuotation } from './quote-endpoint.ts';

const CHART_ROWS = 100;
const LIST_ROWS = 30;
const DAY_MS = 86_400_000;

/** 기간별시세(일/주/월/년): at most the newest hundred of the range. FID_ORG_ADJ_PRC: 0 adjusted. */
export const inquireDailyItemChart = symbolQuotation({
  name: 'inquire-daily-itemchartprice',
  trId: 'FHKST03010100',
  required: ['FID_INPUT_DATE_1', 'FID_INPUT_DATE_2', 'FID_PERIOD_DIV_CODE', 'FID_ORG_ADJ_PRC'],
  handle: dailyChart,
});

/** 주식현재가 일자별: the last thirty days, weeks or months. FID_ORG_ADJ_PRC: 0 raw. */
export const inquireDailyPrice = symbolQuotation({
  name: 'inquire-daily-price',
  trId: 'FHKST01010400',
  required: ['FID_PERIOD_DIV_CODE', 'FID_ORG_ADJ_PRC'],
  handle: dailyList,
});

/** A bar and the close before it. */
interface Period {
  readonly bar: DailyBar;
  readonly previousClose: number;
  readonly previousVolume: number;
}

function dailyChart(view: QuoteView, request: KisRequest, context: EndpointContext): KisReply {
  const range = chartRange(request, context);
  if (range === undefined) return reply(badInput('FID_INPUT_DATE_1'));
  const periods = periodsOf(view, context, range, periodCode(request)).slice(0, CHART_ROWS);
  const output2 = periods.map(({ bar, previousClose }) => ({
    stck_bsop_date: compactDate(bar.date),
    stck_clpr: whole(bar.close),
    stck_oprc: whole(bar.open),
    stck_hgpr: whole(bar.high),
    stck_lwpr: whole(bar.low),
    acml_vol: whole(bar.volume),
    acml_tr_pbmn: whole(bar.turnover),
    flng_cls_code: '00',
    prtt_rate: '0.00',
    mod_yn: 'N',
    prdy_vrss_sign: changeSign(bar.close, previousClose),
    prdy_vrss: whole(bar.close - previousClose),
    revl_issu_reas: '',
  }));
  return reply(QUOTE_OK, { output1: chartHead(view, context), output2 });
}

function dailyList(view: QuoteView, request: KisRequest, context: EndpointContext): KisReply {
  const to = context.exchange.tradeDate();
  const unitDays = { D: 60, W: 240, M: 1000, Y: 3650 }[periodCode(request)];
  const range = { from: kstDate(kstInstant(to, '00:00') - unitDays * DAY_MS), to };
  const periods = periodsOf(view, context, range, periodCode(request)).slice(0, LIST_ROWS);
  const output = periods.map(({ bar, previousClose, previousVolume }) => ({
    stck_bsop_date: compactDate(bar.date),
    stck_oprc: whole(bar.open),
    stck_hgpr: whole(bar.high),
    stck_lwpr: whole(bar.low),
    stck_clpr: whole(bar.close),
    acml_vol: whole(bar.volume),
    prdy_vrss_vol_rate: percent(bar.volume - previousVolume, previousVolume),
    prdy_vrss: whole(bar.close - previousClose),
    prdy_vrss_sign: changeSign(bar.close, previousClose),
    prdy_ctrt: percent(bar.close - previousClose, previousClose),
    hts_frgn_ehrt: '0.00',
    frgn_ntby_qty: '0',
    flng_cls_code: '00',
    acml_prtt_rate: '0.00',
  }));
  return reply(QUOTE_OK, { output });
}

function chartHead(view: QuoteView, context: EndpointContext): Record<string, string> {
  const { instrument, quote, price } = view;
  const { exchange } = context;
  const today = exchange.tradeDate();
  const from = kstDate(kstInstant(today, '00:00') - 15 * DAY_MS);
  const previous = exchange
    .dailyBars(instrument.symbol, { from, to: today })
    .find((bar) => bar.date < today);
  return {
    ...changeFields(view),
    stck_prdy_clpr: whole(instrument.referencePrice),
    acml_vol: whole(quote.volume),
    acml_tr_pbmn: whole(quote.turnover),
    hts_kor_isnm: instrument.name,
    stck_prpr: whole(price),
    stck_shrn_iscd: instrument.symbol,
    prdy_vol: whole(instrument.previousVolume),
    stck_mxpr: whole(instrument.upperLimit),
    stck_llam: whole(instrument.lowerLimit),
    stck_oprc: whole(quote.open),
    stck_hgpr: whole(quote.high),
    stck_lwpr: whole(quote.low),
    stck_prdy_oprc: whole(previous?.open),
    stck_prdy_hgpr: whole(previous?.high),
    stck_prdy_lwpr: whole(previous?.low),
    askp: whole(quote.ask),
    bidp: whole(quote.bid),
    prdy_vrss_vol: whole(quote.volume - instrument.previousVolume),
    vol_tnrt: turnoverRate(view),
    stck_fcam: '5000',
    lstn_stcn: whole(instrument.listedShares),
    cpfn: '0',
    hts_avls: marketValue(view),
    per: '0.00',
    eps: '0.00',
    pbr: '0.00',
    itewhol_loan_rmnd_ratem: '0.00',
  };
}

type PeriodCode = 'D' | 'W' | 'M' | 'Y';

function periodCode(request: KisRequest): PeriodCode {
  const code = (request.param('FID_PERIOD_DIV_CODE') ?? '').trim();
  return code === 'W' || code === 'M' || code === 'Y' ? code : 'D';
}

/** Newest first. The oldest bar of the history has itself as the close before. */
function periodsOf(
  view: QuoteView,
  context: EndpointContext,
  range: { readonly from: TradeDate; readonly to: TradeDate },
  code: PeriodCode,
): readonly Period[] {
  const bars = context.exchange.dailyBars(view.instrument.symbol, range);
  const merged = code === 'D' ? bars : mergeBars(bars, code);
  return merged.map((bar, index) => {
    const before = merged[index + 1];
    const isToday = bar.date === context.exchange.tradeDate() && code === 'D';
    const previousClose = isToday ? view.instrument.referencePrice : (before?.close ?? bar.close);
    return { bar, previousClose, previousVolume: before?.volume ?? bar.volume };
  });
}

/** Bars of weeks, months or years, dated by their last trading day. Input and output newest first. */
function mergeBars(bars: readonly DailyBar[], code: 'W' | 'M' | 'Y'): readonly DailyBar[] {
  const merged: DailyBar[] = [];
  let group = '';
  for (const bar of bars) {
    const key = groupOf(bar.date, code);
    const newest = merged.at(-1);
    if (key === group && newest !== undefined) {
      merged[merged.length - 1] = {
        ...newest,
        open: bar.open,
        high: Math.max(newest.high, bar.high),
        low: Math.min(newest.low, bar.low),
        volume: newest.volume + bar.volume,
        turnover: newest.turnover + bar.turnover,
      };
    } else {
      merged.push(bar);
    }
    group = key;
  }
  return merged;
}

function groupOf(date: TradeDate, code: 'W' | 'M' | 'Y'): string {
  if (code === 'Y') return date.slice(0, 4);
  if (code === 'M') return date.slice(0, 7);
  // The week's Monday.
  const daysSinceMonday = (weekdayOf(date) + 6) % 7;
  return kstDate(kstInstant(date, '00:00') - daysSinceMonday * DAY_MS);
}
