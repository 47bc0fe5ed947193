import {
  parseTradeDate,
  priceLimits,
  roundToTick,
  type TradeDate,
  type TradingCalendar,
} from '@fleet/krx';

import type { DailyBar } from '../../exchange/types.ts';
import {
  type BarSeries,
  barStart,
  closingMinute,
  type DayData,
  type DayInput,
  type DaySymbol,
  MINUTE_MS,
} from '../day-data.ts';
import { hashText, SeededRandom } from '../seeded-random.ts';
import { InputError, type Texts } from '../../control/input-error.ts';
import { makeMood } from './market-mood.ts';
import { makeOffHours } from './off-hours.ts';
import { type Fate, makeBars } from './price-path.ts';
import { type Character, makeUniverse } from './universe.ts';
import { requireTradingDay } from '../trade-dates.ts';

export interface GeneratedDayOptions {
  readonly seed: number;
  /** First day; default 2026-03-12. Must be a trading day. */
  readonly from?: TradeDate | undefined;
  readonly calendar: TradingCalendar;
}

const GENERATED_DATE = parseTradeDate('2026-03-12');
const HISTORY_DAYS = 60;
const DAYS_MAX = 250;

/**
 * Invented trading days: same seed and first date, same days. Day n+1 goes on from the closes of day
 * n. No price, name or code is taken from a real instrument.
 * @throws InputError when the first date is no trading day
 */
export function generateDays(options: GeneratedDayOptions): DayInput {
  const { seed, calendar } = options;
  const firstDate = options.from ?? GENERATED_DATE;
  requireTradingDay(calendar, firstDate);
  return {
    fingerprint: `generated:${seed}:${firstDate}:2`,
    firstDate,
    nextDate: (date) => calendar.next(date),
    load: (date) => generate({ seed, calendar, firstDate, date }),
  };
}

interface Context {
  readonly seed: number;
  readonly calendar: TradingCalendar;
  readonly firstDate: TradeDate;
  readonly date: TradeDate;
}

function generate(context: Context): DayData {
  const universe = makeUniverse(context.seed);
  const histories = new Map(universe.map((each) => [each.symbol, inventHistory(each, context)]));
  let date = context.firstDate;
  for (let days = 0; date < context.date; days += 1) {
    if (days > DAYS_MAX) {
      throw new InputError({
        en: `${context.date} is too far after ${context.firstDate}.`,
        ko: `${context.date}: ${context.firstDate}에서 너무 멉니다.`,
      });
    }
    const day = generateDay(universe, histories, { ...context, date });
    for (const [symbol, { bars }] of day.symbols) append(histories, symbol, date, bars);
    date = context.calendar.next(date);
  }
  return generateDay(universe, histories, context);
}

function generateDay(
  universe: readonly Character[],
  histories: ReadonlyMap<string, DailyBar[]>,
  { seed, calendar, date }: Context,
): DayData {
  const session = calendar.sessionOf(date);
  const minutes = (session.continuous.to - session.continuous.from) / MINUTE_MS;
  const mood = makeMood(date, minutes, seed);
  const symbols = new Map<string, DaySymbol>();
  for (const character of universe) {
    const { symbol, name, market, kind, listedOn, listedShares, isKospi200 } = character;
    const random = new SeededRandom(hashText(`${date}:${symbol}`, seed));
    const history = [...(histories.get(symbol) ?? [])];
    const referencePrice = history.at(-1)?.close ?? character.firstPrice;
    const fate = drawFate(character, random);
    const halt = fate === 'NORMAL' && random.next() < 0.006 ? drawHalt(minutes, random) : undefined;
    const closing = closingMinute(session);
    const bars = makeBars({
      character,
      fate,
      referencePrice,
      date,
      mood,
      minutes,
      closingMinute: closing,
      halt,
      random,
    });
    const limits = priceLimits(referencePrice, character, date);
    const allDay = { from: session.openingAuction.from, to: session.afterHoursSinglePrice.to };
    const midDay = halt && { from: barStart(session, halt.from), to: barStart(session, halt.to) };
    symbols.set(symbol, {
      bars,
      history,
      offHours: makeOffHours(character, referencePrice, session, random),
      instrument: {
        symbol,
        name,
        market,
        kind,
        referencePrice,
        upperLimit: limits.upper,
        lowerLimit: limits.lower,
        previousVolume: history.at(-1)?.volume ?? 0,
        previousTurnover: history.at(-1)?.turnover ?? 0,
        listedShares,
        listedOn,
        isKospi200,
        visibleFrom: Number.NEGATIVE_INFINITY,
        halts: fate === 'HALTED_ALL_DAY' ? [allDay] : midDay === undefined ? [] : [midDay],
      },
    });
  }
  return { date, session, symbols, notes: [noteOf(date, seed)] };
}

