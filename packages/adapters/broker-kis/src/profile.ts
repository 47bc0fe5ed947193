import type { Venue } from '@fleet/krx';

/** What we ask KIS for; the profile says under which TR id, if at all. */
export type KisOperation =
  | 'orderBuy'
  | 'orderSell'
  | 'orderChange'
  | 'orderList'
  | 'orderListArchive'
  | 'balance'
  | 'buyingPower'
  | 'quote'
  | 'quotes'
  | 'orderBook'
  | 'minuteCandles'
  | 'turnoverRank'
  | 'holidays';

export type FeedTopic = 'trade' | 'book' | 'notice';

/**
 * Everything in which KIS's live and paper servers differ. No other code asks which one it talks
 * to: it reads a value here. An undefined TR id means the server does not offer the operation.
 */
export interface KisProfile {
  readonly name: 'live' | 'paper';
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly masterUrl: string;
  readonly trIds: Readonly<Record<KisOperation, string | undefined>>;
  readonly feedTrIds: Readonly<Record<FeedTopic, string>>;
  readonly venues: readonly Venue[];
  /** EXCG_ID_DVSN_CD of the order list. */
  readonly orderListExchange: 'ALL' | 'KRX';
  /** Rows of a full page: after one, an answer that does not say whether it is the last is not. */
  readonly pageSizes: { readonly orders: number; readonly balance: number };
  /** How long an answer may take, real milliseconds. */
  readonly answerDeadlineMs: number;
  /** Notice of 2026-04-20; 20 and 2 before. The gateway's budget starts from it. */
  readonly callsPerSecond: number;
  /** Registrations a session may hold, over all TRs (measured 2026-08-17). */
  readonly registrationsMax: number;
  /** Pause between two register messages, broker milliseconds. */
  readonly registerSpacingMs: number;
}

const MASTER_URL = 'https://new.real.download.dws.co.kr/common/master';

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}

export const LIVE_PROFILE: KisProfile = deepFreeze({
  name: 'live',
  restUrl: 'https://openapi.koreainvestment.com:9443',
  wsUrl: 'ws://ops.koreainvestment.com:21000/tryitout',
  masterUrl: MASTER_URL,
  trIds: {
    orderBuy: 'TTTC0012U',
    orderSell: 'TTTC0011U',
    orderChange: 'TTTC0013U',
    orderList: 'TTTC0081R',
    orderListArchive: 'CTSC9215R',
    balance: 'TTTC8434R',
    buyingPower: 'TTTC8908R',
    quote: 'FHKST01010100',
    quotes: 'FHKST11300006',
    orderBook: 'FHKST01010200',
    minuteCandles: 'FHKST03010200',
    turnoverRank: 'FHPST01710000',
    holidays: 'CTCA0903R',
  },
  feedTrIds: { trade: 'H0STCNT0', book: 'H0STASP0', notice: 'H0STCNI0' },
  venues: ['KRX', 'NXT', 'SOR'],
  orderListExchange: 'ALL',
  pageSizes: { orders: 100, balance: 50 },
  answerDeadlineMs: 10_000,
  callsPerSecond: 18,
  registrationsMax: 41,
  registerSpacingMs: 50,
});

export const PAPER_PROFILE: KisProfile = deepFreeze({
  name: 'paper',
  restUrl: 'https://openapivts.koreainvestment.com:29443',
  wsUrl: 'ws://ops.koreainvestment.com:31000/tryitout',
  masterUrl: MASTER_URL,
  trIds: {
    orderBuy: 'VTTC0012U',
    orderSell: 'VTTC0011U',
    orderChange: 'VTTC0013U',
    orderList: 'VTTC0081R',
    orderListArchive: 'VTSC9215R',
    balance: 'VTTC8434R',
    buyingPower: 'VTTC8908R',
    quote: 'FHKST01010100',
    quotes: undefined,
    orderBook: 'FHKST01010200',
    minuteCandles: 'FHKST03010200',
    turnoverRank: undefined,
    holidays: undefined,
  },
  feedTrIds: { trade: 'H0STCNT0', book: 'H0STASP0', notice: 'H0STCNI9' },
  venues: ['KRX'],
  orderListExchange: 'KRX',
  pageSizes: { orders: 15, balance: 20 },
  answerDeadlineMs: 15_000,
  callsPerSecond: 1,
  registrationsMax: 41,
  registerSpacingMs: 100,
});

/** The operations that the server does not offer. */
export function unsupportedOperations(profile: KisProfile): ReadonlySet<string> {
  return new Set(
    Object.entries(profile.trIds)
      .filter(([, trId]) => trId === undefined)
      .map(([operation]) => operation),
  );
}
