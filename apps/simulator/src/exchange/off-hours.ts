import { afterHoursPriceLimits, type OrderType, type TimeSpan } from '@fleet/krx';

import type { OffHoursTrading } from '../day/day-data.ts';
import { unitNoise } from '../day/seeded-random.ts';
import type { SymbolTape } from './symbol-tape.ts';
import type { TickSteps } from './tick-steps.ts';

/** One match outside the regular session. */
export interface OffHoursMatch {
  readonly at: number;
  readonly type: OrderType;
  /** What the whole market trades in it. */
  readonly volume: number;
  /** Asked at `at`; undefined when there is no price to trade at. */
  readonly price: () => number | undefined;
}

/** The closing-price sessions match all the time; here so many times. */
const CLOSING_PRICE_MATCHES = 5;
const NOISE_SALT = 900;

/**
 * What the day has outside the regular session, in time order; nothing for a day that does not tell
 * (a file of the regular session's bars): then those orders honestly never trade. These sessions
 * print nothing on the tape: volume, high, low and close are the regular session's.
 */
export function offHoursMatches(
  trading: OffHoursTrading | undefined,
  tape: SymbolTape,
  ticks: TickSteps,
): readonly OffHoursMatch[] {
  if (trading === undefined) return [];
  const { session, instrument } = tape;
  const { preOpenClosingPrice, postCloseClosingPrice, afterHoursSinglePrice } = session;
  const close = (): number | undefined => tape.last;
  const spread = (span: TimeSpan, salt: number, match: Omit<OffHoursMatch, 'at'>) =>
    spreadOver(span, match, (index) => unitNoise(tape.hash, NOISE_SALT + salt + index));
  const reference = (): number => instrument.referencePrice;
  return [
    ...(preOpenClosingPrice === undefined
      ? []
      : spread(preOpenClosingPrice, 0, {
          type: 'PRE_OPEN_CLOSING_PRICE',
          volume: trading.preOpenVolume,
          price: reference,
        })),
    ...spread(postCloseClosingPrice, 50, {
      type: 'POST_CLOSE_CLOSING_PRICE',
      volume: trading.postCloseVolume,
      price: close,
    }),
    ...trading.singlePrices.map(({ movePercent, volume }, index) => ({
      at: afterHoursSinglePrice.from + (index + 1) * session.afterHoursAuctionMs,
      type: 'AFTER_HOURS_SINGLE_PRICE' as const,
      volume,
      price: () => singlePrice(tape, ticks, movePercent),
    })),
  ].filter(({ at }) => at <= afterHoursSinglePrice.to);
}

function spreadOver(
  span: TimeSpan,
  match: Omit<OffHoursMatch, 'at'>,
  noise: (index: number) => number,
): readonly OffHoursMatch[] {
  const step = (span.to - span.from) / CLOSING_PRICE_MATCHES;
  return Array.from({ length: CLOSING_PRICE_MATCHES }, (_, index) => ({
    ...match,
    at: Math.floor(span.from + step * (index + noise(index))),
    volume: Math.floor(match.volume / CLOSING_PRICE_MATCHES),
  }));
}

function singlePrice(
  { instrument, session, last }: SymbolTape,
  ticks: TickSteps,
  movePercent: number,
): number | undefined {
  if (last === undefined) return undefined;
  const dayLimits = { upper: instrument.upperLimit, lower: instrument.lowerLimit };
  const { date } = session;
  const { upper, lower } = afterHoursPriceLimits({ close: last, dayLimits, instrument, date });
  const moved = ticks.round(Math.round(last * (1 + movePercent / 100)), 'nearest');
  return Math.min(upper, Math.max(lower, moved));
}
