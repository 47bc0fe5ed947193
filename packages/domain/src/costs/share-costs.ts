import type { Decimal } from 'decimal.js';
import { InvariantViolation } from '../errors.ts';
import { WideDecimal, type Won, won, ZERO_WON } from '../money.ts';

/** A trade's part of the day: amounts of the day's own fills and the tax estimated for them. */
export interface CostBearer {
  readonly tradeId: string;
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  readonly transactionTax: Won;
}

export interface RealCosts {
  readonly commission: Won;
  readonly tax: Won;
  /** What the broker charged beyond (or below) both; whole won, may be negative. Zero when left out. */
  readonly adjustment?: Won;
}

export interface CostShare {
  readonly tradeId: string;
  readonly commission: Won;
  readonly transactionTax: Won;
  readonly costAdjustment: Won;
}

/**
 * Shares the day's real costs out in whole won so that each column's sum is exact: commission and
 * adjustment by turnover, tax by estimated tax. Equal remainders go to the smaller trade id, so the
 * same day always gives the same shares.
 * @throws InvariantViolation when there is something to share and nobody to bear it
 */
export function shareCosts(real: RealCosts, trades: readonly CostBearer[]): CostShare[] {
  const turnover = trades.map((trade) => trade.boughtAmount.plus(trade.soldAmount));
  const estimated = trades.map((trade) => trade.transactionTax);
  const taxed = estimated.some((tax) => tax.gt(0)) ? estimated : trades.map((t) => t.soldAmount);
  const ids = trades.map((trade) => trade.tradeId);
  const commission = largestRemainder(real.commission, turnover, ids);
  const tax = largestRemainder(real.tax, taxed, ids);
  const adjustment = largestRemainder(real.adjustment ?? ZERO_WON, turnover, ids);
  return trades.map(({ tradeId }, index) => ({
    tradeId,
    commission: commission[index] ?? ZERO_WON,
    transactionTax: tax[index] ?? ZERO_WON,
    costAdjustment: adjustment[index] ?? ZERO_WON,
  }));
}

function largestRemainder(
  total: Won,
  weights: readonly Decimal[],
  ids: readonly string[],
): readonly Won[] {
  const weightSum = weights.reduce((sum, weight) => sum.plus(weight), new WideDecimal(0));
  if (total.isZero()) return weights.map(() => ZERO_WON);
  if (weightSum.lte(0) || !total.isInteger()) {
    throw new InvariantViolation('costs that no trade can bear', {
      total: total.toString(),
      trades: ids.length,
    });
  }
  const magnitude = new WideDecimal(total.abs());
  const shares = weights.map((weight) => {
    const exact = magnitude.times(weight);
    return { whole: exact.divToInt(weightSum), remainder: exact.mod(weightSum) };
  });
  const given = shares.reduce((sum, share) => sum.plus(share.whole), new WideDecimal(0));
  const order = shares
    .map((share, index) => ({ index, remainder: share.remainder, id: ids[index] ?? '' }))
    .toSorted((a, b) => b.remainder.cmp(a.remainder) || (a.id < b.id ? -1 : 1));
  const luckyCount = magnitude.minus(given).toNumber();
  const lucky = new Set(order.slice(0, luckyCount).map(({ index }) => index));
  const sign = total.isNegative() ? -1 : 1;
  return shares.map(({ whole }, index) => won(whole.plus(lucky.has(index) ? 1 : 0).times(sign)));
}
