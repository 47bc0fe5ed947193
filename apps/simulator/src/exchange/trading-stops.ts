import type { Session, TimeSpan } from '@fleet/krx';

import type { MarketBreak } from '../day/day-data.ts';

/** A stretch in which a symbol does not trade: a halt, then perhaps a call auction. */
export interface TradingStop {
  readonly from: number;
  /** Nothing at all before this; from here orders gather. */
  readonly auctionFrom: number;
  /** When what gathered is matched at one price; Infinity: never. */
  readonly to: number;
}

/** A halt of one stock ends with a single price at once; a circuit breaker with a call auction. */
export function tradingStops(options: {
  readonly halts: readonly TimeSpan[];
  readonly breaks: readonly MarketBreak[];
  /** 0 … 1; auctions end at a random moment. */
  readonly noise: number;
  readonly session: Session;
}): readonly TradingStop[] {
  const { halts, breaks, noise, session } = options;
  const randomEnd = Math.floor(noise * session.randomEndMsMax);
  return [
    ...halts.map(({ from, to }) => ({ from, auctionFrom: to, to })),
    ...breaks.map(({ from, auctionFrom, auctionTo }) => ({
      from,
      auctionFrom,
      to: auctionTo + randomEnd,
    })),
  ].toSorted((a, b) => a.from - b.from);
}

export function stopAt(stops: readonly TradingStop[], instant: number): TradingStop | undefined {
  for (const stop of stops) if (instant >= stop.from && instant < stop.to) return stop;
  return undefined;
}

/**
 * When a trade due at the instant can be matched; undefined: at once. A stop that reaches into the
 * closing auction ends with it; one that outlasts it leaves nothing to match.
 */
export function resumesAt(
  stops: readonly TradingStop[],
  instant: number,
  day: { readonly session: Session; readonly closingAt: number },
): number | undefined {
  let at = instant;
  for (let stop = stopAt(stops, at); stop !== undefined; stop = stopAt(stops, at)) {
    if (stop.auctionFrom > day.session.closingAuction.to) return Number.POSITIVE_INFINITY;
    at = Math.min(stop.to, Math.max(day.closingAt, stop.auctionFrom));
    if (at >= day.session.closingAuction.from) {
      return day.closingAt < instant ? Number.POSITIVE_INFINITY : day.closingAt;
    }
  }
  return at === instant ? undefined : at;
}
