import { effectiveOn } from './dated.ts';
import { kstInstant } from './kst.ts';
import { AFTER_HOURS_AUCTION_MS, HOURS, RANDOM_END_MS_MAX } from './session-tables.ts';
import type { Session } from './session.ts';
import type { TradeDate } from './trade-date.ts';

const MINUTE_MS = 60_000;

/**
 * Lays a day's hours out as instants. `openDelayMinutes` moves what comes before continuous trading;
 * `shiftMinutes` moves everything but the end of the after-hours single-price session.
 */
export function makeSession(day: {
  readonly date: TradeDate;
  readonly openDelayMinutes: number;
  readonly shiftMinutes: number;
}): Session {
  const { date, openDelayMinutes, shiftMinutes } = day;
  const hours = effectiveOn(HOURS, date);
  const early = (time: string): number =>
    kstInstant(date, time) + (openDelayMinutes + shiftMinutes) * MINUTE_MS;
  const late = (time: string): number => kstInstant(date, time) + shiftMinutes * MINUTE_MS;

  const open = early(hours.openingAuction[1]);
  const closingAuction = {
    from: late(hours.closingAuction[0]),
    to: late(hours.closingAuction[1]),
  };
  return {
    date,
    kind: kindOf(day),
    preOpenClosingPrice: {
      from: early(hours.preOpenClosingPrice[0]),
      to: early(hours.preOpenClosingPrice[1]),
    },
    openingAuction: { from: early(hours.openingAuction[0]), to: open },
    continuous: { from: open, to: closingAuction.from },
    closingAuction,
    postCloseClosingPrice: {
      entryFrom: late(hours.postCloseEntryFrom),
      from: late(hours.postCloseClosingPrice[0]),
      to: late(hours.postCloseClosingPrice[1]),
    },
    afterHoursSinglePrice: {
      from: late(hours.afterHoursSinglePrice[0]),
      to: kstInstant(date, hours.afterHoursSinglePrice[1]),
    },
    afterHoursAuctionMs: AFTER_HOURS_AUCTION_MS,
    randomEndMsMax: RANDOM_END_MS_MAX,
    regular: { from: open, to: closingAuction.to },
  };
}

function kindOf(day: { openDelayMinutes: number; shiftMinutes: number }): Session['kind'] {
  if (day.shiftMinutes > 0) return 'SHIFTED';
  return day.openDelayMinutes > 0 ? 'LATE_OPEN' : 'NORMAL';
}
