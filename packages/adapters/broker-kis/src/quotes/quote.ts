import { NO_SHARES, type Quote } from '@fleet/domain';
import { BrokerError } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import {
  looseQuantityField,
  optionalPriceField,
  parseReply,
  priceField,
  quantityField,
  textField,
  wonField,
} from '../rest/fields.ts';
import { symbolOf } from '../symbol-spelling.ts';

const single = z.object({
  iscd_stat_cls_code: textField,
  temp_stop_yn: textField,
  vi_cls_code: textField,
  stck_prpr: priceField,
  stck_oprc: optionalPriceField,
  stck_hgpr: optionalPriceField,
  stck_lwpr: optionalPriceField,
  stck_mxpr: priceField,
  stck_llam: priceField,
  stck_sdpr: priceField,
  acml_vol: quantityField,
  acml_tr_pbmn: wonField,
});

const multiple = z.object({
  inter_shrn_iscd: textField,
  inter2_prpr: optionalPriceField,
  inter2_oprc: optionalPriceField,
  inter2_hgpr: optionalPriceField,
  inter2_lwpr: optionalPriceField,
  inter2_mxpr: optionalPriceField,
  inter2_llam: optionalPriceField,
  inter2_askp: optionalPriceField,
  inter2_bidp: optionalPriceField,
  seln_rsqn: looseQuantityField,
  shnu_rsqn: looseQuantityField,
  inter2_prdy_clpr: optionalPriceField,
  inter2_sdpr: optionalPriceField,
  acml_vol: quantityField,
  acml_tr_pbmn: wonField,
});

type MultipleRow = z.infer<typeof multiple>;

const HALTED = '58';

/** How many codes one multi-quote call takes. */
export const QUOTES_A_CALL = 30;

export function quoteQuery(code: string, marketCode: string): Record<string, string> {
  return { FID_COND_MRKT_DIV_CODE: marketCode, FID_INPUT_ISCD: code };
}

export function quotesQuery(codes: readonly string[], marketCode: string): Record<string, string> {
  return Object.fromEntries(
    codes.flatMap((code, index) => [
      [`FID_COND_MRKT_DIV_CODE_${index + 1}`, marketCode],
      [`FID_INPUT_ISCD_${index + 1}`, code],
    ]),
  );
}

/** The reply names no time, bid or ask. `at` is the caller's. @throws BrokerError BAD_REPLY */
export function parseQuote(symbol: string, body: ReplyRow, at: number): Quote {
  const [line] = rowsOf(body['output']);
  if (line === undefined) throw new BrokerError('BAD_REPLY', 'inquire-price: no output');
  const fields = parseReply(single, line, `inquire-price ${symbol}`);
  return {
    symbol,
    at,
    lastPrice: fields.stck_prpr,
    bid: undefined,
    ask: undefined,
    bidSize: NO_SHARES,
    askSize: NO_SHARES,
    open: fields.stck_oprc,
    high: fields.stck_hgpr,
    low: fields.stck_lwpr,
    // The reference price: yesterday's close but for ex-rights days, where it is the better one.
    previousClose: fields.stck_sdpr,
    upperLimit: fields.stck_mxpr,
    lowerLimit: fields.stck_llam,
    volume: fields.acml_vol,
    turnover: fields.acml_tr_pbmn,
    halted: fields.iscd_stat_cls_code === HALTED || fields.temp_stop_yn === 'Y',
    volatilityInterrupted: fields.vi_cls_code === 'Y',
  };
}

/** KIS answers an unknown code with an empty row, which is left out. @throws BrokerError BAD_REPLY */
export function parseQuotes(body: ReplyRow, at: number): readonly Quote[] {
  return rowsOf(body['output']).flatMap((line) => {
    if (symbolOf(codeOf(line)) === undefined) return [];
    const quote = toQuote(parseReply(multiple, line, 'intstock-multprice'), at);
    return quote === undefined ? [] : [quote];
  });
}

function codeOf(line: ReplyRow): string {
  const value = line['inter_shrn_iscd'];
  return typeof value === 'string' ? value : '';
}

function toQuote(fields: MultipleRow, at: number): Quote | undefined {
  const symbol = symbolOf(fields.inter_shrn_iscd);
  const lastPrice = fields.inter2_prpr;
  const previousClose = fields.inter2_sdpr ?? fields.inter2_prdy_clpr;
  const upperLimit = fields.inter2_mxpr;
  const lowerLimit = fields.inter2_llam;
  if (symbol === undefined || lastPrice === undefined || previousClose === undefined) {
    return undefined;
  }
  if (upperLimit === undefined || lowerLimit === undefined) return undefined;
  return {
    symbol,
    at,
    lastPrice,
    previousClose,
    upperLimit,
    lowerLimit,
    bid: fields.inter2_bidp,
    ask: fields.inter2_askp,
    bidSize: fields.shnu_rsqn,
    askSize: fields.seln_rsqn,
    open: fields.inter2_oprc,
    high: fields.inter2_hgpr,
    low: fields.inter2_lwpr,
    volume: fields.acml_vol,
    turnover: fields.acml_tr_pbmn,
    // Not in this reply.
    halted: false,
    volatilityInterrupted: false,
  };
}
