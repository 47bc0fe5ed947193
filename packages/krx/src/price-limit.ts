import { Decimal } from 'decimal.js';
import { type Dated, effectiveOn } from './dated.ts';
import type { InstrumentClass } from './instrument.ts';
import { KrxRuleError } from './krx-rule-error.ts';
import { roundToTick, tickSize } from './tick-size.ts';
import type { TradeDate } from './trade-date.ts';

/** Won; both ends are valid prices and may be traded at. */
export interface PriceLimits {
  readonly upper: number;
  readonly lower: number;
}

interface LimitRates extends Dated {
  readonly mainBoards: string;
  readonly konex: string;
}

const LIMIT_RATES: readonly [LimitRates, ...LimitRates[]] = [
  { from: '1998-12-07', mainBoards: '0.15', konex: '0.15' },
  // KOSPI and KOSDAQ widened to 30 % (exchange's rule). KONEX stayed: in March 2026 its prices
  // touched exactly these limits 181 times and never passed them.
  { from: '2015-06-15', mainBoards: '0.30', konex: '0.15' },
];

const AFTER_HOURS_RATE = '0.10';

/** The `upper` of what has no limit: the largest whole number of won on a 10-won grid. */
export const NO_UPPER_LIMIT = 9_007_199_254_740_990;

export interface PriceLimitOptions {
  /** A leveraged or inverse ETF/ETN has its limit multiplied: 2 for ±2×. Under 1 counts as 1. */
  readonly leverage?: number;
}

/**
 * The day's upper and lower limit (상한가, 하한가).
 *
 * The limit amount is the reference price times the rate, cut down to the tick of the REFERENCE
 * price's band; reference ± amount is then brought inward to a valid price of its own band.
 * ELW have no limits (regulation.krx.co.kr RGL03060300): one tick to `NO_UPPER_LIMIT`. So have
 * stocks in liquidation trading and, in their own way, first-day listings (60–400 % of the offer
 * price): the class does not tell, the caller must.
 *
 * @param referencePrice 기준가 in won, usually the previous close
 * @throws KrxRuleError BAD_PRICE
 */
export function priceLimits(
  referencePrice: number,
  instrument: InstrumentClass,
  date: TradeDate,
  options: PriceLimitOptions = {},
): PriceLimits {
  const tick = tickSize(referencePrice, instrument, date);
  if (instrument.kind === 'ELW') return { upper: NO_UPPER_LIMIT, lower: tick };
  const leverage = Math.max(1, Math.abs(options.leverage ?? 1));
  const rate = limitRate(instrument, date).times(leverage);
  return limitsAround({ referencePrice, rate, instrument, date });
}

/**
 * Limits of the after-hours single-price session: ±10 % of the day's close, inside the day's limits.
 * @throws KrxRuleError BAD_PRICE
 */
export function afterHoursPriceLimits(question: {
  readonly close: number;
  readonly dayLimits: PriceLimits;
  readonly instrument: InstrumentClass;
  readonly date: TradeDate;
}): PriceLimits {
  const { close, dayLimits, instrument, date } = question;
  const rate = new Decimal(AFTER_HOURS_RATE);
  const around = limitsAround({ referencePrice: close, rate, instrument, date });
  return {
    upper: Math.min(around.upper, dayLimits.upper),
    lower: Math.max(around.lower, dayLimits.lower),
  };
}

function limitsAround(question: {
  readonly referencePrice: number;
  readonly rate: Decimal;
  readonly instrument: InstrumentClass;
  readonly date: TradeDate;
}): PriceLimits {
  const { referencePrice, rate, instrument, date } = question;
  const tick = tickSize(referencePrice, instrument, date);
  const amount = rate.times(referencePrice).dividedToIntegerBy(tick).times(tick).toNumber();
  if (!Number.isSafeInteger(referencePrice + amount)) {
    throw new KrxRuleError('BAD_PRICE', `price too large: ${referencePrice}`, { referencePrice });
  }
  return {
    upper: roundToTick(referencePrice + amount, 'down', instrument, date),
    lower: roundToTick(Math.max(1, referencePrice - amount), 'up', instrument, date),
  };
}

function limitRate({ market }: InstrumentClass, date: TradeDate): Decimal {
  const rates = effectiveOn(LIMIT_RATES, date);
  return new Decimal(market === 'KONEX' ? rates.konex : rates.mainBoards);
}
