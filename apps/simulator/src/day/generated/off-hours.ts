import type { Session } from '@fleet/krx';

import type { OffHoursTrading } from '../day-data.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Character } from './universe.ts';

/** Usual minutes of the regular session that a session outside it is worth. */
const PRE_OPEN_MINUTES = 0.4;
const POST_CLOSE_MINUTES = 1.5;
const SINGLE_PRICE_MINUTES = 0.15;
/** Standard deviation of an auction's move after hours, percent. */
const MOVE_PERCENT = 0.6;

/** Thin trading outside the regular session: prices wander a little from the close. */
export function makeOffHours(
  character: Character,
  referencePrice: number,
  session: Session,
  random: SeededRandom,
): OffHoursTrading {
  const shares = (minutes: number): number =>
    Math.floor(
      (character.minuteTurnover * minutes * Math.exp(0.7 * random.normal())) / referencePrice,
    );
  const { from, to } = session.afterHoursSinglePrice;
  let movePercent = 0;
  const singlePrices = Array.from(
    { length: Math.floor((to - from) / session.afterHoursAuctionMs) },
    () => {
      movePercent += MOVE_PERCENT * random.normal();
      return { movePercent, volume: shares(SINGLE_PRICE_MINUTES) };
    },
  );
  return {
    preOpenVolume: shares(PRE_OPEN_MINUTES),
    postCloseVolume: shares(POST_CLOSE_MINUTES),
    singlePrices,
  };
}
