import { kstCompactTime, kstInstant } from '@fleet/krx';
import type { Trade } from '../../exchange/types.ts';
import type { EndpointContext } from '../endpoint.ts';
import { percent, changeSign, whole } from '../fields.ts';
import { marketName } from '../market-codes.ts';
import { badInput, QUOTE_OK } from '../messages.ts';
import { changeFields, type QuoteView, strength, viewOf } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { symbolQuotation } from './quote-endpoint.ts';

const ROWS = 30;
// How far back a time-of-day is looked for among the remembered trades.
const SEARCHED = 5000;

/** 주식현재가 체결: the last thirty trades. */
export const inquireCcnl = symbolQuotation({
  name: 'inquire-ccnl',
  trId: 'FHKST01010300',
  handle(view, _request, { exchange }) {
    const trades = exchange.recentTrades(view.instrument.symbol, ROWS);
    return reply(QUOTE_OK, { output: trades.map((trade) => tradeRow(view, trade)) });
  },
});

/** 당일시간대별체결: trades up to a time of day, newest first. */
export const inquireTimeItemConclusion = symbolQuotation({
  name: 'inquire-time-itemconclusion',
  trId: 'FHPST01060000',
  required: ['FID_INPUT_HOUR_1'],
  handle: timeAndSales,
});

function tradeRow(view: QuoteView, trade: Trade): Record<string, string> {
  const reference = view.instrument.referencePrice;
  return {
    stck_cntg_hour: kstCompactTime(trade.at),
    stck_prpr: whole(trade.price),
    prdy_vrss: whole(trade.price - reference),
    prdy_vrss_sign: changeSign(trade.price, reference, view.instrument),
    cntg_vol: whole(trade.volume),
    tday_rltv: strength(trade.quote),
    prdy_ctrt: percent(trade.price - reference, reference),
  };
}

function timeAndSales(view: QuoteView, request: KisRequest, context: EndpointContext): KisReply {
  const { exchange } = context;
  const hour = (request.param('FID_INPUT_HOUR_1') ?? '').trim();
  if (!isTimeOfDay(hour)) return reply(badInput('FID_INPUT_HOUR_1'));
  // The second that was asked for is included.
  const until = kstInstant(exchange.tradeDate(), hour) + 999;
  const trades = exchange
    .recentTrades(view.instrument.symbol, SEARCHED)
    .filter((trade) => trade.at <= until)
    .slice(0, ROWS);
  const output1 = {
    stck_prpr: whole(view.price),
    ...changeFields(view),
    acml_vol: whole(view.quote.volume),
    prdy_vol: whole(view.instrument.previousVolume),
    rprs_mrkt_kor_name: marketName(view.instrument.market),
  };
  return reply(QUOTE_OK, { output1, output2: trades.map((trade) => saleRow(view, trade)) });
}

/** The portal calls the price `stck_pbpr`; recorded replies say `stck_prpr`: both are sent. */
function saleRow(view: QuoteView, trade: Trade): Record<string, string> {
  const then = viewOf(view.instrument, { ...trade.quote, last: trade.price });
  return {
    stck_cntg_hour: kstCompactTime(trade.at),
    stck_pbpr: whole(trade.price),
    stck_prpr: whole(trade.price),
    ...changeFields(then),
    askp: whole(trade.quote.ask),
    bidp: whole(trade.quote.bid),
    tday_rltv: strength(trade.quote),
    acml_vol: whole(trade.quote.volume),
    cnqn: whole(trade.volume),
  };
}

/** 'HHMMSS'. */
export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text);
}
