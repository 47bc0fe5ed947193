import type { RefusalReason, Side } from '../exchange/types.ts';
import type { ProfileName } from './profile.ts';
import { type Message, padMessage } from './reply.ts';

/** Codes and texts of both servers, one place. Live and paper answer with different families. */
type Both = Readonly<Record<ProfileName, Message>>;

function message(rtCode: string, code: string, text: string): Message {
  return { rtCode, code, text };
}

/** Market data, the same on both servers. */
export const QUOTE_OK: Message = message('0', 'MCA00000', '정상처리 되었습니다.');
export const BAD_SYMBOL: Message = message('1', 'MCA05918', '종목코드 오류입니다.');
/** More rows follow (chk-holiday). */
export const MORE_FOLLOWS: Message = message(
  '0',
  'KIOK0500',
  padMessage('조회가 계속됩니다..다음버튼을 Click 하십시오.'),
);

const LEDGER_OK: Both = {
  live: message('0', 'KIOK0510', padMessage('조회가 완료되었습니다')),
  paper: message('0', '20310000', padMessage('모의투자 조회가 완료되었습니다.')),
};

const LEDGER_EMPTY: Both = {
  live: message('0', 'KIOK0560', padMessage('조회할 내용이 없습니다')),
  paper: message('0', '70070000', padMessage('모의투자 조회할 내역(자료)이 없습니다.')),
};

/** Answer of a ledger query, by whether it has rows. */
export function ledgerMessage(profile: ProfileName, hasRows: boolean): Message {
  return (hasRows ? LEDGER_OK : LEDGER_EMPTY)[profile];
}

const LIVE_ACCEPTED: Message = message('0', 'APBK0013', '주문 전송 완료 되었습니다.');

const PAPER_ACCEPTED = {
  BUY: message('0', '40600000', '모의투자 매수주문이 완료 되었습니다.'),
  SELL: message('0', '40590000', '모의투자 매도주문이 완료 되었습니다.'),
  AMEND: message('0', '40620000', '모의투자 정정주문이 완료 되었습니다.'),
  CANCEL: message('0', '40630000', '모의투자 취소주문이 완료 되었습니다.'),
} as const;

export function orderAccepted(profile: ProfileName, what: Side | 'AMEND' | 'CANCEL'): Message {
  return profile === 'live' ? LIVE_ACCEPTED : PAPER_ACCEPTED[what];
}

/** The business is not offered on paper at all. */
export const NOT_ON_PAPER: Message = message(
  '1',
  '90000000',
  '모의투자에서는 해당업무가 제공되지 않습니다.',
);

export const WRONG_ACCOUNT: Both = {
  live: message('1', 'APTR0058', '해당 계좌는 고객님의 계좌가 아닙니다.'),
  paper: message('1', 'IGW00002', '계좌불일치'),
};
export const MALFORMED_ACCOUNT: Message = message(
  '2',
  'OPSQ2000',
  'ERROR : INPUT INVALID_CHECK_ACNO',
);
export const BAD_MARKET_CODE: Message = message(
  '2',
  'OPSQ2001',
  'ERROR : INPUT INVALID MRKT_DIV_CODE',
);

export function missingInput(name: string): Message {
  return name.startsWith('FID_')
    ? message('2', 'OPSQ2001', `ERROR : INPUT FIELD NOT FOUND [${name}]`)
    : message('7', 'APMP0001', `필수입력값이 없습니다. [${name}]`);
}

export function badInput(name: string): Message {
  return message('2', 'OPSQ2002', `ERROR INVALID INPUT_FILED_SIZE [${name}]`);
}

/** A page key that does not belong to this query. */
export const CHANGED_SINCE: Message = message(
  '1',
  'KIER2621',
  padMessage('조회이후에 자료가 변경되었습니다.(다시 조회하세요)'),
);

// Live codes for tick, limit, type and halt refusals are not public: APBK0957 is "order refused".
const REFUSALS: Readonly<Record<RefusalReason, Both>> = {
  UNKNOWN_SYMBOL: {
    live: message('1', 'APBK0656', '해당종목정보가 없습니다.'),
    paper: message('1', '40070000', '모의투자 주문처리가 안되었습니다(매매불가 종목)'),
  },
  MARKET_NOT_OPEN_YET: {
    live: message('1', 'APBK0918', '장운영시간이 아닙니다.(주문불가)'),
    paper: message('1', '40570000', '모의투자 장시작전 입니다.'),
  },
  MARKET_CLOSED: {
    live: message('1', 'APBK0918', '장운영시간이 아닙니다.(주문불가)'),
    paper: message('1', '40580000', '모의투자 장종료 입니다.'),
  },
  NOT_A_TRADING_DAY: {
    live: message('1', 'APBK0919', '장운영일자가 주문일과 상이합니다'),
    paper: message('1', '40100000', '모의투자 영업일이 아닙니다.'),
  },
  ORDER_TYPE_NOT_ALLOWED: {
    live: message('1', 'APBK0957', '주문구분 오류로 주문이 불가합니다.'),
    paper: message('1', '40030000', '모의투자 주문처리가 안되었습니다(주문구분 오류)'),
  },
  OFF_TICK: {
    live: message('1', 'APBK0957', '호가단위 오류로 주문이 불가합니다.'),
    paper: message('1', '40030000', '모의투자 주문처리가 안되었습니다(호가단위 오류)'),
  },
  BEYOND_LIMIT: {
    live: message('1', 'APBK0957', '상/하한가 오류로 주문이 불가합니다.'),
    paper: message('1', '40270000', '모의투자 주문처리가 안되었습니다(상/하한가 오류)'),
  },
  BAD_QUANTITY: {
    live: message('7', 'APMP0001', '필수입력값이 없습니다. [ORD_QTY]'),
    paper: message('1', '40030000', '모의투자 주문처리가 안되었습니다(주문수량 오류)'),
  },
  HALTED: {
    live: message('1', 'APBK0957', '거래정지 종목으로 주문이 불가합니다.'),
    paper: message('1', '40070000', '모의투자 주문처리가 안되었습니다(매매불가 종목)'),
  },
  NO_CASH: {
    live: message('7', 'APBK0952', '주문가능금액을 초과 했습니다'),
    paper: message('1', '40250000', '모의투자 주문가능금액이 부족합니다.'),
  },
  NO_SHARES: {
    live: message('1', 'APBK0400', '주문 가능한 수량을 초과하였습니다.'),
    paper: message('1', '40240000', '모의투자 잔고내역이 없습니다.'),
  },
  NOTHING_TO_CHANGE: {
    live: message('7', 'APBK1359', '정정취소할 수량이 없습니다.'),
    paper: message('1', '40330000', '모의투자 정정/취소할 수량이 없습니다.'),
  },
  QUANTITY_ABOVE_REST: {
    live: message('7', 'APBK1359', '정정취소수량이 주문수량보다 많습니다'),
    paper: message('1', '40430000', '모의투자 취소수량이 취소가능수량을 초과하였습니다.'),
  },
  UNKNOWN_ORDER: {
    live: message('1', 'KIER2620', '조회할 자료가 없습니다'),
    paper: message('1', '40330000', '모의투자 정정/취소할 수량이 없습니다.'),
  },
};

/** How each server words a refusal of the exchange or the ledger. */
export function refusal(profile: ProfileName, reason: RefusalReason): Message {
  return REFUSALS[reason][profile];
}
