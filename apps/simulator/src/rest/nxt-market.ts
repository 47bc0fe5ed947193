import type { KisReply } from './reply.ts';
import { isJsonObject, type JsonObject } from './request.ts';

/**
 * FID_COND_MRKT_DIV_CODE: J is KRX, UN both markets merged, NX the alternative one. No stock of this
 * exchange trades on NXT (search-stock-info says so), so merged data is KRX's, and NX shows the
 * instrument without a price, a trade or an order.
 */
export const NXT = 'NX';

/** What describes the instrument stays; what trading would have made is zero, rows are none. */
const KEPT = new Set([
  'stck_shrn_iscd',
  'hts_kor_isnm',
  'rprs_mrkt_kor_name',
  'inter_shrn_iscd',
  'inter_kor_isnm',
  'kospi_kosdaq_cls_name',
  'lstn_stcn',
  'stck_fcam',
  'cpfn',
  'stac_month',
  'aspr_unit',
  'hts_deal_qty_unit_val',
  'new_mkop_cls_code',
  'antc_mkop_cls_code',
  'hour_cls_code',
]);

const OUTPUTS = /^output\d?$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A KRX reply as the same call answers for NXT. */
export function untraded(reply: KisReply): KisReply {
  const { body } = reply;
  if (!isJsonObject(body)) return reply;
  const emptied = Object.entries(body).map(([key, value]): [string, unknown] => {
    if (!OUTPUTS.test(key)) return [key, value];
    return [key, isJsonObject(value) ? untradedFields(value) : []];
  });
  return { ...reply, body: Object.fromEntries(emptied) };
}

export function untradedFields(fields: JsonObject): JsonObject {
  const zeroed = Object.entries(fields).map(([key, value]): [string, unknown] => [
    key,
    KEPT.has(key) || typeof value !== 'string' ? value : zeroOf(key, value),
  ]);
  return Object.fromEntries(zeroed);
}

/** 3 is "flat" for signs; a number keeps its decimals, a time its digits, a date becomes blank. */
function zeroOf(key: string, value: string): string {
  if (key.endsWith('_sign')) return '3';
  if (key.endsWith('_date')) return '';
  if (key.endsWith('_hour')) return '000000';
  if (key.endsWith('_code') || !NUMBER.test(value)) return value;
  const decimals = value.split('.')[1];
  return decimals === undefined ? '0' : `0.${'0'.repeat(decimals.length)}`;
}
