import type { RankedSymbol } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, quantityField, textField } from '../rest/fields.ts';
import { symbolOf } from '../symbol-spelling.ts';

const row = z.object({ mksc_shrn_iscd: textField, data_rank: quantityField });

/**
 * Left out of the ranking, one flag each: risk/warning/caution, administrative, liquidation,
 * unfaithful disclosure, preferred, halted, ETF, ETN, no credit orders, SPAC. Only 30 rows come, so
 * what the default universe never buys must not fill them. Stocks without credit stay in.
 */
export const COMMON_STOCK_ONLY = '1111111101';

/** KIS's volume rank, sorted by turnover or by shares. */
export function volumeRankQuery(
  marketCode: 'J' | 'NX',
  by: 'TURNOVER' | 'VOLUME',
  exclusions: string,
): Record<string, string> {
  return {
    FID_COND_MRKT_DIV_CODE: marketCode,
    FID_COND_SCR_DIV_CODE: '20171',
    FID_INPUT_ISCD: '0000',
    FID_DIV_CLS_CODE: '0',
    FID_BLNG_CLS_CODE: by === 'TURNOVER' ? '3' : '0',
    FID_TRGT_CLS_CODE: '111111111',
    FID_TRGT_EXLS_CLS_CODE: exclusions,
    FID_INPUT_PRICE_1: '',
    FID_INPUT_PRICE_2: '',
    FID_VOL_CNT: '',
    FID_INPUT_DATE_1: '',
  };
}

/** @throws BrokerError BAD_REPLY */
export function parseTurnoverRank(body: ReplyRow): readonly RankedSymbol[] {
  return rowsOf(body['output']).flatMap((line) => {
    const fields = parseReply(row, line, 'volume-rank row');
    const symbol = symbolOf(fields.mksc_shrn_iscd);
    return symbol === undefined ? [] : [{ symbol, rank: fields.data_rank }];
  });
}
