import { describe, expect, it } from '@jest/globals';
import type { InstrumentKind, Market } from './instrument.ts';
import { sellTaxRates } from './sell-tax.ts';
import { parseTradeDate } from './trade-date.ts';
import { KRX_CALENDAR } from './trading-calendar.ts';

const on = parseTradeDate;

// [first settlement day, last settlement day, KOSPI, KOSDAQ, KONEX], without the 0.15 % rural tax.
const ERAS: readonly (readonly [string, string, string, string, string])[] = [
  ['2015-01-05', '2019-05-31', '0.0015', '0.0030', '0.0030'],
  ['2019-06-03', '2020-12-31', '0.0010', '0.0025', '0.0010'],
  ['2021-01-01', '2022-12-31', '0.0008', '0.0023', '0.0010'],
  ['2023-01-01', '2023-12-31', '0.0005', '0.0020', '0.0010'],
  ['2024-01-01', '2024-12-31', '0.0003', '0.0018', '0.0010'],
  ['2025-01-01', '2025-12-31', '0', '0.0015', '0.0010'],
  ['2026-01-01', '2027-06-30', '0.0005', '0.0020', '0.0010'],
];

describe('sell tax', () => {
  it.each(ERAS)('settled from %s to %s', (first, last, kospi, kosdaq, konex) => {
    for (const day of [first, last]) {
      const taxOf = (market: Market) => sellTaxRates({ market, kind: 'COMMON' }, on(day));
      expect(taxOf('KOSPI')).toEqual({ transactionTax: kospi, ruralTax: '0.0015' });
      expect(taxOf('KOSDAQ')).toEqual({ transactionTax: kosdaq, ruralTax: '0' });
      expect(taxOf('KONEX')).toEqual({ transactionTax: konex, ruralTax: '0' });
    }
  });

  it('is the same in all for KOSPI and KOSDAQ since 2019', () => {
    for (const [first] of ERAS) {
      const { transactionTax, ruralTax } = sellTaxRates(
        { market: 'KOSPI', kind: 'COMMON' },
        on(first),
      );
      const kosdaq = sellTaxRates({ market: 'KOSDAQ', kind: 'COMMON' }, on(first));
      expect(Number(transactionTax) + Number(ruralTax)).toBeCloseTo(
        Number(kosdaq.transactionTax),
        10,
      );
    }
  });

  it.each<InstrumentKind>(['ETF', 'ETN', 'ELW'])('is nothing on %s', (kind) => {
    expect(sellTaxRates({ market: 'KOSPI', kind }, on('2026-03-12'))).toEqual({
      transactionTax: '0',
      ruralTax: '0',
    });
  });

  it.each<InstrumentKind>(['PREFERRED', 'REIT', 'SPAC', 'OTHER'])('is due on %s', (kind) => {
    expect(sellTaxRates({ market: 'KOSPI', kind }, on('2026-03-12')).transactionTax).toBe('0.0005');
  });

  it.each([
    ['2019-05-29', '0.0015'],
    ['2019-05-30', '0.0010'],
    ['2024-12-26', '0.0003'],
    ['2024-12-27', '0'],
    ['2025-12-26', '0'],
    ['2025-12-29', '0.0005'],
    ['2025-12-30', '0.0005'],
  ])('of a sell traded on %s follows its settlement day', (traded, expected) => {
    const settled = KRX_CALENDAR.settlementDate(on(traded));
    const tax = sellTaxRates({ market: 'KOSPI', kind: 'COMMON' }, settled);
    expect(tax.transactionTax).toBe(expected);
  });
});
