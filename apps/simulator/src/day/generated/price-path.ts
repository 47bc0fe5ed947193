import { type InstrumentClass, priceLimits, roundToTick, type TradeDate } from '@fleet/krx';

import type { BarSeries } from '../day-data.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { busyness, type MarketMood } from './market-mood.ts';
import type { Character } from './universe.ts';

/** What a day has in store for one stock. */
export type Fate = 'NORMAL' | 'RISES_TO_LIMIT' | 'FALLS_TO_LIMIT' | 'HALTED_ALL_DAY' | 'ILLIQUID';

export interface PathOptions {
  readonly character: Character;
  readonly fate: Fate;
  readonly referencePrice: number;
  readonly date: TradeDate;
  readonly mood: MarketMood;
  /** Continuous minutes, and the minute that stands for the closing auction. */
  readonly minutes: number;
  readonly closingMinute: number;
  /** Minutes without trading. */
  readonly halt: { readonly from: number; readonly to: number } | undefined;
  readonly random: SeededRandom;
}

interface Row {
  readonly minute: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A day of minute bars: gap, common and own moves, bursts that trend, tick-size prices. */
export function makeBars(options: PathOptions): BarSeries {
  const rows = options.fate === 'HALTED_ALL_DAY' ? [] : makeRows(options);
  const pick = (name: keyof Row): Int32Array => Int32Array.from(rows, (row) => row[name]);
  return {
    minute: Int16Array.from(rows, (row) => row.minute),
    open: pick('open'),
    high: pick('high'),
    low: pick('low'),
    close: pick('close'),
    volume: pick('volume'),
  };
}

function makeRows(options: PathOptions): readonly Row[] {
  const { minutes, random, halt } = options;
  const rows: Row[] = [];
  const burst = new Bursts(random);
  const toPrice = priceGrid(options);
  let level = openingLevel(options);
  let last = toPrice(level);
  for (let minute = 0; minute < minutes; minute += 1) {
    const { drift, volumeFactor } = burst.next();
    const step = minuteReturn(options, minute) + drift + fateDrift(options, level, minute);
    const from = minute === 0 ? toPrice(level) : last;
    level *= Math.exp(step);
    if (halt !== undefined && minute >= halt.from && minute < halt.to) continue;
    const close = toPrice(level);
    const volume = minuteVolume(options, minute, close, volumeFactor * (1 + Math.abs(step) * 300));
    if (volume === 0) continue;
    rows.push(minuteRow({ minute, from, close, volume, level }, options, toPrice));
    last = close;
  }
  const closing = toPrice(level * Math.exp(0.001 * random.normal()));
  const volume = minuteVolume(options, minutes - 1, closing, 4);
  if (volume > 0) {
    rows.push({
      minute: options.closingMinute,
      open: closing,
      high: closing,
      low: closing,
      close: closing,
      volume,
    });
  }
  return rows;
}

function minuteRow(
  bar: {
    readonly minute: number;
    readonly from: number;
    readonly close: number;
    readonly volume: number;
    readonly level: number;
  },
  { character, mood, random }: PathOptions,
  toPrice: (level: number) => number,
): Row {
  const { minute, from: open, close, volume, level } = bar;
  const reach = character.minuteVolatility * (mood.turbulence[minute] ?? 1) * 0.8;
  const above = toPrice(Math.max(open, close, level) * (1 + reach * random.next()));
  const below = toPrice(Math.min(open, close, level) * (1 - reach * random.next()));
  // Two shares cannot print four prices.
  const high = volume < 4 ? Math.max(open, close) : Math.max(open, close, above);
  const low = volume < 4 ? Math.min(open, close) : Math.min(open, close, below);
  return volume === 1
    ? { minute, open: close, high: close, low: close, close, volume }
    : { minute, open, high, low, close, volume };
}

function minuteReturn(options: PathOptions, minute: number): number {
  const { character, mood, random } = options;
  const market = character.beta * (mood.marketReturns[minute] ?? 0);
  const sector = mood.sectorReturns[character.sector]?.[minute] ?? 0;
  const own = character.minuteVolatility * (mood.turbulence[minute] ?? 1) * random.normal();
  return market + sector + own;
}

function openingLevel({ character, mood, referencePrice, random, fate }: PathOptions): number {
  const own = fate === 'ILLIQUID' ? 0 : 8 * character.minuteVolatility * random.normal();
  return referencePrice * Math.exp(character.beta * mood.gap + own);
}

/** Stocks on their way to a limit get there by noon or so, and are held there. */
function fateDrift({ fate, referencePrice }: PathOptions, level: number, minute: number): number {
  if (minute < 20) return 0;
  if (fate === 'RISES_TO_LIMIT') return level < referencePrice * 1.34 ? 0.0024 : -0.0005;
  if (fate === 'FALLS_TO_LIMIT') return level > referencePrice * 0.67 ? -0.0028 : 0.0005;
  return 0;
}

function minuteVolume(options: PathOptions, minute: number, price: number, factor: number): number {
  const { character, random, fate, minutes } = options;
  const quiet = fate === 'ILLIQUID' ? 0.01 : 1;
  const usual = (character.minuteTurnover * quiet * busyness(minute, minutes)) / price;
  return Math.floor(usual * factor * Math.exp(0.7 * random.normal()) * (minute === 0 ? 2.5 : 1));
}

function priceGrid(options: PathOptions): (level: number) => number {
  const kind: InstrumentClass = options.character;
  const { upper, lower } = priceLimits(options.referencePrice, kind, options.date);
  return (level) => {
    const price = roundToTick(Math.max(1, Math.round(level)), 'nearest', kind, options.date);
    return Math.min(upper, Math.max(lower, price));
  };
}

/** Now and then a stock trends for a quarter of an hour or more, on higher volume, then tires. */
class Bursts {
  readonly #random: SeededRandom;
  #left = 0;
  #drift = 0;
  #volumeFactor = 1;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  next(): { readonly drift: number; readonly volumeFactor: number } {
    if (this.#left > 0) {
      this.#left -= 1;
      return { drift: this.#drift, volumeFactor: this.#volumeFactor };
    }
    if (this.#random.next() < 0.006) {
      this.#left = this.#random.integer(12, 45);
      this.#drift = (this.#random.next() < 0.58 ? 1 : -1) * (0.0004 + 0.0012 * this.#random.next());
      this.#volumeFactor = 2 + 3 * this.#random.next();
    }
    return { drift: 0, volumeFactor: 1 };
  }
}
