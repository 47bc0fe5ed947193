import { type Message, padMessage } from './reply.ts';

/**
 * Refusals of the ledger that nothing in this exchange causes (overseas orders, pension accounts,
 * education requirements, reserved orders, blocked accounts): fault rules answer with them.
 */
const REFUSALS: Readonly<Record<string, string>> = {
  APBK0955: '주문 가능한 수량을 초과하였습니다.',
  APBK0988: '주문 가능한 금액을 초과하였습니다.',
  APBK1234: '잔고가 부족합니다.',
  APBK1664: '해외 거래소 장운영시간이 아닙니다.',
  APBK1680: '레버리지 ETF/ETN 사전교육 이수 후 거래가 가능합니다.',
  APBK1681: '레버리지 ETF/ETN 기본예탁금이 부족합니다.',
  APBK1744: '연금계좌는 해당 서비스를 이용하실 수 없습니다.',
  KIER2620: '조회할 자료가 없습니다',
  KIER2621: '조회이후에 자료가 변경되었습니다.(다시 조회하세요)',
  '40310000': '모의투자 주문가능금액이 부족합니다.',
  '40490000': '모의투자 예약주문 시간이 아닙니다.',
  '40910000': '모의투자 주문이 불가능한 상태입니다.',
};

/** Undefined: not a code of the ledger's refusals. */
export function ledgerRefusal(code: string): Message | undefined {
  const text = REFUSALS[code];
  return text === undefined ? undefined : { rtCode: '1', code, text: padMessage(text) };
}
