import { kstInstant } from './kst.ts';
import { type Session, type TimeSpan, isInside } from './session.ts';
import type { TradeDate } from './trade-date.ts';

/** First day of the alternative trading system, of SOR, and of KRX's mid-price and stop-limit orders. */
export const NXT_FIRST_DAY = '2025-03-04';

/** One trading day's hours on NXT, epoch milliseconds. */
export interface NxtSession {
  readonly date: TradeDate;
  /** Absent on days on which KRX opens late. */
  readonly preMarket?: TimeSpan;
  readonly main: TimeSpan;
  readonly closingPrice: TimeSpan;
  /** Collects orders until `continuousFrom`, then trades continuously. */
  readonly afterMarket: TimeSpan & { readonly continuousFrom: number };
}

export type NxtPhase =
  | 'CLOSED'
  | 'NXT_PRE_MARKET'
  | 'NXT_MAIN'
  | 'NXT_AFTER_MARKET_AND_CLOSING_PRICE'
  | 'NXT_AFTER_MARKET';

const MINUTE_MS = 60_000;
/** NXT's main session follows KRX's open by half a minute. */
const MAIN_DELAY_MS = 30_000;

/**
 * NXT's hours on the day of a KRX session; undefined before NXT existed. They hang on KRX's: main
 * from the open + 30 s to the closing auction, after-market from the close to 20:00, which stays on
 * exam days; no pre-market when the open is late (the venue's notices in the press).
 */
export function nxtSessionOf(session: Session): NxtSession | undefined {
  const { date, regular, continuous, postCloseClosingPrice } = session;
  if (date < NXT_FIRST_DAY) return undefined;
  const preMarket = { from: kstInstant(date, '08:00'), to: kstInstant(date, '08:50') };
  return {
    date,
    ...(session.kind === 'NORMAL' ? { preMarket } : {}),
    main: { from: regular.from + MAIN_DELAY_MS, to: continuous.to },
    closingPrice: { from: regular.to, to: postCloseClosingPrice.to },
    afterMarket: {
      from: regular.to,
      continuousFrom: regular.to + 10 * MINUTE_MS,
      to: kstInstant(date, '20:00'),
    },
  };
}

/** The phase on NXT by the clock; CLOSED between its sessions (08:50–09:00:30, 15:20–15:30) too. */
export function nxtPhaseAt(session: NxtSession, instant: number): NxtPhase {
  const { preMarket, main, closingPrice, afterMarket } = session;
  if (preMarket !== undefined && isInside(preMarket, instant)) return 'NXT_PRE_MARKET';
  if (isInside(main, instant)) return 'NXT_MAIN';
  if (isInside(closingPrice, instant)) return 'NXT_AFTER_MARKET_AND_CLOSING_PRICE';
  return isInside(afterMarket, instant) ? 'NXT_AFTER_MARKET' : 'CLOSED';
}
