import type { Market } from '@fleet/krx';
import { BrokerError, type InstrumentInfo } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { looseQuantityField, parseReply, textField } from '../rest/fields.ts';
import { wireDate } from '../rest/wire-time.ts';

const row = z.object({
  pdno: textField.pipe(z.string().min(1)),
  mket_id_cd: textField,
  prdt_name: textField,
  prdt_abrv_name: textField,
  lstg_stqt: looseQuantityField,
  scts_mket_lstg_dt: textField,
  kosdaq_mket_lstg_dt: textField,
  frbd_mket_lstg_dt: textField,
  lstg_abol_dt: textField,
  tr_stop_yn: textField,
  admn_item_yn: textField,
  cptt_trad_tr_psbl_yn: textField,
  nxt_tr_stop_yn: textField,
});

const MARKETS: ReadonlyMap<string, Market> = new Map([
  ['STK', 'KOSPI'],
  ['KSQ', 'KOSDAQ'],
  ['KNX', 'KONEX'],
]);
/** Stocks, ETFs, ETNs and ELWs. */
const PRODUCT_TYPE = '300';

export function instrumentInfoQuery(code: string): Record<string, string> {
  return { PRDT_TYPE_CD: PRODUCT_TYPE, PDNO: code };
}

/** @throws BrokerError BAD_REPLY */
export function parseInstrumentInfo(symbol: string, body: ReplyRow): InstrumentInfo {
  const [line] = rowsOf(body['output']);
  if (line === undefined) throw new BrokerError('BAD_REPLY', 'search-stock-info: no output');
  const fields = parseReply(row, line, `search-stock-info ${symbol}`);
  const listings = [fields.scts_mket_lstg_dt, fields.kosdaq_mket_lstg_dt, fields.frbd_mket_lstg_dt];
  return {
    symbol,
    name: fields.prdt_abrv_name || fields.prdt_name,
    market: MARKETS.get(fields.mket_id_cd),
    listedShares: fields.lstg_stqt,
    // A stock that moved between boards has two days: the later one is its board's.
    listedOn: listings
      .flatMap((text) => wireDate(text) ?? [])
      .toSorted()
      .at(-1),
    delistedOn: wireDate(fields.lstg_abol_dt),
    halted: fields.tr_stop_yn === 'Y',
    administrative: fields.admn_item_yn === 'Y',
    tradableOnNxt: fields.cptt_trad_tr_psbl_yn === 'Y',
    haltedOnNxt: fields.nxt_tr_stop_yn === 'Y',
  };
}
