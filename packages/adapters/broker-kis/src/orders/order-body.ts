import { needsPrice, orderTypeCode } from '@fleet/krx';
import type { OrderTicket } from '@fleet/service-layer';
import { endpointOf } from '../endpoints.ts';
import type { KisProfile } from '../profile.ts';
import type { KisOrderRequest } from '../rest/kis-rest-client.ts';
import type { AccountParts } from '../settings.ts';
import { paddedOrderNumber } from './order-number.ts';

export type OrderCall = Pick<KisOrderRequest, 'trId' | 'method' | 'path' | 'body'>;

/**
 * The request of an order. All keys always, all values text: a missing key or a number has been
 * answered with IGW00007. @throws RangeError when the ticket cannot be said in KIS's words
 */
export function orderCall(
  ticket: OrderTicket,
  context: { profile: KisProfile; account: AccountParts; pdno: string },
): OrderCall {
  const { profile, account, pdno } = context;
  checkTicket(ticket, profile);
  const operation =
    ticket.request === 'PLACE' ? (ticket.side === 'BUY' ? 'orderBuy' : 'orderSell') : 'orderChange';
  const common = {
    CANO: account.number,
    ACNT_PRDT_CD: account.product,
    ORD_DVSN: orderTypeCode(ticket.type),
    EXCG_ID_DVSN_CD: ticket.venue,
    CNDT_PRIC: '',
  };
  const body =
    ticket.request === 'PLACE'
      ? {
          ...common,
          PDNO: pdno,
          ORD_QTY: String(ticket.quantity),
          ORD_UNPR: unitPrice(ticket),
          SLL_TYPE: ticket.side === 'SELL' ? '01' : '',
        }
      : { ...common, ...changeFields(ticket) };
  return { ...endpointOf(profile, operation), method: 'POST', body };
}

function changeFields(ticket: OrderTicket): Record<string, string> {
  const original = ticket.original;
  if (original === undefined)
    throw new RangeError(`${ticket.request} without the order it is about`);
  const target = {
    KRX_FWDG_ORD_ORGNO: original.branch,
    ORGN_ODNO: paddedOrderNumber(original.number),
  };
  // A cancel takes all that is left: a quantity could be beaten by a fill on the way.
  if (ticket.request === 'CANCEL') {
    return {
      ...target,
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      ORD_UNPR: '0',
      QTY_ALL_ORD_YN: 'Y',
    };
  }
  return {
    ...target,
    RVSE_CNCL_DVSN_CD: '01',
    ORD_QTY: String(ticket.quantity),
    ORD_UNPR: unitPrice(ticket),
    QTY_ALL_ORD_YN: 'N',
  };
}

function unitPrice(ticket: OrderTicket): string {
  return needsPrice(ticket.type) ? (ticket.limitPrice?.toFixed(0) ?? '0') : '0';
}

function checkTicket(ticket: OrderTicket, profile: KisProfile): void {
  if (!profile.venues.includes(ticket.venue)) {
    throw new RangeError(`${profile.name} does not trade at ${ticket.venue}`);
  }
  if (ticket.request === 'CANCEL') return;
  if (ticket.type === 'STOP_LIMIT') throw new RangeError('a stop order needs a trigger price');
  if (ticket.quantity <= 0) throw new RangeError('an order needs a quantity');
  if (needsPrice(ticket.type) && ticket.limitPrice === undefined) {
    throw new RangeError(`an order of type ${ticket.type} needs a price`);
  }
}
