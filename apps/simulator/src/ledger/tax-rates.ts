import type { InstrumentClass, TradeDate } from '@fleet/krx';

/** Hundred-thousandths: 50 is 0.05 %. Securities tax and rural tax are floored to a won each. */
export interface TaxRates {
  readonly securities: number;
  readonly rural: number;
}

/** Sells that share one tax computation. */
export type TaxClass = 'KOSPI' | 'KOSDAQ' | 'KONEX' | 'EXEMPT';

interface Period {
  /** First settlement date of the period. */
  readonly from: string;
  readonly rates: Readonly<Record<TaxClass, TaxRates>>;
}

const NONE: TaxRates = { securities: 0, rural: 0 };

function period(from: string, kospi: number, rural: number, kosdaq: number, konex: number): Period {
  return {
    from,
    rates: {
      KOSPI: { securities: kospi, rural },
      KOSDAQ: { securities: kosdaq, rural: 0 },
      KONEX: { securities: konex, rural: 0 },
      EXEMPT: NONE,
    },
  };
}

/**
 * The broker's own table, by settlement date (T+2): the rate of 2025 was used for sells from
 * 2024-12-27. Totals 2022–2026 are pinned by real accounts; those before by the published changes of
 * 2019-06-03 and 2021-01-01.
 */
const PERIODS: readonly Period[] = [
  period('2026-01-01', 50, 150, 200, 100),
  period('2025-01-01', 0, 150, 150, 100),
  period('2024-01-01', 30, 150, 180, 100),
  period('2023-01-01', 50, 150, 200, 100),
  period('2021-01-01', 80, 150, 230, 100),
  period('2019-06-03', 100, 150, 250, 100),
  period('0000-01-01', 150, 150, 300, 300),
];

export function taxRates(taxClass: TaxClass, settlementDate: TradeDate): TaxRates {
  const found = PERIODS.find(({ from }) => settlementDate >= from);
  return found?.rates[taxClass] ?? NONE;
}

/** ETF, ETN and ELW pay no transaction tax. */
export function taxClassOf({ market, kind }: InstrumentClass): TaxClass {
  return kind === 'ETF' || kind === 'ETN' || kind === 'ELW' ? 'EXEMPT' : market;
}
