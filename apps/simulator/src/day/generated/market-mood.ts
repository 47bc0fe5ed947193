import { hashText, SeededRandom } from '../seeded-random.ts';
import { SECTORS } from './universe.ts';

/** What moves many stocks together on one day, minute by minute. */
export interface MarketMood {
  /** Gap of the open against the reference, shared by all. */
  readonly gap: number;
  /** Log return of the market per minute. */
  readonly marketReturns: Float64Array;
  readonly sectorReturns: readonly Float64Array[];
  /** Multiplies every volatility; comes in clusters. */
  readonly turbulence: Float64Array;
}

const MARKET_VOLATILITY = 0.00035;
const SECTOR_VOLATILITY = 0.0002;

export function makeMood(date: string, minutes: number, seed: number): MarketMood {
  const random = new SeededRandom(hashText(`mood:${date}`, seed));
  const turbulence = clusters(minutes, random);
  return {
    gap: 0.006 * random.normal(),
    marketReturns: trendingReturns(minutes, MARKET_VOLATILITY, turbulence, random),
    sectorReturns: Array.from({ length: SECTORS }, () =>
      trendingReturns(minutes, SECTOR_VOLATILITY, turbulence, random),
    ),
    turbulence,
  };
}

/** Volatility remembers itself: a shock raises it for some twenty minutes. */
function clusters(minutes: number, random: SeededRandom): Float64Array {
  const levels = new Float64Array(minutes);
  let heat = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    heat *= 0.95;
    if (random.next() < 0.02) heat += 0.5 + random.next();
    levels[minute] = 0.8 + heat;
  }
  return levels;
}

function trendingReturns(
  minutes: number,
  volatility: number,
  turbulence: Float64Array,
  random: SeededRandom,
): Float64Array {
  const returns = new Float64Array(minutes);
  let drift = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    drift = drift * 0.97 + 0.05 * volatility * random.normal();
    returns[minute] = drift + volatility * (turbulence[minute] ?? 1) * random.normal();
  }
  return returns;
}

/** Trading is busiest after the open and before the close. */
export function busyness(minute: number, minutes: number): number {
  const fromOpen = Math.exp(-minute / 18);
  const toClose = Math.exp(-(minutes - 1 - minute) / 25);
  return 0.55 + 2.6 * fromOpen + 1.1 * toClose;
}
