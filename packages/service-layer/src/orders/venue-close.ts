import type { Order } from '@fleet/domain';
import { kstInstant, nxtSessionOf, type TradeDate, type TradingCalendar } from '@fleet/krx';

/** The last results are in the broker's list within this after a close, market ms. */
const RESULT_LAG_MS = 60_000;

/**
 * From when on (market ms) the list's word about an order is final: its venue has closed and the last
 * results are in. Orders of the after-hours sessions last as long as these; NXT and SOR until 20:00,
 * as does an order of a day on which our calendar knows no market: the broker took it.
 */
export function orderIsOverAt(
  calendar: TradingCalendar,
  date: TradeDate,
  { venue, type }: Pick<Order, 'venue' | 'type'>,
): number {
  if (!calendar.isTradingDay(date)) return kstInstant(date, '20:00') + RESULT_LAG_MS;
  const session = calendar.sessionOf(date);
  const { closingAuction, randomEndMsMax, postCloseClosingPrice, afterHoursSinglePrice } = session;
  const regular = closingAuction.to + randomEndMsMax;
  const close =
    type === 'AFTER_HOURS_SINGLE_PRICE'
      ? afterHoursSinglePrice.to
      : type === 'POST_CLOSE_CLOSING_PRICE'
        ? postCloseClosingPrice.to
        : venue === 'KRX'
          ? regular
          : (nxtSessionOf(session)?.afterMarket.to ?? regular);
  return close + RESULT_LAG_MS;
}
