import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { InvariantViolation } from '../errors.ts';
import { won } from '../money.ts';
import { sampleTrade } from '../testing/samples.ts';
import { EMPTY_SUMMARY, type Summary, summaryOf, updateSummary } from './summary.ts';

const closed = (pnl: number) => sampleTrade({ pnl: won(pnl) });

function told(summary: Summary) {
  return {
    pnl: summary.pnl.toFixed(),
    winRate: summary.winRate.toFixed(),
    averagePnl: summary.averagePnl.toFixed(),
    maxLoss: summary.maxLoss.toFixed(),
    tradesCount: summary.tradesCount,
    winCount: summary.winCount,
  };
}

describe('daily summary (SC-011)', () => {
  it('SC-011: adds up pnl, win rate, average, largest loss and count', () => {
    expect(told(summaryOf([closed(1_000), closed(-3_000), closed(500)]))).toEqual({
      pnl: '-1500',
      winRate: '0.666667',
      averagePnl: '-500',
      maxLoss: '-3000',
      tradesCount: 3,
      winCount: 2,
    });
  });

  it('SC-011: a flat trade is no win, and gains leave the largest loss at zero', () => {
    expect(told(summaryOf([closed(0), closed(10)]))).toMatchObject({
      winRate: '0.5',
      maxLoss: '0',
      averagePnl: '5',
    });
    expect(told(EMPTY_SUMMARY)).toMatchObject({ winRate: '0', averagePnl: '0', tradesCount: 0 });
  });

  it('passes over open trades when summing and refuses to add one', () => {
    const open = sampleTrade({ pnl: undefined });
    expect(summaryOf([open])).toEqual(EMPTY_SUMMARY);
    expect(() => updateSummary(EMPTY_SUMMARY, open)).toThrow(InvariantViolation);
  });

  it('SC-011: folding trade by trade, in any order, is the sum of the day', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10_000_000, max: 10_000_000 })), (pnls) => {
        const folded = pnls.map(closed).reduce(updateSummary, EMPTY_SUMMARY);
        expect(folded).toEqual(summaryOf(pnls.map(closed)));
        expect(told(folded)).toEqual(told(summaryOf(pnls.toReversed().map(closed))));
        expect(folded.pnl.toNumber()).toBe(pnls.reduce((sum, pnl) => sum + pnl, 0));
        expect(folded.maxLoss.toNumber()).toBe(Math.min(0, ...pnls));
        expect(folded.winCount).toBe(pnls.filter((pnl) => pnl > 0).length);
      }),
    );
  });
});
