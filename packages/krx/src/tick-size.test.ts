import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { InstrumentClass, InstrumentKind, Market } from './instrument.ts';
import { isOnTick, roundToTick, stepTicks, tickSize } from './tick-size.ts';
import { ELW_TICKS, FUND_TICKS, KOSDAQ_TICKS, KOSPI_TICKS } from './tick-tables.ts';
import { parseTradeDate } from './trade-date.ts';

const KOSPI: InstrumentClass = { market: 'KOSPI', kind: 'COMMON' };
const KOSDAQ: InstrumentClass = { market: 'KOSDAQ', kind: 'COMMON' };
const KONEX: InstrumentClass = { market: 'KONEX', kind: 'COMMON' };
const ETF: InstrumentClass = { market: 'KOSPI', kind: 'ETF' };
const ETN: InstrumentClass = { market: 'KOSPI', kind: 'ETN' };
const ELW: InstrumentClass = { market: 'KOSPI', kind: 'ELW' };
const on = parseTradeDate;

type Row = readonly [price: number, tick: number];

const UNTIL_2023: readonly Row[] = [
  [1, 1],
  [999, 1],
  [1_000, 5],
  [4_995, 5],
  [5_000, 10],
  [9_990, 10],
  [10_000, 50],
  [49_950, 50],
  [50_000, 100],
];
const OLD_KOSPI: readonly Row[] = [
  ...UNTIL_2023,
  [99_900, 100],
  [100_000, 500],
  [499_500, 500],
  [500_000, 1_000],
  [2_000_000, 1_000],
];
const OLD_KOSDAQ: readonly Row[] = [...UNTIL_2023, [100_000, 100], [500_000, 100], [700_000, 100]];
const SINCE_2023: readonly Row[] = [
  [1, 1],
  [1_999, 1],
  [2_000, 5],
  [4_995, 5],
  [5_000, 10],
  [19_990, 10],
  [20_000, 50],
  [49_950, 50],
  [50_000, 100],
  [199_900, 100],
  [200_000, 500],
  [499_500, 500],
  [500_000, 1_000],
  [2_000_000, 1_000],
];

const ERAS: readonly (readonly [string, InstrumentClass, string, readonly Row[]])[] = [
  ['KOSPI in 2019', KOSPI, '2019-09-20', OLD_KOSPI],
  ['KOSPI on the last day of the old ticks', KOSPI, '2023-01-20', OLD_KOSPI],
  ['KOSPI on the day of the new ticks', KOSPI, '2023-01-25', SINCE_2023],
  ['KOSPI in 2026', KOSPI, '2026-06-11', SINCE_2023],
  ['KOSDAQ in 2019', KOSDAQ, '2019-09-20', OLD_KOSDAQ],
  ['KOSDAQ on the last day of the old ticks', KOSDAQ, '2023-01-24', OLD_KOSDAQ],
  ['KOSDAQ on the day of the new ticks', KOSDAQ, '2023-01-25', SINCE_2023],
  ['KONEX in 2019', KONEX, '2019-09-20', OLD_KOSPI],
  ['KONEX in 2026', KONEX, '2026-06-11', SINCE_2023],
  ['a preferred share', { market: 'KOSPI', kind: 'PREFERRED' }, '2026-06-11', SINCE_2023],
  ['a REIT', { market: 'KOSPI', kind: 'REIT' }, '2026-06-11', SINCE_2023],
  ['a SPAC', { market: 'KOSDAQ', kind: 'SPAC' }, '2019-09-20', OLD_KOSDAQ],
  [
    'ETF before the 1-won tick',
    ETF,
    '2023-12-15',
    [
      [5, 5],
      [1_995, 5],
      [50_000, 5],
    ],
  ],
  [
    'ETF since the 1-won tick',
    ETF,
    '2023-12-18',
    [
      [1, 1],
      [1_999, 1],
      [2_000, 5],
      [90_000, 5],
    ],
  ],
  ['ETN before the 1-won tick', ETN, '2023-12-15', [[1_995, 5]]],
  [
    'ETN since the 1-won tick',
    ETN,
    '2023-12-18',
    [
      [1_999, 1],
      [2_000, 5],
    ],
  ],
  [
    'ELW',
    ELW,
    '2026-06-11',
    [
      [5, 5],
      [1_500, 5],
      [10_000, 5],
    ],
  ],
  ['days before the oldest table', KOSPI, '2005-01-03', OLD_KOSPI],
];

