import { NO_SHARES, type Side } from '@fleet/domain';
import { compactDate, kstDate, kstInstant, orderTypeOfCode, type TradeDate } from '@fleet/krx';
import { BrokerError, type BrokerOrder } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import {
  looseQuantityField,
  optionalPriceField,
  parseReply,
  quantityField,
  textField,
  wonField,
} from '../rest/fields.ts';
import { wireDate, wireInstant } from '../rest/wire-time.ts';
import type { KisProfile } from '../profile.ts';
import type { AccountParts } from '../settings.ts';
import { symbolOf } from '../symbol-spelling.ts';
import { orderKey, orderNumberOf } from './order-number.ts';

const row = z.object({
  ord_dt: textField,
  ord_gno_brno: textField,
  odno: textField,
  orgn_odno: textField,
  sll_buy_dvsn_cd: textField,
  pdno: textField,
  ord_qty: quantityField,
  ord_unpr: optionalPriceField,
  ord_tmd: textField,
  ord_dvsn_cd: textField,
  tot_ccld_qty: quantityField,
  // The average price is rounded; only the amount is exact.
  tot_ccld_amt: wonField,
  rmn_qty: quantityField,
  rjct_qty: looseQuantityField,
  // Two spellings: the documents' and the wire's.
  cnc_cfrm_qty: looseQuantityField,
  cncl_cfrm_qty: looseQuantityField,
});

/** KIS keeps three months in the fast list. 89 days are never more than that. */
const RECENT_DAYS = 89;
const DAY_MS = 86_400_000;

export function isArchived(date: TradeDate, now: number): boolean {
  return kstInstant(date, '00:00') < kstInstant(kstDate(now), '00:00') - RECENT_DAYS * DAY_MS;
}

/** All orders of a day, filled or not, oldest first so that new ones do not shift the pages. */
export function orderListQuery(
  account: AccountParts,
  date: TradeDate,
  profile: KisProfile,
): Record<string, string> {
  return {
    CANO: account.number,
    ACNT_PRDT_CD: account.product,
    INQR_STRT_DT: compactDate(date),
    INQR_END_DT: compactDate(date),
    SLL_BUY_DVSN_CD: '00',
    PDNO: '',
    ORD_GNO_BRNO: '',
    ODNO: '',
    CCLD_DVSN: '00',
    INQR_DVSN: '01',
    INQR_DVSN_1: '',
    INQR_DVSN_3: '00',
    EXCG_ID_DVSN_CD: profile.orderListExchange,
  };
}

/** Rows of all pages, in order; a number that shows up twice counts as last read. */
export function parseOrderList(pages: readonly ReplyRow[]): readonly BrokerOrder[] {
  const byKey = new Map<string, BrokerOrder>();
  for (const page of pages) {
    for (const line of rowsOf(page['output1'])) {
      const order = parseOrderRow(line);
      // Not an order for a six-character code: nothing of the fleet's.
      if (order === undefined) continue;
      const { date, branch, number } = order.key;
      byKey.set(`${date} ${branch} ${number}`, order);
    }
  }
  return [...byKey.values()];
}

/** Undefined for instruments that have no six-character code. @throws BrokerError BAD_REPLY */
function parseOrderRow(line: ReplyRow): BrokerOrder | undefined {
  const fields = parseReply(row, line, 'daily-ccld row');
  const symbol = symbolOf(fields.pdno);
  const number = orderNumberOf(fields.odno);
  if (number === undefined) throw unreadable('odno');
  // A row that is left out for its damage would be an order that nobody sent.
  if (!/^[0-9A-Z]{6,12}$/.test(fields.pdno)) throw unreadable('pdno');
  if (!/^\d{0,10}$/.test(fields.orgn_odno)) throw unreadable('orgn_odno');
  if (symbol === undefined) return undefined;
  const date = wireDate(fields.ord_dt);
  const acceptedAt = wireInstant(date, fields.ord_tmd);
  if (date === undefined || acceptedAt === undefined) throw unreadable('ord_dt or ord_tmd');
  const originalNumber = orderNumberOf(fields.orgn_odno);
  const canceled = [fields.cnc_cfrm_qty, fields.cncl_cfrm_qty];
  return {
    key: orderKey(date, fields.ord_gno_brno, number),
    original:
      originalNumber === undefined
        ? undefined
        : orderKey(date, fields.ord_gno_brno, originalNumber),
    request: originalNumber === undefined ? 'PLACE' : 'CHANGE',
    symbol,
    side: readSide(fields.sll_buy_dvsn_cd),
    type: orderTypeOfCode(fields.ord_dvsn_cd),
    quantity: fields.ord_qty,
    price: fields.ord_unpr,
    acceptedAt,
    filledQuantity: fields.tot_ccld_qty,
    filledAmount: fields.tot_ccld_amt,
    canceledQuantity: canceled.find((quantity) => quantity > 0) ?? NO_SHARES,
    rejectedQuantity: fields.rjct_qty,
    leavesQuantity: fields.rmn_qty,
  };
}

function readSide(code: string): Side {
  if (code === '01' || code === '1') return 'SELL';
  if (code === '02' || code === '2') return 'BUY';
  throw unreadable('sll_buy_dvsn_cd');
}

function unreadable(field: string): BrokerError {
  return new BrokerError('BAD_REPLY', `daily-ccld row: ${field} is not readable`);
}
