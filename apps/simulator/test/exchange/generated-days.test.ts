import { isOnTick, isSymbol, KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';

import { generateDays } from '../../src/day/generated/generated-days.ts';
import { closingMinute, type DayData } from '../../src/day/day-data.ts';

const input = generateDays({ seed: 1, calendar: KRX_CALENDAR });
const day = input.load(input.firstDate);
const other = generateDays({ seed: 2, calendar: KRX_CALENDAR });
const otherDay = other.load(other.firstDate);

/** Every bar of a day as one list of numbers. */
function barsOf(data: DayData): string {
  return JSON.stringify(
    [...data.symbols].map(([symbol, { bars }]) => [symbol, ...bars.close, ...bars.volume]),
  );
}

function volumeBetween(data: DayData, from: number, to: number): number {
  let total = 0;
  for (const { bars } of data.symbols.values()) {
    for (const [row, minute] of bars.minute.entries()) {
      if (minute >= from && minute < to) total += bars.volume[row]!;
    }
  }
  return total;
}

describe('a generated day', () => {
  it('is the same for the same seed and another for another', () => {
    const again = generateDays({ seed: 1, calendar: KRX_CALENDAR });
    expect(barsOf(again.load(again.firstDate))).toBe(barsOf(day));
    expect(other.fingerprint).not.toBe(input.fingerprint);
    expect(barsOf(otherDay)).not.toBe(barsOf(day));
  });

  it('lists a few hundred instruments of all kinds with codes and names of their own', () => {
    const listed = [...day.symbols.values()].map(({ instrument }) => instrument);
    expect(listed.length).toBeGreaterThan(250);
    expect(listed.every(({ symbol }) => isSymbol(symbol))).toBe(true);
    expect(listed.some(({ symbol }) => /[A-Z]/.test(symbol))).toBe(true);
    expect(new Set(listed.map(({ name }) => name)).size).toBe(listed.length);
    expect(new Set(listed.map(({ market }) => market))).toEqual(
      new Set(['KOSPI', 'KOSDAQ', 'KONEX']),
    );
    expect(new Set(listed.map(({ kind }) => kind))).toEqual(
      new Set(['COMMON', 'PREFERRED', 'ETF']),
    );
    expect(listed.some(({ halts }) => halts.length > 0)).toBe(true);
  });

  it('has members of an index among the ordinary stocks of KOSPI', () => {
    const members = [...day.symbols.values()]
      .map(({ instrument }) => instrument)
      .filter(({ isKospi200 }) => isKospi200);
    expect(members.length).toBe(35);
    expect(members.every(({ market, kind }) => market === 'KOSPI' && kind === 'COMMON')).toBe(true);
  });

  it('keeps prices on the tick, inside the limits, and high and low around them', () => {
    const closing = closingMinute(day.session);
    let wrong = 0;
    for (const { instrument, bars } of day.symbols.values()) {
      for (const [row, minute] of bars.minute.entries()) {
        const [open, high, low, close] = [
          bars.open[row]!,
          bars.high[row]!,
          bars.low[row]!,
          bars.close[row]!,
        ];
        const isGood =
          [open, high, low, close].every((price) => isOnTick(price, instrument, day.date)) &&
          low <= Math.min(open, close) &&
          high >= Math.max(open, close) &&
          high <= instrument.upperLimit &&
          low >= instrument.lowerLimit &&
          bars.volume[row]! > 0 &&
          (minute < 380 || minute === closing);
        if (!isGood) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  it('is busiest after the open and before the close', () => {
    const middle = volumeBetween(day, 180, 200);
    expect(volumeBetween(day, 0, 20)).toBeGreaterThan(2 * middle);
    expect(volumeBetween(day, 360, 380)).toBeGreaterThan(1.3 * middle);
  });

  it('has stocks that trend for half an hour', () => {
    let risers = 0;
    for (const { bars } of day.symbols.values()) {
      const rises = bars.close.some((close, row) => close / (bars.close[row - 30] ?? close) > 1.02);
      if (rises) risers += 1;
    }
    expect(risers).toBeGreaterThan(40);
  });

  it('brings a stock to a limit now and then', () => {
    const locked = [day, otherDay].flatMap(({ symbols }) =>
      [...symbols.values()].filter(({ instrument, bars }) => {
        const close = bars.close.at(-1);
        return close === instrument.upperLimit || close === instrument.lowerLimit;
      }),
    );
    expect(locked.length).toBeGreaterThanOrEqual(2);
  });

  it('goes on the next day from the closes of the day before, with that day in its history', () => {
    const next = input.load(input.nextDate(input.firstDate)!);
    expect(next.date).toBe('2026-03-13');
    for (const [symbol, { instrument, history }] of next.symbols) {
      const before = day.symbols.get(symbol)!;
      const close = before.bars.close.at(-1) ?? before.instrument.referencePrice;
      expect(instrument.referencePrice).toBe(close);
      expect(history.at(-1)).toMatchObject({ date: day.date, close });
      expect(instrument.previousVolume).toBe(before.bars.volume.reduce((a, b) => a + b, 0));
    }
  });

  it('follows the hours of its date and refuses a holiday', () => {
    const late = generateDays({
      seed: 1,
      from: parseTradeDate('2026-01-02'),
      calendar: KRX_CALENDAR,
    });
    const bars = late.load(late.firstDate).symbols.values().next().value!.bars;
    expect(bars.minute.at(-1)).toBe(330);
    expect(() =>
      generateDays({ seed: 1, from: parseTradeDate('2026-03-14'), calendar: KRX_CALENDAR }),
    ).toThrow('2026-03-14 is not a trading day');
  });
});
