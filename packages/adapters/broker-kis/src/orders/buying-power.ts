import type { Price } from '@fleet/domain';
import { orderTypeCode, type OrderType } from '@fleet/krx';
import { BrokerError, type BuyingPower } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, quantityField, wonField } from '../rest/fields.ts';
import type { AccountParts } from '../settings.ts';

// The max_* fields count receivables (미수) in: not what a fleet may spend.
const output = z.object({ nrcvb_buy_amt: wonField, nrcvb_buy_qty: quantityField });

/** Without a price KIS counts at the upper limit, as it will reserve. */
export function buyingPowerQuery(
  account: AccountParts,
  question: { pdno: string; type: OrderType; price: Price | undefined },
): Record<string, string> {
  return {
    CANO: account.number,
    ACNT_PRDT_CD: account.product,
    PDNO: question.pdno,
    ORD_UNPR: question.price?.toFixed(0) ?? '',
    ORD_DVSN: orderTypeCode(question.type),
    CMA_EVLU_AMT_ICLD_YN: 'N',
    OVRS_ICLD_YN: 'N',
  };
}

/** @throws BrokerError BAD_REPLY */
export function parseBuyingPower(body: ReplyRow): BuyingPower {
  const [line] = rowsOf(body['output']);
  if (line === undefined) throw new BrokerError('BAD_REPLY', 'psbl-order: no output');
  const fields = parseReply(output, line, 'psbl-order');
  return { amount: fields.nrcvb_buy_amt, quantity: fields.nrcvb_buy_qty };
}
