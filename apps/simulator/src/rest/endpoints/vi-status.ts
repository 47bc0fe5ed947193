import { compactDate, kstCompactTime } from '@fleet/krx';
import type { VolatilityInterruption } from '../../exchange/types.ts';
import type { EndpointContext } from '../endpoint.ts';
import { percent, whole, yesNo } from '../fields.ts';
import { QUOTE_OK } from '../messages.ts';
import { normalizeSymbol } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { quotation } from './quote-endpoint.ts';

const ROWS_MAX = 30;

/** 변동성완화장치(VI) 현황: the last thirty of the day, newest first. Not offered on paper. */
export const interruptionStatus = quotation({
  name: 'inquire-vi-status',
  trId: 'FHPST01390000',
  onPaper: 'NOT_A_PAPER_TR',
  required: [
    'FID_DIV_CLS_CODE',
    'FID_COND_SCR_DIV_CODE',
    'FID_MRKT_CLS_CODE',
    'FID_INPUT_ISCD',
    'FID_RANK_SORT_CLS_CODE',
    'FID_INPUT_DATE_1',
    'FID_TRGT_CLS_CODE',
    'FID_TRGT_EXLS_CLS_CODE',
  ],
  handle: status,
});

function status(request: KisRequest, context: EndpointContext): KisReply {
  const { exchange } = context;
  const date = compactDate(exchange.tradeDate());
  const asked = (name: string): string => (request.param(name) ?? '').trim();
  const askedDate = asked('FID_INPUT_DATE_1');
  const rows = exchange
    .interruptions()
    .filter(() => askedDate === '' || askedDate === date)
    .filter((each) => isAsked(each, asked, context))
    .toSorted((a, b) => b.triggeredAt - a.triggeredAt)
    .slice(0, ROWS_MAX);
  return reply(QUOTE_OK, { output: rows.map((each) => row(each, context, date)) });
}

const KIND_CODES = { STATIC: '1', DYNAMIC: '2', BOTH: '3' } as const;

/** Percent off the reference; nothing where the rule has none. */
function deviation(price: number, reference: number): string {
  return reference === 0 ? '0.00' : percent(price - reference, reference);
}

function isAsked(
  each: VolatilityInterruption,
  asked: (name: string) => string,
  { exchange }: EndpointContext,
): boolean {
  const direction = asked('FID_DIV_CLS_CODE');
  const market = asked('FID_MRKT_CLS_CODE');
  const kind = asked('FID_RANK_SORT_CLS_CODE');
  const symbol = normalizeSymbol(asked('FID_INPUT_ISCD'));
  const board = exchange.instrument(each.symbol)?.market;
  const isUp = each.triggerPrice > each.referencePrice;
  return (
    (direction !== '1' || isUp) &&
    (direction !== '2' || !isUp) &&
    (market !== 'K' || board === 'KOSPI') &&
    (market !== 'Q' || board === 'KOSDAQ') &&
    (!['1', '2', '3'].includes(kind) || kind === KIND_CODES[each.kind]) &&
    (symbol === '' || symbol === each.symbol)
  );
}

function row(
  each: VolatilityInterruption,
  { exchange }: EndpointContext,
  date: string,
): Record<string, string> {
  const { kind, referencePrice, triggerPrice, dynamicReferencePrice = referencePrice } = each;
  const staticReference = kind === 'DYNAMIC' ? 0 : referencePrice;
  const dynamicReference = kind === 'STATIC' ? 0 : dynamicReferencePrice;
  return {
    hts_kor_isnm: exchange.instrument(each.symbol)?.name ?? '',
    mksc_shrn_iscd: each.symbol,
    vi_cls_code: yesNo(each.releasedAt === undefined),
    bsop_date: date,
    cntg_vi_hour: kstCompactTime(each.triggeredAt),
    vi_cncl_hour: each.releasedAt === undefined ? '000000' : kstCompactTime(each.releasedAt),
    vi_kind_code: KIND_CODES[kind],
    vi_prc: whole(triggerPrice),
    vi_stnd_prc: whole(staticReference),
    vi_dprt: deviation(triggerPrice, staticReference),
    vi_dmc_stnd_prc: whole(dynamicReference),
    vi_dmc_dprt: deviation(triggerPrice, dynamicReference),
    vi_count: whole(each.count),
  };
}
