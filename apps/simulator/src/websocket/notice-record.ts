import { kstCompactTime, orderTypeCode, type OrderType } from '@fleet/krx';
import type { Notice } from '../exchange/types.ts';
import { zeros } from '../rest/fields.ts';

/** 26 columns since NXT opened, 23 before; clients of that time still read the shorter record. */
export type NoticeWidth = 23 | 26;

export interface NoticeContext {
  readonly width: NoticeWidth;
  readonly htsId: string;
  readonly accountName: string;
  readonly instrumentName: string;
}

/**
 * Records of H0STCNI0 / H0STCNI9 before encryption, in order. An amend and a cancel are told twice,
 * as at KIS: taken by the broker, then confirmed by the exchange.
 */
export function noticeRecords(notice: Notice, context: NoticeContext): readonly string[] {
  const confirmed = ACCEPTANCE[notice.kind];
  const isTwice = notice.kind === 'AMENDED' || notice.kind === 'CANCELED';
  const told = isTwice ? [ACCEPTANCE.ACCEPTED, confirmed] : [confirmed];
  return told.map((acceptance) => noticeRecord(notice, acceptance, context));
}

function noticeRecord(notice: Notice, acceptance: string, context: NoticeContext): string {
  const { order } = notice;
  const isFill = notice.kind === 'FILL';
  return [
    context.htsId,
    order.account,
    order.number,
    order.originalNumber ?? '',
    order.side === 'SELL' ? '01' : '02',
    REVISION[order.request],
    orderTypeCode(order.type),
    condition(order.type),
    order.symbol,
    zeros(notice.quantity, 10),
    zeros(notice.price, 9),
    kstCompactTime(notice.at),
    notice.kind === 'REJECTED' ? '1' : '0',
    isFill ? '2' : '1',
    acceptance,
    order.branch,
    zeros(order.quantity, 9),
    context.accountName,
    ...tail(context, isFill ? zeros(order.price ?? 0, 9) : ''),
  ].join('^');
}

/** From column 19 on the layouts differ. Only fills carry the order's price. */
function tail({ width, instrumentName }: NoticeContext, orderPrice: string): readonly string[] {
  if (width === 23) return [instrumentName, '10', '', instrumentName, orderPrice];
  return ['', '1', 'Y', '', '10', '', instrumentName, orderPrice];
}

/** RCTF_CLS: 0 order, 1 amend, 2 cancel. */
const REVISION = { NEW: '0', AMEND: '1', CANCEL: '2' } as const;

/** ACPT_YN: 1 accepted, 2 confirmed, 3 rest cancelled by IOC or FOK. */
const ACCEPTANCE: Readonly<Record<Notice['kind'], string>> = {
  ACCEPTED: '1',
  REJECTED: '1',
  AMENDED: '2',
  CANCELED: '2',
  FILL: '2',
  EXPIRED_IOC: '3',
};

/** ODER_COND: 0 none, 1 IOC, 2 FOK. */
function condition(type: OrderType): string {
  if (type.endsWith('_IOC')) return '1';
  return type.endsWith('_FOK') ? '2' : '0';
}
