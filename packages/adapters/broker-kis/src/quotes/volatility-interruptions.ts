import { compactDate, type TradeDate } from '@fleet/krx';
import { BrokerError, type VolatilityInterruption } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import {
  looseQuantityField,
  optionalPriceField,
  parseReply,
  priceOf,
  textField,
} from '../rest/fields.ts';
import { wireDate, wireInstant } from '../rest/wire-time.ts';
import { symbolOf } from '../symbol-spelling.ts';

const KINDS = { '1': 'STATIC', '2': 'DYNAMIC', '3': 'BOTH' } as const;

const row = z.object({
  mksc_shrn_iscd: textField,
  // Y in force, N released.
  vi_cls_code: textField.pipe(z.enum(['Y', 'N'])),
  bsop_date: textField,
  cntg_vi_hour: textField,
  vi_cncl_hour: textField,
  vi_kind_code: textField.pipe(z.enum(['1', '2', '3'])),
  vi_prc: optionalPriceField,
  vi_stnd_prc: textField,
  vi_dmc_stnd_prc: textField,
  vi_count: looseQuantityField,
});

export function interruptionsQuery(date: TradeDate): Record<string, string> {
  return {
    FID_DIV_CLS_CODE: '0',
    FID_COND_SCR_DIV_CODE: '20139',
    FID_MRKT_CLS_CODE: '0',
    FID_INPUT_ISCD: '',
    FID_RANK_SORT_CLS_CODE: '0',
    FID_INPUT_DATE_1: compactDate(date),
    FID_TRGT_CLS_CODE: '',
    FID_TRGT_EXLS_CLS_CODE: '',
  };
}

/** @throws BrokerError BAD_REPLY */
export function parseInterruptions(body: ReplyRow): readonly VolatilityInterruption[] {
  return rowsOf(body['output']).flatMap((line) => {
    const fields = parseReply(row, line, 'vi-status row');
    const symbol = symbolOf(fields.mksc_shrn_iscd);
    if (symbol === undefined) return [];
    const date = wireDate(fields.bsop_date);
    const triggeredAt = wireInstant(date, fields.cntg_vi_hour);
    if (triggeredAt === undefined) throw new BrokerError('BAD_REPLY', 'vi-status row: not a time');
    const releasedAt =
      fields.vi_cls_code === 'Y' ? undefined : wireInstant(date, fields.vi_cncl_hour);
    return [
      {
        symbol,
        kind: KINDS[fields.vi_kind_code],
        triggeredAt,
        releasedAt,
        triggerPrice: fields.vi_prc,
        // The dynamic reference may have a fraction; then there is none in whole won.
        referencePrice: priceOf(fields.vi_stnd_prc) ?? priceOf(fields.vi_dmc_stnd_prc),
        count: fields.vi_count,
      },
    ];
  });
}
