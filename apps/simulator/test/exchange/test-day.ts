import {
  KRX_CALENDAR,
  type InstrumentKind,
  type Market,
  parseTradeDate,
  priceLimits,
} from '@fleet/krx';

import type { DayData, DayInput, DaySymbol, OffHoursTrading } from '../../src/day/day-data.ts';

/** minute from the open, open, high, low, close, volume */
export type TestBar = readonly [number, number, number, number, number, number];

export interface TestSymbol {
  readonly bars: readonly TestBar[];
  readonly reference?: number;
  readonly market?: Market;
  readonly kind?: InstrumentKind;
  readonly halts?: readonly { readonly from: number; readonly to: number }[];
  readonly offHours?: OffHoursTrading;
  readonly isKospi200?: boolean;
}

export const TEST_DATE = parseTradeDate('2026-03-12');
export const TEST_SESSION = KRX_CALENDAR.sessionOf(TEST_DATE);
/** Minute of the closing auction on a normal day. */
export const CLOSING = 390;

/** Market instant so many minutes (and seconds) after the open. */
export function afterOpen(minutes: number, seconds = 0): number {
  return TEST_SESSION.regular.from + minutes * 60_000 + seconds * 1000;
}

/** A flat bar: every trade at one price. */
export function flat(minute: number, price: number, volume: number): TestBar {
  return [minute, price, price, price, price, volume];
}

export function makeTestDay(
  symbols: Readonly<Record<string, TestSymbol>>,
  date = TEST_DATE,
): DayData {
  const session = KRX_CALENDAR.sessionOf(date);
  const entries = Object.entries(symbols).map(([symbol, given]): [string, DaySymbol] => [
    symbol,
    testSymbol(symbol, given, date),
  ]);
  return { date, session, symbols: new Map(entries), notes: [] };
}

/** The same bars on every day. */
export function makeTestInput(symbols: Readonly<Record<string, TestSymbol>>): DayInput {
  return {
    fingerprint: JSON.stringify(symbols),
    firstDate: TEST_DATE,
    load: (date) => makeTestDay(symbols, date),
    nextDate: (date) => KRX_CALENDAR.next(date),
  };
}

function testSymbol(symbol: string, given: TestSymbol, date: typeof TEST_DATE): DaySymbol {
  const kind = { market: given.market ?? 'KOSPI', kind: given.kind ?? 'COMMON' } as const;
  const referencePrice = given.reference ?? given.bars[0]?.[1] ?? 10_000;
  const limits = priceLimits(referencePrice, kind, date);
  const column = (index: number): Int32Array =>
    Int32Array.from(given.bars, (bar) => bar[index] ?? 0);
  return {
    history: [],
    ...(given.offHours === undefined ? {} : { offHours: given.offHours }),
    bars: {
      minute: Int16Array.from(given.bars, ([minute]) => minute),
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5),
    },
    instrument: {
      ...kind,
      symbol,
      name: `종목${symbol}`,
      referencePrice,
      upperLimit: limits.upper,
      lowerLimit: limits.lower,
      previousVolume: 100_000,
      previousTurnover: 100_000 * referencePrice,
      listedShares: 10_000_000,
      listedOn: parseTradeDate('2000-01-04'),
      visibleFrom: Number.NEGATIVE_INFINITY,
      halts: given.halts ?? [],
      isKospi200: given.isKospi200 ?? false,
    },
  };
}
