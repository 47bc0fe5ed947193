import type { Session } from '@fleet/krx';

import type { Instrument, Quote } from './types.ts';

export type UnsellableReason = 'LOWER_LIMIT' | 'HALTED' | 'NO_TRADES';

/** Minutes of the regular session without a trade after which nobody is there to sell to. */
const QUIET_MINUTES = 10;

/**
 * Why a holding cannot be sold now, from what everybody sees; undefined when it can. At the lower
 * limit there are no bids; a stock that has not traded for a while fills nothing. After the close the
 * state at the close counts.
 */
export function unsellableReason(question: {
  readonly quote: Quote;
  readonly instrument: Instrument;
  readonly session: Session;
  readonly now: number;
}): UnsellableReason | undefined {
  const { quote, instrument, session, now } = question;
  if (quote.halted) return 'HALTED';
  // Its auction has not spoken yet.
  if (quote.volatilityInterrupted) return undefined;
  if (quote.last !== undefined && quote.last <= instrument.lowerLimit) return 'LOWER_LIMIT';
  const isLastTradeClosing = (quote.lastTradedAt ?? 0) >= session.closingAuction.to;
  if (isLastTradeClosing) return undefined;
  // Nothing trades between 15:20 and the closing auction's result, whatever the stock.
  const afterClose = now >= session.closingAuction.to + session.randomEndMsMax;
  const lookFrom = afterClose ? now : Math.min(now, session.continuous.to);
  const quietFrom = Math.max(session.regular.from, lookFrom - QUIET_MINUTES * 60_000);
  if (now < session.regular.from + session.randomEndMsMax) return undefined;
  return (quote.lastTradedAt ?? 0) < quietFrom ? 'NO_TRADES' : undefined;
}
