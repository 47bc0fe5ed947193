import type { Dated } from './dated.ts';

/** Prices under `below` (won) move in steps of `tick` (won). The last band has no upper end. */
export interface TickBand {
  readonly below: number;
  readonly tick: number;
}

export interface TickTable extends Dated {
  readonly bands: readonly TickBand[];
}

const NO_END = Number.POSITIVE_INFINITY;

// KOSPI, KOSDAQ and KONEX share one table since 2023-01-25 (exchange's announcement in the press).
const UNIFIED: TickTable = {
  from: '2023-01-25',
  bands: [
    { below: 2_000, tick: 1 },
    { below: 5_000, tick: 5 },
    { below: 20_000, tick: 10 },
    { below: 50_000, tick: 50 },
    { below: 200_000, tick: 100 },
    { below: 500_000, tick: 500 },
    { below: NO_END, tick: 1_000 },
  ],
};

// Before: checked against every price of 2019-09-20 (3.36 million prices, no violation).
const OLD_LOW_BANDS: readonly TickBand[] = [
  { below: 1_000, tick: 1 },
  { below: 5_000, tick: 5 },
  { below: 10_000, tick: 10 },
  { below: 50_000, tick: 50 },
];

/** Shares on KOSPI and KONEX. */
export const KOSPI_TICKS: readonly [TickTable, ...TickTable[]] = [
  {
    from: '2010-10-04',
    bands: [
      ...OLD_LOW_BANDS,
      { below: 100_000, tick: 100 },
      { below: 500_000, tick: 500 },
      { below: NO_END, tick: 1_000 },
    ],
  },
  UNIFIED,
];

/** Shares on KOSDAQ. */
export const KOSDAQ_TICKS: readonly [TickTable, ...TickTable[]] = [
  { from: '2010-10-04', bands: [...OLD_LOW_BANDS, { below: NO_END, tick: 100 }] },
  UNIFIED,
];

/**
 * ETF and ETN. The 1-won tick was announced on 2023-10-05; two papers give 2023-12-18 as its first
 * day (mediapen 860330, hankyung 2023100573236), one 2023-12-08 (etoday 2289674). The exchange's own
 * notice was not readable: an open point.
 */
export const FUND_TICKS: readonly [TickTable, ...TickTable[]] = [
  { from: '2010-10-04', bands: [{ below: NO_END, tick: 5 }] },
  {
    from: '2023-12-18',
    bands: [
      { below: 2_000, tick: 1 },
      { below: NO_END, tick: 5 },
    ],
  },
];

/** ELW (regulation.krx.co.kr RGL03060300). */
export const ELW_TICKS: readonly [TickTable, ...TickTable[]] = [
  { from: '2010-10-04', bands: [{ below: NO_END, tick: 5 }] },
];
