import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import { describe, expect, it } from '@jest/globals';

import { addBuy, addSell, dayCosts, type DayTotals, NO_TOTALS } from './costs.ts';

const KOSPI = { market: 'KOSPI', kind: 'COMMON' } as const;
const KOSDAQ = { market: 'KOSDAQ', kind: 'COMMON' } as const;
const KONEX = { market: 'KONEX', kind: 'COMMON' } as const;
const ETF = { market: 'KOSPI', kind: 'ETF' } as const;

function settlementOf(tradeDate: string) {
  return KRX_CALENDAR.settlementDate(parseTradeDate(tradeDate));
}

function total(totals: DayTotals, tradeDate: string): number {
  return dayCosts(totals, settlementOf(tradeDate)).total;
}

describe('costs of a day', () => {
  it('follow the real account of 2026-06-11, trade by trade', () => {
    let totals = addBuy(NO_TOTALS, KOSPI, 294_500);
    expect(total(totals, '2026-06-11')).toBe(40);
    totals = addSell(totals, KOSPI, 294_500);
    expect(total(totals, '2026-06-11')).toBe(668);
    totals = addBuy(totals, KOSPI, 292_000);
    expect(total(totals, '2026-06-11')).toBe(708);
    totals = addSell(totals, KOSPI, 297_000);
    expect(total(totals, '2026-06-11')).toBe(1342);
  });

  it('follow the real account of 2022: 0.08 % and 0.15 %, and 250 won of commission', () => {
    const totals = addSell(addBuy(NO_TOTALS, KOSPI, 1_219_800), KOSPI, 610_000);
    const costs = dayCosts(totals, settlementOf('2022-03-10'));
    expect(costs).toEqual({ commissionBuy: 170, commissionSell: 80, tax: 488 + 915, total: 1653 });
  });

  it('cut commission to 10 won on the day total, not per trade', () => {
    const first = addBuy(NO_TOTALS, KOSPI, 248_500);
    expect(total(first, '2026-06-11')).toBe(30);
    expect(total(addBuy(first, KOSPI, 995_000), '2026-06-11') - 30).toBe(140);
  });

  it('come out 20 won under the one real day that does not fit the formula', () => {
    const totals = addSell(addBuy(NO_TOTALS, KOSPI, 6_151_000), KOSPI, 6_201_000);
    expect(total(totals, '2026-06-10')).toBe(14_151 - 20);
  });

  it.each([
    ['2019-09-20', KOSPI, 1000 + 1500],
    ['2019-09-20', KOSDAQ, 2500],
    ['2019-09-20', KONEX, 1000],
    ['2021-06-01', KOSPI, 800 + 1500],
    ['2021-06-01', KOSDAQ, 2300],
    ['2023-06-01', KOSPI, 500 + 1500],
    ['2023-06-01', KOSDAQ, 2000],
    ['2024-06-03', KOSDAQ, 1800],
    ['2024-06-03', KONEX, 1000],
    ['2025-06-02', KOSPI, 1500],
    ['2025-06-02', KOSDAQ, 1500],
    ['2026-06-01', KOSDAQ, 2000],
    ['2026-06-01', ETF, 0],
  ] as const)('tax a million won sold on %s (%o) with %i won', (date, kind, tax) => {
    expect(dayCosts(addSell(NO_TOTALS, kind, 1_000_000), settlementOf(date)).tax).toBe(tax);
  });

  it('use the rate of the year in which the sell settles', () => {
    const sold = addSell(NO_TOTALS, KOSDAQ, 1_000_000);
    expect(dayCosts(sold, settlementOf('2024-12-26')).tax).toBe(1800);
    expect(dayCosts(sold, settlementOf('2024-12-27')).tax).toBe(1500);
    // The first settlement date of the lower rate was a Monday; Thursday before it still paid 0.30 %.
    expect(dayCosts(sold, settlementOf('2019-05-29')).tax).toBe(3000);
    expect(dayCosts(sold, settlementOf('2019-05-30')).tax).toBe(2500);
  });

  it('floor each tax on the sells of each market', () => {
    const totals = addSell(addSell(NO_TOTALS, KOSPI, 1_999), KOSDAQ, 499);
    // KOSPI: 0.9995 → 0 and 2.9985 → 2; KOSDAQ: 0.998 → 0
    expect(dayCosts(totals, settlementOf('2026-06-11')).tax).toBe(2);
  });

  it('charge funds their own commission rate', () => {
    const costs = dayCosts(addBuy(NO_TOTALS, ETF, 10_000_000), settlementOf('2026-06-11'));
    expect(costs.commissionBuy).toBe(1460);
    expect(
      dayCosts(addBuy(NO_TOTALS, KOSPI, 10_000_000), settlementOf('2026-06-11')).commissionBuy,
    ).toBe(1400);
  });

  it('stay exact where doubles would not', () => {
    const amount = 9_007_199_254_740_991;
    const costs = dayCosts(addBuy(NO_TOTALS, KOSPI, amount), settlementOf('2026-06-11'));
    expect(costs.commissionBuy).toBe(1_265_754_689_670);
  });
});
