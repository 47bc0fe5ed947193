import { type Dated, effectiveOn } from './dated.ts';
import type { InstrumentClass, Market } from './instrument.ts';
import type { TradeDate } from './trade-date.ts';

/** Fractions of the amount sold, as decimal text ('0.0005' = 0.05 %). */
export interface SellTaxRates {
  /** 증권거래세 */
  readonly transactionTax: string;
  /** 농어촌특별세: on KOSPI only. */
  readonly ruralTax: string;
}

interface TaxRow extends Dated {
  readonly rates: Readonly<Record<Market, SellTaxRates>>;
}

const RURAL_TAX_KOSPI = '0.0015';
const NO_TAX: SellTaxRates = { transactionTax: '0', ruralTax: '0' };

/** By settlement date: the tax falls due when the share changes hands (증권거래세법 제5조). */
const SELL_TAX: readonly [TaxRow, ...TaxRow[]] = [
  taxRow('1996-04-01', { KOSPI: '0.0015', KOSDAQ: '0.0030', KONEX: '0.0030' }),
  // Contracts of 2019-05-30 on, settled from 2019-06-03 on (hankookilbo 201905211157035366).
  taxRow('2019-06-03', { KOSPI: '0.0010', KOSDAQ: '0.0025', KONEX: '0.0010' }),
  // 0.23 % in all; the split of KOSPI is confirmed by a broker's statement of 2022.
  taxRow('2021-01-01', { KOSPI: '0.0008', KOSDAQ: '0.0023', KONEX: '0.0010' }),
  taxRow('2023-01-01', { KOSPI: '0.0005', KOSDAQ: '0.0020', KONEX: '0.0010' }),
  taxRow('2024-01-01', { KOSPI: '0.0003', KOSDAQ: '0.0018', KONEX: '0.0010' }),
  // Sells from 2024-12-27 on, which settle in 2025.
  taxRow('2025-01-01', { KOSPI: '0', KOSDAQ: '0.0015', KONEX: '0.0010' }),
  // 2026: 0.20 % in all, confirmed by a broker's statement of 2026-06 (0.05 % + 0.15 %, each cut to
  // the won). Which sells of 2025 already pay it follows the same rule by settlement date.
  taxRow('2026-01-01', { KOSPI: '0.0005', KOSDAQ: '0.0020', KONEX: '0.0010' }),
];

/**
 * Tax rates on a sell, by the day it SETTLES (two trading days after the trade): the last two
 * sessions of a year pay next year's rates. ETF, ETN and ELW pay none.
 */
export function sellTaxRates(
  { market, kind }: InstrumentClass,
  settlementDate: TradeDate,
): SellTaxRates {
  if (kind === 'ETF' || kind === 'ETN' || kind === 'ELW') return NO_TAX;
  return effectiveOn(SELL_TAX, settlementDate).rates[market];
}

function taxRow(from: string, transactionTax: Readonly<Record<Market, string>>): TaxRow {
  return {
    from,
    rates: {
      KOSPI: { transactionTax: transactionTax.KOSPI, ruralTax: RURAL_TAX_KOSPI },
      KOSDAQ: { transactionTax: transactionTax.KOSDAQ, ruralTax: '0' },
      KONEX: { transactionTax: transactionTax.KONEX, ruralTax: '0' },
    },
  };
}
