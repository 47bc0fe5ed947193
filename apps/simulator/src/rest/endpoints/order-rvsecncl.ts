import { needsPrice, orderTypeOfCode } from '@fleet/krx';
import type { SubmitResult } from '../../exchange/types.ts';
import type { Endpoint, EndpointContext } from '../endpoint.ts';
import { refusal } from '../messages.ts';
import { gatewayRefusal, type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';
import { answerOf, bodyText, wholeNumber } from './order-cash.ts';

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
  const marketMs = context.exchange.now();
  const kind = bodyText(request, 'RVSE_CNCL_DVSN_CD');
  const result = await act(request, context, kind);
  const what = kind === '01' ? 'AMEND' : 'CANCEL';
  const answer = isResult(result) ? answerOf(context, result, what) : undefined;
  const refused = isResult(result) ? undefined : result;
  context.arrivals.record({
    request: what,
    trId: request.header('tr_id'),
    symbol: undefined,
    side: undefined,
    quantity: bodyText(request, 'ORD_QTY'),
    price: bodyText(request, 'ORD_UNPR'),
    originalNumber: bodyText(request, 'ORGN_ODNO'),
    marketMs,
    outcome: answer?.outcome ?? 'IGW00007',
    number: answer?.number,
  });
  return answer?.reply ?? refused ?? gatewayRefusal('IGW00007');
}

/** The exchange's result, or a refusal before it. */
async function act(
  request: KisRequest,
  context: EndpointContext,
  kind: string,
): Promise<SubmitResult | KisReply> {
  const original = bodyText(request, 'ORGN_ODNO');
  const sent = wholeNumber(bodyText(request, 'ORD_QTY') || '0');
  const price = wholeNumber(bodyText(request, 'ORD_UNPR') || '0');
  const isWhole = bodyText(request, 'QTY_ALL_ORD_YN') === 'Y';
  if (sent === undefined || price === undefined || (kind !== '01' && kind !== '02')) {
    return gatewayRefusal('IGW00007');
  }
  const branch = bodyText(request, 'KRX_FWDG_ORD_ORGNO');
  // An order number is unique within its branch; a blank branch is taken, as the portal shows it.
  if (!/^\d{1,10}$/.test(original) || (branch !== '' && branch !== context.profile.branch)) {
    return reply(refusal(context.profile.name, 'UNKNOWN_ORDER'));
  }
  const target = {
    account: context.account,
    originalNumber: original.padStart(10, '0'),
    quantity: isWhole ? undefined : sent,
  };
  if (kind === '02') return await context.exchange.cancel(target);
  const type = orderTypeOfCode(bodyText(request, 'ORD_DVSN'));
  if (type === undefined || type === 'STOP_LIMIT') {
    return reply(refusal(context.profile.name, 'ORDER_TYPE_NOT_ALLOWED'));
  }
  const amend = { ...target, type, price: needsPrice(type) ? price : undefined };
  return await context.exchange.amend(amend);
}

function isResult(value: SubmitResult | KisReply): value is SubmitResult {
  return 'accepted' in value;
}
