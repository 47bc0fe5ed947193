import { effectiveOn } from './dated.ts';
import type { InstrumentClass } from './instrument.ts';
import { KrxRuleError } from './krx-rule-error.ts';
import {
  ELW_TICKS,
  FUND_TICKS,
  KOSDAQ_TICKS,
  KOSPI_TICKS,
  type TickBand,
  type TickTable,
} from './tick-tables.ts';
import type { TradeDate } from './trade-date.ts';

export type RoundDirection = 'up' | 'down' | 'nearest';

/**
 * The tick of the band that the price is in, in won.
 * @throws KrxRuleError BAD_PRICE unless the price is a positive whole number of won
 */
export function tickSize(price: number, instrument: InstrumentClass, date: TradeDate): number {
  requireWon(price);
  return bandOf(price, bandsOf(instrument, date)).tick;
}

/**
 * Whether a limit price is valid. False for anything that is not a positive whole number of won.
 * Trades may print off the tick: mid-price orders (since 2025-03-04) execute at half ticks.
 */
export function isOnTick(price: number, instrument: InstrumentClass, date: TradeDate): boolean {
  return isWon(price) && price % tickSize(price, instrument, date) === 0;
}

/**
 * The valid price at or above ('up'), at or below ('down') or closest to ('nearest', ties go up) the
 * price; never under the lowest valid price, one tick.
 * @throws KrxRuleError BAD_PRICE
 */
export function roundToTick(
  price: number,
  direction: RoundDirection,
  instrument: InstrumentClass,
  date: TradeDate,
): number {
  // Every band edge is a multiple of the ticks on both its sides, so rounding up to the next band's
  // first price needs no second look.
  const tick = tickSize(price, instrument, date);
  const below = price - (price % tick);
  if (below === price) return price;
  const above = below + tick;
  if (below === 0) return above;
  if (direction === 'nearest') return above - price <= price - below ? above : below;
  return direction === 'up' ? above : below;
}

/**
 * The price so many ticks higher (positive) or lower (negative), through the bands. From a price off
 * the tick the first step goes to the next valid price. Stops at the lowest valid price, one tick.
 * @throws KrxRuleError BAD_PRICE
 */
export function stepTicks(
  price: number,
  ticks: number,
  instrument: InstrumentClass,
  date: TradeDate,
): number {
  if (!Number.isSafeInteger(ticks)) {
    throw new KrxRuleError('BAD_PRICE', `not a whole number of ticks: ${ticks}`, { ticks });
  }
  if (ticks === 0) {
    requireWon(price);
    return price;
  }
  const start = roundToTick(price, ticks > 0 ? 'up' : 'down', instrument, date);
  const bands = bandsOf(instrument, date);
  const moved = start === price ? 0 : 1;
  return ticks > 0 ? stepUp(start, ticks - moved, bands) : stepDown(start, -ticks - moved, bands);
}

/** A whole band at a time, so that a large number of ticks costs no more than a few turns. */
function stepUp(start: number, steps: number, bands: readonly TickBand[]): number {
  let price = start;
  let left = steps;
  for (const { below, tick } of bands) {
    if (price >= below) continue;
    const stepsInBand = Math.min(left, Math.ceil((below - price) / tick));
    price += stepsInBand * tick;
    left -= stepsInBand;
    if (left === 0) break;
  }
  requireWon(price);
  return price;
}

function stepDown(start: number, steps: number, bands: readonly TickBand[]): number {
  let price = start;
  let left = steps;
  for (let index = bands.length - 1; index >= 0 && left > 0; index -= 1) {
    const tick = bands[index]?.tick ?? 1;
    const floor = bands[index - 1]?.below ?? tick;
    // From a band's first price the next step down belongs to the band below.
    if (price <= floor) continue;
    const stepsInBand = Math.min(left, Math.floor((price - floor) / tick));
    price -= stepsInBand * tick;
    left -= stepsInBand;
  }
  return price;
}

function bandsOf(instrument: InstrumentClass, date: TradeDate): readonly TickBand[] {
  return effectiveOn(tableOf(instrument), date).bands;
}

function tableOf({ market, kind }: InstrumentClass): readonly [TickTable, ...TickTable[]] {
  if (kind === 'ETF' || kind === 'ETN') return FUND_TICKS;
  if (kind === 'ELW') return ELW_TICKS;
  return market === 'KOSDAQ' ? KOSDAQ_TICKS : KOSPI_TICKS;
}

function bandOf(price: number, bands: readonly TickBand[]): TickBand {
  const band = bands.find(({ below }) => price < below);
  if (band === undefined) {
    throw new KrxRuleError('BAD_RULE_TABLE', 'a tick table must end without a limit', { price });
  }
  return band;
}

function isWon(price: number): boolean {
  return Number.isSafeInteger(price) && price > 0;
}

function requireWon(price: number): void {
  if (!isWon(price)) {
    throw new KrxRuleError('BAD_PRICE', `not a positive whole number of won: ${price}`, { price });
  }
}
