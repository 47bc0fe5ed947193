import type { Quantity } from '@fleet/domain';
import { BrokerError } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, quantityField } from '../rest/fields.ts';
import type { AccountParts } from '../settings.ts';

const output = z.object({ ord_psbl_qty: quantityField });

export function sellableQuery(account: AccountParts, pdno: string): Record<string, string> {
  return { CANO: account.number, ACNT_PRDT_CD: account.product, PDNO: pdno };
}

/** @throws BrokerError BAD_REPLY */
export function parseSellable(body: ReplyRow): Quantity {
  const [line] = rowsOf(body['output1']);
  if (line === undefined) throw new BrokerError('BAD_REPLY', 'psbl-sell: no output1');
  return parseReply(output, line, 'psbl-sell').ord_psbl_qty;
}