describe('tick size', () => {
  it.each(ERAS)('%s', (_name, instrument, date, rows) => {
    const found = rows.map(([price]) => [price, tickSize(price, instrument, on(date))]);
    expect(found).toEqual(rows);
  });

  it.each([0, -5, 10.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %p', (price) => {
    expect(() => tickSize(price, KOSPI, on('2026-06-11'))).toThrow(
      expect.objectContaining({ code: 'BAD_PRICE' }),
    );
    expect(isOnTick(price, KOSPI, on('2026-06-11'))).toBe(false);
  });

  it('tells a half tick of a mid-price trade from a valid limit price', () => {
    expect(isOnTick(313_750, KOSPI, on('2026-07-16'))).toBe(false);
    expect(isOnTick(313_500, KOSPI, on('2026-07-16'))).toBe(true);
  });

  it('knows tables sorted by date, with bands whose edges are multiples of the ticks around', () => {
    for (const tables of [KOSPI_TICKS, KOSDAQ_TICKS, FUND_TICKS, ELW_TICKS]) {
      const dates = tables.map(({ from }) => from);
      expect(dates).toEqual([...new Set(dates)].toSorted());
      for (const { bands } of tables) {
        expect(bands.at(-1)?.below).toBe(Number.POSITIVE_INFINITY);
        bands.slice(0, -1).forEach(({ below, tick }, index) => {
          expect(below % tick).toBe(0);
          expect(below % bands[index + 1]!.tick).toBe(0);
          expect(bands[index + 1]!.below).toBeGreaterThan(below);
        });
      }
    }
  });
});

describe('rounding and stepping', () => {
  const today = on('2026-06-11');

  it.each([
    [12_344, 'down', 12_340],
    [12_344, 'up', 12_350],
    [12_344, 'nearest', 12_340],
    [12_345, 'nearest', 12_350],
    [12_340, 'up', 12_340],
    [4_999, 'up', 5_000],
    [199_999, 'up', 200_000],
    [499_999, 'nearest', 500_000],
  ] as const)('rounds %d %s to %d', (price, direction, expected) => {
    expect(roundToTick(price, direction, KOSPI, today)).toBe(expected);
  });

  it('never rounds below the lowest valid price', () => {
    expect(roundToTick(3, 'down', ELW, today)).toBe(5);
    expect(roundToTick(1, 'nearest', ELW, today)).toBe(5);
  });

  it.each([
    [1_999, 1, 2_000],
    [1_999, 2, 2_005],
    [2_000, -1, 1_999],
    [20_000, -1, 19_990],
    [19_990, 3, 20_100],
    [199_900, 2, 200_500],
    [200_500, -2, 199_900],
    [500_000, -1, 499_500],
    [1_000_000, 5, 1_005_000],
    [12_344, 1, 12_350],
    [12_344, -1, 12_340],
    [12_344, 2, 12_360],
    [12_344, 0, 12_344],
    [3, -10, 1],
  ])('steps from %d by %d ticks to %d', (price, ticks, expected) => {
    expect(stepTicks(price, ticks, KOSPI, today)).toBe(expected);
  });

  it('refuses part of a tick', () => {
    expect(() => stepTicks(1_000, 0.5, KOSPI, today)).toThrow(
      expect.objectContaining({ code: 'BAD_PRICE' }),
    );
  });
});

const instruments = fc.record({
  market: fc.constantFrom<Market>('KOSPI', 'KOSDAQ', 'KONEX'),
  kind: fc.constantFrom<InstrumentKind>('COMMON', 'PREFERRED', 'ETF', 'ETN', 'ELW', 'REIT', 'SPAC'),
});
const dates = fc.constantFrom(
  ...['2015-03-02', '2019-09-20', '2023-01-24', '2023-01-25', '2023-12-18', '2026-06-11'].map(on),
);
// Band edges are rare among all prices, so half of the prices are near one.
const prices = fc.oneof(
  fc.integer({ min: 1, max: 3_000_000 }),
  fc
    .tuple(
      fc.constantFrom(1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000),
      fc.integer({ min: -999, max: 999 }),
    )
    .map(([edge, offset]) => edge + offset),
);

describe('ticks at any price, for any instrument, on any date', () => {
  it('rounding lands on a valid price, on its side, less than a tick away', () => {
    fc.assert(
      fc.property(prices, instruments, dates, (price, instrument, date) => {
        const up = roundToTick(price, 'up', instrument, date);
        const down = roundToTick(price, 'down', instrument, date);
        const nearest = roundToTick(price, 'nearest', instrument, date);
        const tick = tickSize(price, instrument, date);
        for (const rounded of [up, down, nearest]) {
          expect(isOnTick(rounded, instrument, date)).toBe(true);
        }
        expect(up).toBeGreaterThanOrEqual(price);
        expect(up - price).toBeLessThan(tick);
        // Under one tick there is nothing to round down to.
        const floor = Math.max(price, tick);
        expect(down).toBeLessThanOrEqual(floor);
        expect(floor - down).toBeLessThan(tick);
        expect([up, down]).toContain(nearest);
        expect(roundToTick(up, 'down', instrument, date)).toBe(up);
      }),
      { numRuns: 500 },
    );
  });

  it('stepping up and down again returns, and equals single steps', () => {
    const steps = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(prices, steps, instruments, dates, (price, ticks, instrument, date) => {
        const start = roundToTick(price, 'up', instrument, date);
        let single = start;
        for (let step = 0; step < ticks; step += 1) {
          const next = stepTicks(single, 1, instrument, date);
          expect(next).toBe(single + tickSize(single, instrument, date));
          expect(stepTicks(next, -1, instrument, date)).toBe(single);
          single = next;
        }
        expect(stepTicks(start, ticks, instrument, date)).toBe(single);
        expect(stepTicks(single, -ticks, instrument, date)).toBe(start);
      }),
      { numRuns: 300 },
    );
  });
});
