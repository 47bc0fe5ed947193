import { kstCompactTime } from '@fleet/krx';
import type { BookLevel, OrderBook } from '../../exchange/types.ts';
import type { EndpointContext } from '../endpoint.ts';
import { changeSign, percent, whole, yesNo } from '../fields.ts';
import { expectedSessionCode, sessionCode } from '../market-codes.ts';
import { QUOTE_OK } from '../messages.ts';
import type { QuoteView } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import { symbolQuotation } from './quote-endpoint.ts';

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** 주식현재가 호가/예상체결: ten levels a side. */
export const inquireAskingPrice = symbolQuotation({
  name: 'inquire-asking-price-exp-ccn',
  trId: 'FHKST01010200',
  handle: askingPrice,
});

function askingPrice(view: QuoteView, _request: unknown, context: EndpointContext): KisReply {
  const { exchange } = context;
  const book = exchange.book(view.instrument.symbol) ?? emptyBook(view, exchange.now());
  const now = exchange.now();
  const isBeforeOpen = now < exchange.session().regular.from;
  const output1 = {
    aspr_acpt_hour: kstCompactTime(book.at),
    ...levels('askp', book.asks, (level) => level.price),
    ...levels('bidp', book.bids, (level) => level.price),
    ...levels('askp_rsqn', book.asks, (level) => level.size),
    ...levels('bidp_rsqn', book.bids, (level) => level.size),
    ...levels('askp_rsqn_icdc', [], () => 0),
    ...levels('bidp_rsqn_icdc', [], () => 0),
    total_askp_rsqn: whole(book.totalAskSize),
    total_bidp_rsqn: whole(book.totalBidSize),
    total_askp_rsqn_icdc: '0',
    total_bidp_rsqn_icdc: '0',
    ovtm_total_askp_icdc: '0',
    ovtm_total_bidp_icdc: '0',
    ovtm_total_askp_rsqn: '0',
    ovtm_total_bidp_rsqn: '0',
    ntby_aspr_rsqn: whole(book.totalBidSize - book.totalAskSize),
    new_mkop_cls_code: sessionCode(exchange.phase(), isBeforeOpen),
  };
  return reply(QUOTE_OK, { output1, output2: expectedMatch(view, book, context) });
}

function expectedMatch(
  view: QuoteView,
  book: OrderBook,
  context: EndpointContext,
): Record<string, string> {
  const { instrument, quote } = view;
  // In continuous trading KIS keeps showing the opening auction's result.
  const expected = book.expected?.price ?? quote.open ?? 0;
  const reference = instrument.referencePrice;
  return {
    antc_mkop_cls_code: expectedSessionCode(context.exchange.phase()),
    stck_prpr: whole(view.price),
    stck_oprc: whole(quote.open),
    stck_hgpr: whole(quote.high),
    stck_lwpr: whole(quote.low),
    stck_sdpr: whole(reference),
    antc_cnpr: whole(expected),
    antc_cntg_vrss_sign: expected === 0 ? '3' : changeSign(expected, reference, instrument),
    antc_cntg_vrss: whole(expected === 0 ? 0 : expected - reference),
    antc_cntg_prdy_ctrt: expected === 0 ? '0.00' : percent(expected - reference, reference),
    antc_vol: whole(book.expected?.volume),
    stck_shrn_iscd: instrument.symbol,
    vi_cls_code: yesNo(quote.volatilityInterrupted),
  };
}

/** prefix1 … prefix10; levels that are not there are '0'. */
function levels(
  prefix: string,
  side: readonly BookLevel[],
  value: (level: BookLevel) => number,
): Record<string, string> {
  return Object.fromEntries(
    LEVELS.map((number) => {
      const level = side[number - 1];
      return [`${prefix}${number}`, level === undefined ? '0' : whole(value(level))];
    }),
  );
}

function emptyBook(view: QuoteView, now: number): OrderBook {
  return {
    symbol: view.instrument.symbol,
    at: now,
    asks: [],
    bids: [],
    totalAskSize: 0,
    totalBidSize: 0,
    expected: undefined,
  };
}