function drawFate(character: Character, random: SeededRandom): Fate {
  const draw = random.next();
  if (character.market === 'KONEX') return 'ILLIQUID';
  if (character.kind === 'ETF') return 'NORMAL';
  if (draw < 0.008) return 'RISES_TO_LIMIT';
  if (draw < 0.014) return 'FALLS_TO_LIMIT';
  if (draw < 0.022) return 'HALTED_ALL_DAY';
  return draw < 0.05 ? 'ILLIQUID' : 'NORMAL';
}

function drawHalt(minutes: number, random: SeededRandom): { from: number; to: number } {
  const from = random.integer(30, minutes - 60);
  return { from, to: from + 30 };
}

/** Days before the first one, for indicators: a walk that ends where the first day begins. */
function inventHistory(character: Character, { seed, calendar, firstDate }: Context): DailyBar[] {
  const random = new SeededRandom(hashText(`history:${character.symbol}`, seed));
  const bars: DailyBar[] = [];
  const grid = (price: number, date: TradeDate): number =>
    roundToTick(Math.max(10, Math.round(price)), 'nearest', character, date);
  let close = character.firstPrice;
  let date = calendar.previous(firstDate);
  for (let day = 0; day < HISTORY_DAYS; day += 1) {
    const open = close * Math.exp(0.02 * random.normal());
    const volume = Math.floor((character.minuteTurnover * 380 * (0.5 + random.next())) / close);
    const prices = [open, close].map((price) => grid(price, date));
    const [first = 0, last = 0] = prices;
    const high = grid(Math.max(first, last) * (1 + 0.01 * random.next()), date);
    const low = grid(Math.min(first, last) * (1 - 0.01 * random.next()), date);
    const turnover = Math.floor((volume * (first + last)) / 2);
    bars.push({
      date,
      open: first,
      high: Math.max(high, first, last),
      low: Math.min(low, first, last),
      close: last,
      volume,
      turnover,
    });
    close = open * Math.exp(0.008 * random.normal());
    date = calendar.previous(date);
  }
  return bars.toReversed();
}

function append(
  histories: ReadonlyMap<string, DailyBar[]>,
  symbol: string,
  date: TradeDate,
  bars: BarSeries,
): void {
  const history = histories.get(symbol);
  const close = bars.close.at(-1) ?? history?.at(-1)?.close;
  if (history === undefined || close === undefined) return;
  const isTraded = bars.close.length > 0;
  let volume = 0;
  let turnover = 0;
  for (const [index, shares] of bars.volume.entries()) {
    volume += shares;
    turnover += shares * (bars.close[index] ?? 0);
  }
  history.push({
    date,
    open: bars.open[0] ?? close,
    high: isTraded ? bars.high.reduce((a, b) => Math.max(a, b)) : close,
    low: isTraded ? bars.low.reduce((a, b) => Math.min(a, b)) : close,
    close,
    volume,
    turnover,
  });
  if (history.length > HISTORY_DAYS) history.shift();
}

function noteOf(date: TradeDate, seed: number): Texts {
  return { en: `generated day ${date}, seed ${seed}`, ko: `생성한 날 ${date}, 씨앗 ${seed}` };
}
