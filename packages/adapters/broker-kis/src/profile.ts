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
  | 'sellable'
  | 'quote'
  | 'quotes'
  | 'orderBook'
  | 'minuteCandles'
  | 'pastMinuteCandles'
  | 'dailyCandles'
  | 'volumeRank'
  | 'fluctuationRank'
  | 'conditions'
  | 'conditionHits'
  | 'interruptions'
  | 'instrumentInfo'
  | 'marketTime'
  | 'holidays';

export type FeedTopic = 'trade' | 'book' | 'notice';

/**
 * Everything in which KIS's live and paper servers differ, but for addresses, keys and pace, which are
 * settings. No other code asks which one it talks to: it reads a value here. An undefined TR id means the server does not offer the operation.
 */
export interface KisProfile {
  readonly name: 'live' | 'paper';
  readonly trIds: Readonly<Record<KisOperation, string | undefined>>;
  readonly feedTrIds: Readonly<Record<FeedTopic, string>>;
  /** Halts, interruptions and market phases of a stock; undefined: the server does not tell. */
  readonly marketStateTrId: string | undefined;
  readonly venues: readonly Venue[];
  /** FID_COND_MRKT_DIV_CODE of quotes and charts: J KRX, NX NXT, UN both merged. */
  readonly marketCode: 'J' | 'NX' | 'UN';
  /** EXCG_ID_DVSN_CD of the order list. */
  readonly orderListExchange: 'ALL' | 'KRX';
  /** Rows of a full page: after one, an answer that does not say whether it is the last is not. */
  readonly pageSizes: { readonly orders: number; readonly balance: number };
  /** How long an answer may take, real milliseconds. */
  readonly answerDeadlineMs: number;
  /** Registrations a session may hold, over all TRs (measured 2026-08-17). */
  readonly registrationsMax: number;
  /** Pause between two register messages, broker milliseconds. */
  readonly registerSpacingMs: number;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}

export const LIVE_PROFILE: KisProfile = deepFreeze({
  name: 'live',
  trIds: {
    orderBuy: 'TTTC0012U',
    orderSell: 'TTTC0011U',
    orderChange: 'TTTC0013U',
    orderList: 'TTTC0081R',
    orderListArchive: 'CTSC9215R',
    balance: 'TTTC8434R',
    buyingPower: 'TTTC8908R',
    sellable: 'TTTC8408R',
    quote: 'FHKST01010100',
    quotes: 'FHKST11300006',
    orderBook: 'FHKST01010200',
    minuteCandles: 'FHKST03010200',
    pastMinuteCandles: 'FHKST03010230',
    dailyCandles: 'FHKST03010100',
    volumeRank: 'FHPST01710000',
    fluctuationRank: 'FHPST01700000',
    conditions: 'HHKST03900300',
    conditionHits: 'HHKST03900400',
    interruptions: 'FHPST01390000',
    instrumentInfo: 'CTPF1002R',
    marketTime: 'HHMCM000002C0',
    holidays: 'CTCA0903R',
  },
  feedTrIds: { trade: 'H0STCNT0', book: 'H0STASP0', notice: 'H0STCNI0' },
  marketStateTrId: 'H0STMKO0',
  venues: ['KRX', 'NXT', 'SOR'],
  marketCode: 'J',
  orderListExchange: 'ALL',
  pageSizes: { orders: 100, balance: 50 },
  answerDeadlineMs: 10_000,
  registrationsMax: 41,
  registerSpacingMs: 50,
});

export const PAPER_PROFILE: KisProfile = deepFreeze({
  name: 'paper',
  trIds: {
    orderBuy: 'VTTC0012U',
    orderSell: 'VTTC0011U',
    orderChange: 'VTTC0013U',
    orderList: 'VTTC0081R',
    orderListArchive: 'VTSC9215R',
    balance: 'VTTC8434R',
    buyingPower: 'VTTC8908R',
    sellable: undefined,
    quote: 'FHKST01010100',
    quotes: undefined,
    orderBook: 'FHKST01010200',
    minuteCandles: 'FHKST03010200',
    pastMinuteCandles: undefined,
    dailyCandles: 'FHKST03010100',
    volumeRank: undefined,
    fluctuationRank: undefined,
    conditions: undefined,
    conditionHits: undefined,
    interruptions: undefined,
    instrumentInfo: undefined,
    marketTime: undefined,
    holidays: undefined,
  },
  feedTrIds: { trade: 'H0STCNT0', book: 'H0STASP0', notice: 'H0STCNI9' },
  marketStateTrId: undefined,
  venues: ['KRX'],
  marketCode: 'J',
  orderListExchange: 'KRX',
  pageSizes: { orders: 15, balance: 20 },
  answerDeadlineMs: 15_000,
  registrationsMax: 41,
  registerSpacingMs: 100,
});

const MARKET_CODES = { KRX: 'J', NXT: 'NX', SOR: 'UN' } as const;
const VENUE_TOPICS = {
  NXT: { trade: 'H0NXCNT0', book: 'H0NXASP0' },
  SOR: { trade: 'H0UNCNT0', book: 'H0UNASP0' },
} as const;
/** H0UNMKO0 is documented without the column of the stock; a record without it is rejected. */
const VENUE_MARKET_STATES = { NXT: 'H0NXMKO0', SOR: 'H0UNMKO0' } as const;

/**
 * The profile as seen from a venue: quotes, charts and ticks come from where the orders go. SOR may
 * fill at either place, so it sees both merged. @throws RangeError where the server has no such venue
 */
export function profileAt(profile: KisProfile, venue: Venue): KisProfile {
  if (!profile.venues.includes(venue)) {
    throw new RangeError(`${profile.name} does not trade at ${venue}`);
  }
  if (venue === 'KRX') return profile;
  const feedTrIds = { ...profile.feedTrIds, ...VENUE_TOPICS[venue] };
  const marketStateTrId = VENUE_MARKET_STATES[venue];
  return deepFreeze({ ...profile, marketCode: MARKET_CODES[venue], feedTrIds, marketStateTrId });
}

/** Ranks are made of one market; KIS has none of the merged one. */
export function rankMarket({ marketCode }: KisProfile): 'J' | 'NX' {
  return marketCode === 'NX' ? 'NX' : 'J';
}

/** The operations that the server does not offer. */
export function unsupportedOperations(profile: KisProfile): ReadonlySet<string> {
  return new Set(
    Object.entries(profile.trIds)
      .filter(([, trId]) => trId === undefined)
      .map(([operation]) => operation),
  );
}
