import { compactDate, kstCompactTime, kstInstant, minuteOf, type TradeDate } from '@fleet/krx';
import type { Bar } from '../../exchange/types.ts';
import type { EndpointContext } from '../endpoint.ts';
import { whole } from '../fields.ts';
import { readDate } from '../../day/trade-dates.ts';
import { badInput, QUOTE_OK } from '../messages.ts';
import { changeFields, type QuoteView } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { symbolQuotation } from './quote-endpoint.ts';
import { isTimeOfDay } from './time-and-sales.ts';

const MINUTE_MS = 60_000;
const DAY_ROWS = 120;

/** 주식당일분봉조회: thirty one-minute bars, labelled by their start, newest first. */
export const inquireTimeItemChart = symbolQuotation({
  name: 'inquire-time-itemchartprice',
  trId: 'FHKST03010200',
  required: ['FID_INPUT_HOUR_1', 'FID_PW_DATA_INCU_YN', 'FID_ETC_CLS_CODE'],
  handle: (view, request, context) => minuteChart(view, request, context, 30),
});

/** 주식일별분봉조회: up to 120 bars of today or of an earlier day of the run. */
export const inquireTimeDailyChart = symbolQuotation({
  name: 'inquire-time-dailychartprice',
  trId: 'FHKST03010230',
  onPaper: 'NOT_A_PAPER_TR',
  required: ['FID_INPUT_HOUR_1', 'FID_INPUT_DATE_1', 'FID_PW_DATA_INCU_YN'],
  handle(view, request, context) {
    const date = readDate(request.param('FID_INPUT_DATE_1'));
    if (date === undefined) return reply(badInput('FID_INPUT_DATE_1'));
    const { exchange } = context;
    // A client's own today is the market's, unless the run had a day of that date before.
    const isToday =
      date === exchange.tradeDate() ||
      (context.clientDays().includes(date) &&
        exchange.earlierMinuteBars(view.instrument.symbol, date).length === 0);
    return isToday
      ? minuteChart(view, request, context, DAY_ROWS)
      : earlierChart(view, request, context, date);
  },
});

function minuteChart(
  view: QuoteView,
  request: KisRequest,
  context: EndpointContext,
  count: number,
): KisReply {
  const hour = (request.param('FID_INPUT_HOUR_1') ?? '').trim();
  if (!isTimeOfDay(hour)) return reply(badInput('FID_INPUT_HOUR_1'));
  const { exchange } = context;
  // Midnight means "the latest": that is how clients ask without a time.
  const now = exchange.now();
  const asked = minuteOf(hour === '000000' ? now : kstInstant(exchange.tradeDate(), hour));
  const rows = chartRows(view, context, asked, count);
  return chartReply(view, rows, exchange.tradeDate());
}

/** An earlier day is over: its minutes down from the asked one, nothing invented after its close. */
function earlierChart(
  view: QuoteView,
  request: KisRequest,
  { exchange }: EndpointContext,
  date: TradeDate,
): KisReply {
  const hour = (request.param('FID_INPUT_HOUR_1') ?? '').trim();
  if (!isTimeOfDay(hour)) return reply(badInput('FID_INPUT_HOUR_1'));
  const until = kstInstant(date, hour === '000000' ? '235959' : hour);
  const bars = exchange.earlierMinuteBars(view.instrument.symbol, date);
  const rows = bars.filter(({ start }) => start <= until).slice(0, DAY_ROWS);
  return chartReply(view, rows, date);
}

function chartReply(view: QuoteView, rows: readonly Bar[], day: TradeDate): KisReply {
  const output1 = {
    ...changeFields(view),
    stck_prdy_clpr: whole(view.instrument.referencePrice),
    acml_vol: whole(view.quote.volume),
    acml_tr_pbmn: whole(view.quote.turnover),
    hts_kor_isnm: view.instrument.name,
    stck_prpr: whole(view.price),
  };
  const date = compactDate(day);
  return reply(QUOTE_OK, { output1, output2: rows.map((bar) => barRow(bar, date)) });
}

/**
 * A row for every minute back from the asked one to the open. As recorded on the live server: a
 * later minute than the present one gets the running bar at its top and flat fillers down to the
 * present; minutes without a trade repeat the last price with volume 0.
 */
function chartRows(
  view: QuoteView,
  context: EndpointContext,
  asked: number,
  count: number,
): readonly Bar[] {
  const { exchange } = context;
  const session = exchange.session();
  const present = minuteOf(exchange.now());
  const first = minuteOf(session.regular.from);
  const last = Math.min(asked, minuteOf(session.closingAuction.to));
  const from = Math.max(first, last - (count - 1) * MINUTE_MS);
  const traded = tradedBars(view, context, from, Math.min(last, present));
  if (exchange.now() < session.regular.from) return [];
  const rows: Bar[] = [];
  // Until its first trade a stock's minutes show the reference price.
  let before = traded.before ?? { ...NO_BAR, close: view.instrument.referencePrice };
  for (let minute = from; minute <= last; minute += MINUTE_MS) {
    const bar = minute < present || last === present ? traded.at.get(minute) : undefined;
    rows.push(bar ?? flat(before, minute));
    before = bar ?? before;
  }
  const running = last > present ? traded.at.get(present) : undefined;
  if (running !== undefined) return [{ ...running, start: last }, ...refilled(rows, running)];
  return rows.toReversed();
}

/** Fillers of the future show the running bar's price. */
function refilled(rows: readonly Bar[], running: Bar): readonly Bar[] {
  return rows
    .slice(0, -1)
    .map((row) =>
      row.start >= running.start
        ? {
            ...row,
            open: running.close,
            high: running.close,
            low: running.close,
            close: running.close,
          }
        : row,
    )
    .toReversed();
}

function tradedBars(
  view: QuoteView,
  context: EndpointContext,
  from: number,
  until: number,
): { readonly at: ReadonlyMap<number, Bar>; readonly before: Bar | undefined } {
  const { symbol } = view.instrument;
  const wanted = Math.max(1, (until - from) / MINUTE_MS + 1);
  const bars = context.exchange.minuteBars(symbol, { until, count: wanted + 1 });
  const at = new Map(bars.filter((bar) => bar.volume > 0).map((bar) => [bar.start, bar]));
  // The newest bar before the first row, and before the running one: what fillers repeat.
  const limit = Math.min(from, until);
  const before =
    bars.find((bar) => bar.start < limit) ??
    context.exchange.minuteBars(symbol, { until: limit - 1, count: 1 })[0];
  return { at, before: before !== undefined && before.start < limit ? before : undefined };
}

const NO_BAR: Bar = {
  start: 0,
  open: 0,
  high: 0,
  low: 0,
  close: 0,
  volume: 0,
  turnover: 0,
  dayTurnover: 0,
};

function flat(before: Bar, start: number): Bar {
  const price = before.close;
  return {
    start,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
    turnover: 0,
    dayTurnover: before.dayTurnover,
  };
}

function barRow(bar: Bar, date: string): Record<string, string> {
  return {
    stck_bsop_date: date,
    stck_cntg_hour: kstCompactTime(bar.start),
    stck_prpr: whole(bar.close),
    stck_oprc: whole(bar.open),
    stck_hgpr: whole(bar.high),
    stck_lwpr: whole(bar.low),
    cntg_vol: whole(bar.volume),
    acml_tr_pbmn: whole(bar.dayTurnover),
  };
}
