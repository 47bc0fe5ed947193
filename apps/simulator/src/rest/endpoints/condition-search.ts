import type { EndpointContext } from '../endpoint.ts';
import { fixed, sixteen, sixteenZeros } from '../fields.ts';
import { BAD_SYMBOL, QUOTE_OK } from '../messages.ts';
import { type QuoteView, strength, viewOf } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';

/** A condition that the simulated HTS user has saved. */
interface Condition {
  readonly name: string;
  matches(view: QuoteView): boolean;
}

const GROUP = '기본그룹';
const ROWS_MAX = 100;

const CONDITIONS: readonly Condition[] = [
  { name: '상승률3%이상', matches: (view) => view.change / view.instrument.referencePrice >= 0.03 },
  {
    name: '거래량급증',
    matches: (view) => view.quote.volume > 0 && view.quote.volume >= view.instrument.previousVolume,
  },
  {
    name: '신고가근접',
    matches: (view) => view.quote.volume > 0 && view.price === view.quote.high,
  },
];

/** 종목조건검색 목록조회. Not offered on paper. */
export const conditionTitles = quotation({
  name: 'psearch-title',
  trId: 'HHKST03900300',
  onPaper: 'NOT_A_PAPER_TR',
  required: ['USER_ID'],
  handle: titles,
});

/** 종목조건검색조회: at most a hundred rows; no hit is an error reply. Not offered on paper. */
export const conditionResult = quotation({
  name: 'psearch-result',
  trId: 'HHKST03900400',
  onPaper: 'NOT_A_PAPER_TR',
  required: ['USER_ID', 'SEQ'],
  handle: result,
});

function titles(request: KisRequest, context: EndpointContext): KisReply {
  const user = (request.param('USER_ID') ?? '').trim();
  if (user !== context.htsId) return reply(NO_CONDITIONS);
  const output2 = CONDITIONS.map((condition, index) => ({
    user_id: user,
    seq: String(index),
    grp_nm: GROUP,
    condition_nm: condition.name,
  }));
  return reply(QUOTE_OK, { output2 });
}

// KIS answers so when nothing was saved on its server.
const NO_CONDITIONS = {
  rtCode: '1',
  code: 'MCA00000',
  text: '조회가 계속 됩니다. (다음을 누르십시오.)',
};

function result(request: KisRequest, { exchange, htsId }: EndpointContext): KisReply {
  const condition = CONDITIONS[Number((request.param('SEQ') ?? '').trim())];
  const user = (request.param('USER_ID') ?? '').trim();
  if (condition === undefined || user !== htsId) return reply(BAD_SYMBOL);
  const hits = exchange
    .quoteAll()
    .map(({ instrument, quote }) => viewOf(instrument, quote))
    .filter((view) => condition.matches(view))
    .slice(0, ROWS_MAX);
  return hits.length === 0 ? reply(BAD_SYMBOL) : reply(QUOTE_OK, { output2: hits.map(row) });
}

function row(view: QuoteView): Record<string, string> {
  const { instrument, quote, price } = view;
  const { previousVolume, referencePrice } = instrument;
  return {
    code: instrument.symbol,
    name: instrument.name,
    daebi: view.sign,
    price: sixteenZeros(price),
    chgrate: sixteen((view.change / referencePrice) * 100),
    acml_vol: sixteen(quote.volume),
    trade_amt: sixteen(quote.turnover),
    change: sixteen(view.change),
    cttr: sixteen(Number(strength(quote))),
    open: sixteen(quote.open ?? 0),
    high: sixteen(quote.high ?? 0),
    low: sixteen(quote.low ?? 0),
    high52: sixteen(quote.high ?? price),
    low52: sixteen(quote.low ?? price),
    expprice: sixteenZeros(0),
    expchange: sixteen(0),
    expchggrate: sixteen(-100),
    expcvol: sixteen(0),
    chgrate2: sixteen(previousVolume === 0 ? 0 : (quote.volume / previousVolume) * 100),
    expdaebi: '5',
    recprice: sixteen(referencePrice),
    uplmtprice: sixteen(instrument.upperLimit),
    dnlmtprice: sixteen(instrument.lowerLimit),
    stotprice: fixed((price * instrument.listedShares) / 100_000_000, 4).padStart(16, ' '),
  };
}
