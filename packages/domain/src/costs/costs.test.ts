import { describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import * as fc from 'fast-check';
import { InvariantViolation } from '../errors.ts';
import { sumWon, won, ZERO_WON } from '../money.ts';
import { expectedDayCosts } from './day-costs.ts';
import { estimateCommission, estimateSellTax } from './estimate-costs.ts';
import { shareCosts } from './share-costs.ts';

const KOSPI = { market: 'KOSPI', kind: 'COMMON' } as const;
const KOSDAQ = { market: 'KOSDAQ', kind: 'COMMON' } as const;
const settles2026 = parseTradeDate('2026-06-15');

function kospiDay(bought: number, sold: number, settlement: string): string {
  const amounts = {
    boughtAmount: won(bought),
    soldAmount: won(sold),
    soldByMarket: sold === 0 ? [] : [{ ...KOSPI, amount: won(sold) }],
  };
  return expectedDayCosts(amounts, parseTradeDate(settlement)).total.toFixed();
}

describe('the day costs of the broker', () => {
  // Cumulative thdt_tlex_amt of paper days 2026-06-11 and 2022, krx-rules sections 6 and 7.
  it.each([
    ['buy 294,500', 294_500, 0, '40'],
    ['sell 294,500', 294_500, 294_500, '668'],
    ['buy 292,000', 586_500, 294_500, '708'],
    ['sell 297,000', 586_500, 591_500, '1342'],
  ])('fits the day of 2026-06-11 after %s', (_step, bought, sold, total) => {
    expect(kospiDay(bought, sold, '2026-06-15')).toBe(total);
  });

  it('fits a day of 2022 with that year’s split tax', () => {
    expect(kospiDay(1_219_800, 610_000, '2022-06-15')).toBe('1653');
  });

  it('fits the day that begins with 248,500 and goes on with 995,000', () => {
    expect(kospiDay(248_500, 0, '2026-06-15')).toBe('30');
    expect(kospiDay(248_500 + 995_000, 0, '2026-06-15')).toBe('170');
  });

  it('cuts each tax on the total of a market, not on each row', () => {
    const costs = expectedDayCosts(
      {
        boughtAmount: ZERO_WON,
        soldAmount: won(3_998),
        soldByMarket: [
          { ...KOSPI, amount: won(1_999) },
          { market: 'KOSPI', kind: 'PREFERRED', amount: won(1_999) },
        ],
      },
      settles2026,
    );
    expect(costs.securitiesTax.toFixed()).toBe('1');
    expect(costs.ruralTax.toFixed()).toBe('5');
    expect(costs.tax.toFixed()).toBe('6');
    expect(costs.commission.toFixed()).toBe('0');
  });

  it('takes KOSDAQ and ETF sells by their own rates', () => {
    const costs = expectedDayCosts(
      {
        boughtAmount: won(10_000_000),
        soldAmount: won(2_000_000),
        soldByMarket: [
          { ...KOSDAQ, amount: won(1_000_000) },
          { market: 'KOSPI', kind: 'ETF', amount: won(1_000_000) },
        ],
      },
      settles2026,
      { commissionRate: '0.0001', commissionUnit: 10 },
    );
    expect(costs).toMatchObject({
      boughtCommission: won(1_000),
      soldCommission: won(200),
      securitiesTax: won(2_000),
      ruralTax: won(0),
      total: won(3_200),
    });
  });

  it('taxes by the settlement date: a sell of the last sessions pays next year’s rate', () => {
    expect(kospiDay(0, 1_000_000, '2024-12-30')).toBe('1940');
    expect(kospiDay(0, 1_000_000, '2025-01-02')).toBe('1640');
  });
});

describe('estimates of one fill', () => {
  it('cuts to the won', () => {
    expect(estimateCommission(won(700_000)).toFixed()).toBe('98');
    expect(estimateCommission(won(7_000)).toFixed()).toBe('0');
    expect(estimateSellTax(won(294_500), KOSPI, settles2026).toFixed()).toBe('588');
    expect(estimateSellTax(won(1_000_000), { ...KOSPI, kind: 'ETF' }, settles2026).toFixed()).toBe(
      '0',
    );
  });

  it('never exceeds the day’s costs of the same fill by more than the cut of the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (amount) => {
        const estimate = estimateCommission(won(amount));
        const day = expectedDayCosts(
          { boughtAmount: won(amount), soldAmount: ZERO_WON, soldByMarket: [] },
          settles2026,
        ).total;
        expect(estimate.minus(day).toNumber()).toBeGreaterThanOrEqual(0);
        expect(estimate.minus(day).toNumber()).toBeLessThan(10);
      }),
    );
  });
});

