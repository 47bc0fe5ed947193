import type { RankedSymbol } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, quantityField, textField } from '../rest/fields.ts';
import { symbolOf } from '../symbol-spelling.ts';

const row = z.object({ stck_shrn_iscd: textField, data_rank: quantityField });

/** By the change since the previous close. The names are documented in lower case. */
export function fluctuationRankQuery(
  marketCode: 'J' | 'NX',
  direction: 'RISE' | 'FALL',
): Record<string, string> {
  return {
    fid_cond_mrkt_div_code: marketCode,
    fid_cond_scr_div_code: '20170',
    fid_input_iscd: '0000',
    fid_rank_sort_cls_code: direction === 'RISE' ? '0' : '1',
    fid_input_cnt_1: '0',
    // 1: against the close; 0 would be against the day's low or high.
    fid_prc_cls_code: '1',
    fid_input_price_1: '',
    fid_input_price_2: '',
    fid_vol_cnt: '',
    fid_trgt_cls_code: '0',
    fid_trgt_exls_cls_code: '0',
    fid_div_cls_code: '0',
    fid_rsfl_rate1: '',
    fid_rsfl_rate2: '',
  };
}

/** @throws BrokerError BAD_REPLY */
export function parseFluctuationRank(body: ReplyRow): readonly RankedSymbol[] {
  return rowsOf(body['output']).flatMap((line) => {
    const fields = parseReply(row, line, 'fluctuation row');
    const symbol = symbolOf(fields.stck_shrn_iscd);
    return symbol === undefined ? [] : [{ symbol, rank: fields.data_rank }];
  });
}
