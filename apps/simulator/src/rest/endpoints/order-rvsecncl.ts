import { needsPrice, orderTypeOfCode } from '@fleet/krx';
import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { refusal } from '../messages.ts';
import { gatewayRefusal, type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { answerOf, bodyText, conditionPriceOf, wholeNumber } from './order-cash.ts';

/** 주식주문(정정취소): an amend or a cancel is an order of its own, with its own number. */
export const orderReviseCancel: Endpoint = {
  name: 'order-rvsecncl',
  method: 'POST',
  path: '/uapi/domestic-stock/v1/trading/order-rvsecncl',
  live: ['TTTC0013U', 'TTTC0803U'],
  paper: ['VTTC0013U', 'VTTC0803U'],
  onPaper: 'OFFERED',
  required: [
    'CANO',
    'ACNT_PRDT_CD',
    'KRX_FWDG_ORD_ORGNO',
    'ORGN_ODNO',
    'ORD_DVSN',
    'RVSE_CNCL_DVSN_CD',
    'ORD_QTY',
    'ORD_UNPR',
    'QTY_ALL_ORD_YN',
  ],
  needsAccount: true,
  handle: reviseOrCancel,
};

async function reviseOrCancel(request: KisRequest, context: EndpointContext): Promise<KisReply> {
  const profile = context.profile.name;
  const kind = bodyText(request, 'RVSE_CNCL_DVSN_CD');
  const quantity = wholeNumber(bodyText(request, 'ORD_QTY') || '0');
  const price = wholeNumber(bodyText(request, 'ORD_UNPR') || '0');
  if (quantity === undefined || price === undefined || (kind !== '01' && kind !== '02')) {
    return gatewayRefusal('IGW00007');
  }
  const originalNumber = originalOf(request, context);
  if (originalNumber === undefined) return reply(refusal(profile, 'UNKNOWN_ORDER'));
  const isWhole = bodyText(request, 'QTY_ALL_ORD_YN') === 'Y';
  const target = {
    account: context.account,
    originalNumber,
    quantity: isWhole ? undefined : quantity,
  };
  if (kind === '02') {
    return answerOf(context, await context.exchange.cancel(target), 'CANCEL');
  }
  const type = orderTypeOfCode(bodyText(request, 'ORD_DVSN'));
  if (type === undefined) {
    return reply(refusal(profile, 'ORDER_TYPE_NOT_ALLOWED'));
  }
  const conditionPrice = conditionPriceOf(request, type);
  const amend = { ...target, type, price: needsPrice(type) ? price : undefined, conditionPrice };
  return answerOf(context, await context.exchange.amend(amend), 'AMEND');
}

/** Numbers are unique within a branch; a blank branch is taken, as the portal's example shows it. */
function originalOf(request: KisRequest, { profile }: EndpointContext): string | undefined {
  const number = bodyText(request, 'ORGN_ODNO');
  const branch = bodyText(request, 'KRX_FWDG_ORD_ORGNO');
  const isOurs = branch === '' || branch === profile.branch;
  return isOurs && /^\d{1,10}$/.test(number) ? number.padStart(10, '0') : undefined;
}