describe('sharing the real costs', () => {
  const bearers = fc.uniqueArray(
    fc.record({
      tradeId: fc.string({ minLength: 1, maxLength: 6 }),
      bought: fc.integer({ min: 1, max: 50_000_000 }),
      sold: fc.integer({ min: 0, max: 50_000_000 }),
    }),
    { selector: ({ tradeId }) => tradeId, minLength: 1, maxLength: 30 },
  );

  it('shares each column exactly, in whole won, within one won of the true proportion', () => {
    fc.assert(
      fc.property(
        bearers,
        fc.nat({ max: 1_000_000 }),
        fc.nat({ max: 1_000_000 }),
        fc.integer({ min: -500, max: 500 }),
        (rows, commission, tax, adjustment) => {
          fc.pre(rows.some(({ sold }) => sold > 0) || tax === 0);
          const trades = rows.map(({ tradeId, bought, sold }) => bearer(tradeId, bought, sold));
          const real = { commission: won(commission), tax: won(tax), adjustment: won(adjustment) };
          const shares = shareCosts(real, trades);
          expect(sumWon(shares.map((s) => s.commission)).toNumber()).toBe(commission);
          expect(sumWon(shares.map((s) => s.transactionTax)).toNumber()).toBe(tax);
          expect(sumWon(shares.map((s) => s.costAdjustment)).toNumber()).toBe(adjustment);
          const turnover = rows.reduce((sum, { bought, sold }) => sum + bought + sold, 0);
          shares.forEach((share, index) => {
            const { bought, sold } = rows[index]!;
            const fair = won(commission)
              .times(bought + sold)
              .div(turnover);
            expect(share.commission.minus(fair).abs().lte(1)).toBe(true);
            expect(share.commission.isInteger() && share.commission.gte(0)).toBe(true);
          });
          const reversed = shareCosts(real, trades.toReversed());
          expect(reversed.toReversed()).toEqual(shares);
        },
      ),
    );
  });

  it('gives the won that is left to the largest remainder', () => {
    const shares = shareCosts({ commission: won(10), tax: ZERO_WON }, [
      bearer('a', 100, 0),
      bearer('b', 200, 0),
    ]);
    expect(shares.map((share) => share.commission.toNumber())).toEqual([3, 7]);
  });

  it('gives equal remainders to the smaller id', () => {
    const shares = shareCosts({ commission: won(1), tax: ZERO_WON }, [
      bearer('b', 100, 0),
      bearer('a', 100, 0),
    ]);
    expect(shares.map((share) => [share.tradeId, share.commission.toNumber()])).toEqual([
      ['b', 0],
      ['a', 1],
    ]);
  });

  it('shares tax by the estimated tax: an ETF bears none', () => {
    const [stock, fund] = shareCosts({ commission: ZERO_WON, tax: won(1_000) }, [
      { ...bearer('stock', 0, 1_000_000), transactionTax: won(2_000) },
      { ...bearer('fund', 0, 9_000_000), transactionTax: ZERO_WON },
    ]);
    expect(stock?.transactionTax.toNumber()).toBe(1_000);
    expect(fund?.transactionTax.toNumber()).toBe(0);
  });

  it('shares nothing without costs and refuses costs without trades or with fractions', () => {
    const trade = bearer('a', 0, 0);
    const nothing = { commission: ZERO_WON, tax: ZERO_WON };
    expect(shareCosts(nothing, [])).toEqual([]);
    expect(shareCosts(nothing, [trade])[0]?.commission.toNumber()).toBe(0);
    expect(() => shareCosts({ ...nothing, commission: won(1) }, [])).toThrow(InvariantViolation);
    expect(() => shareCosts({ ...nothing, tax: won(1) }, [trade])).toThrow(InvariantViolation);
    expect(() => shareCosts({ ...nothing, commission: won('0.5') }, [bearer('a', 1, 1)])).toThrow(
      InvariantViolation,
    );
  });
});

function bearer(tradeId: string, bought: number, sold: number) {
  return {
    tradeId,
    boughtAmount: won(bought),
    soldAmount: won(sold),
    transactionTax: ZERO_WON,
  };
}
