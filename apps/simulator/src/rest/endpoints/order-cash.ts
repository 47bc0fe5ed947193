import { kstCompactTime, kstDate, needsPrice, type OrderType, orderTypeOfCode } from '@fleet/krx';
import type {
  Exchange,
  NewOrder,
  RefusalReason,
  Side,
  SubmitResult,
} from '../../exchange/types.ts';
import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { orderAccepted, refusal } from '../messages.ts';
import { normalizeSymbol } from '../quote-view.ts';
import { gatewayRefusal, type KisReply, orderReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';

// The old ids (0801U sell, 0802U buy) still work; their body has no EXCG_ID_DVSN_CD.
const SELL_IDS = new Set(['TTTC0011U', 'VTTC0011U', 'TTTC0801U', 'VTTC0801U']);

/** 주식주문(현금). */
export const orderCash: Endpoint = {
  name: 'order-cash',
  method: 'POST',
  path: '/uapi/domestic-stock/v1/trading/order-cash',
  live: ['TTTC0011U', 'TTTC0012U', 'TTTC0801U', 'TTTC0802U'],
  paper: ['VTTC0011U', 'VTTC0012U', 'VTTC0801U', 'VTTC0802U'],
  onPaper: 'OFFERED',
  required: ['CANO', 'ACNT_PRDT_CD', 'PDNO', 'ORD_DVSN', 'ORD_QTY', 'ORD_UNPR'],
  needsAccount: true,
  handle: placeOrder,
};

async function placeOrder(request: KisRequest, context: EndpointContext): Promise<KisReply> {
  const profile = context.profile.name;
  const order = orderOf(request, context.account);
  if (order === 'MALFORMED') return gatewayRefusal('IGW00007');
  const venue = bodyText(request, 'EXCG_ID_DVSN_CD');
  // Paper routes to KRX only; the exchange here has no NXT either.
  const isElsewhere = venue === 'NXT' || (venue === 'SOR' && profile === 'paper');
  if (order === 'ORDER_TYPE_NOT_ALLOWED' || isElsewhere) {
    return reply(refusal(profile, 'ORDER_TYPE_NOT_ALLOWED'));
  }
  return answerOf(context, await context.exchange.submit(order), order.side);
}

/** The reply to an order, an amend or a cancel. */
export function answerOf(
  { profile, exchange }: EndpointContext,
  result: SubmitResult,
  what: Side | 'AMEND' | 'CANCEL',
): KisReply {
  if (!result.accepted) return reply(refusal(profile.name, reasonOf(result.reason, exchange)));
  const { order } = result;
  const output = {
    KRX_FWDG_ORD_ORGNO: order.branch,
    ODNO: order.number,
    ORD_TMD: kstCompactTime(order.acceptedAt),
  };
  return orderReply(orderAccepted(profile.name, what), output);
}

/** Past midnight the date of the order is no longer the market's: KIS says so instead of "closed". */
function reasonOf(reason: RefusalReason, exchange: Exchange): RefusalReason {
  const isClosed = reason === 'MARKET_CLOSED' || reason === 'MARKET_NOT_OPEN_YET';
  const isOtherDay = kstDate(exchange.now()) !== exchange.tradeDate();
  return isClosed && isOtherDay ? 'NOT_A_TRADING_DAY' : reason;
}

function orderOf(
  request: KisRequest,
  account: string,
): NewOrder | 'MALFORMED' | 'ORDER_TYPE_NOT_ALLOWED' {
  const type = orderTypeOfCode(bodyText(request, 'ORD_DVSN'));
  const quantity = wholeNumber(bodyText(request, 'ORD_QTY'));
  const price = wholeNumber(bodyText(request, 'ORD_UNPR') || '0');
  if (quantity === undefined || price === undefined) return 'MALFORMED';
  if (type === undefined) return 'ORDER_TYPE_NOT_ALLOWED';
  // A price sent with the closing-price session is a build error at KIS.
  if (type === 'POST_CLOSE_CLOSING_PRICE' && price !== 0) return 'MALFORMED';
  return {
    account,
    symbol: normalizeSymbol(bodyText(request, 'PDNO')),
    side: sideOf(request),
    type,
    quantity,
    price: needsPrice(type) ? price : undefined,
    conditionPrice: conditionPriceOf(request, type),
  };
}

/** CNDT_PRIC of a stop order; undefined for other types and where it is missing or no price. */
export function conditionPriceOf(request: KisRequest, type: OrderType): number | undefined {
  return type === 'STOP_LIMIT' ? wholeNumber(bodyText(request, 'CNDT_PRIC')) : undefined;
}

function sideOf(request: KisRequest): Side {
  return SELL_IDS.has(request.header('tr_id')) ? 'SELL' : 'BUY';
}

/** '' when missing: only the required keys are checked before. */
export function bodyText(request: KisRequest, name: string): string {
  const value = request.body?.[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** An integer without sign; undefined for '70000.0', '1e3', '-1' and blanks. */
export function wholeNumber(text: string): number | undefined {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}
