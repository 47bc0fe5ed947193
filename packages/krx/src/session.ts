import type { TradeDate } from './trade-date.ts';

/** Half-open: `from` is inside, `to` is not. Epoch milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** One trading day's hours on KRX. All instants are epoch milliseconds. */
export interface Session {
  readonly date: TradeDate;
  readonly kind: 'NORMAL' | 'LATE_OPEN' | 'SHIFTED';
  /** 장전 시간외 종가: trades at the previous close. */
  readonly preOpenClosingPrice?: TimeSpan;
  readonly openingAuction: TimeSpan;
  /** Continuous trading, between the two auctions. */
  readonly continuous: TimeSpan;
  readonly closingAuction: TimeSpan;
  /** 장후 시간외 종가: trades at today's close between `from` and `to`; orders enter from `entryFrom`. */
  readonly postCloseClosingPrice: TimeSpan & { readonly entryFrom: number };
  /** 시간외 단일가: a call auction every `afterHoursAuctionMs`. */
  readonly afterHoursSinglePrice: TimeSpan;
  readonly afterHoursAuctionMs: number;
  /** Both auctions end at a random moment up to this much after their `to`. */
  readonly randomEndMsMax: number;
  /** The regular session: from the open (end of the opening auction) to the close. */
  readonly regular: TimeSpan;
}

export type MarketPhase =
  | 'CLOSED'
  | 'PRE_OPEN_CLOSING_PRICE'
  | 'OPENING_AUCTION'
  | 'CONTINUOUS'
  | 'CLOSING_AUCTION'
  | 'POST_CLOSE_ENTRY'
  | 'POST_CLOSE_CLOSING_PRICE'
  | 'AFTER_HOURS_SINGLE_PRICE';

/**
 * The phase by the clock. While the pre-open closing-price session and the opening auction overlap
 * (08:30–08:40) the answer is PRE_OPEN_CLOSING_PRICE, a phase in which auction orders are accepted
 * too. An auction's random end is not known here: at `closingAuction.to` the phase moves on although
 * the closing price may come up to `randomEndMsMax` later.
 */
export function phaseAt(session: Session, instant: number): MarketPhase {
  const { preOpenClosingPrice, postCloseClosingPrice } = session;
  if (preOpenClosingPrice !== undefined && isInside(preOpenClosingPrice, instant)) {
    return 'PRE_OPEN_CLOSING_PRICE';
  }
  if (isInside(session.openingAuction, instant)) return 'OPENING_AUCTION';
  if (isInside(session.continuous, instant)) return 'CONTINUOUS';
  if (isInside(session.closingAuction, instant)) return 'CLOSING_AUCTION';
  if (isInside(postCloseClosingPrice, instant)) return 'POST_CLOSE_CLOSING_PRICE';
  if (instant >= postCloseClosingPrice.entryFrom && instant < postCloseClosingPrice.from) {
    return 'POST_CLOSE_ENTRY';
  }
  if (isInside(session.afterHoursSinglePrice, instant)) return 'AFTER_HOURS_SINGLE_PRICE';
  return 'CLOSED';
}

export function isInside(span: TimeSpan, instant: number): boolean {
  return instant >= span.from && instant < span.to;
}
