import { Decimal } from 'decimal.js';
import { InvariantViolation } from '../errors.ts';
import { type Won, won, ZERO_WON } from '../money.ts';
import type { Trade } from './trade.ts';

/** SC-011: what a day's closed trades come to. */
export interface Summary {
  readonly pnl: Won;
  readonly tradesCount: number;
  /** Trades with a PnL above zero. */
  readonly winCount: number;
  /** winCount / tradesCount, six decimals; 0 without trades. */
  readonly winRate: Decimal;
  /** pnl / tradesCount, four decimals, half to even; 0 without trades. */
  readonly averagePnl: Won;
  /** The worst trade's PnL, zero or negative. */
  readonly maxLoss: Won;
}

export const EMPTY_SUMMARY: Summary = {
  pnl: ZERO_WON,
  tradesCount: 0,
  winCount: 0,
  winRate: new Decimal(0),
  averagePnl: ZERO_WON,
  maxLoss: ZERO_WON,
};

const WIN_RATE_DECIMALS = 6;
const AVERAGE_DECIMALS = 4;

/** Adds one closed trade. @throws InvariantViolation when the trade is open */
export function updateSummary(
  summary: Summary,
  closedTrade: Pick<Trade, 'tradeId' | 'pnl'>,
): Summary {
  const { pnl } = closedTrade;
  if (pnl === undefined) {
    throw new InvariantViolation('an open trade has no result', { tradeId: closedTrade.tradeId });
  }
  const total = won(summary.pnl.plus(pnl));
  const tradesCount = summary.tradesCount + 1;
  const winCount = summary.winCount + (pnl.gt(0) ? 1 : 0);
  return {
    pnl: total,
    tradesCount,
    winCount,
    winRate: new Decimal(winCount).div(tradesCount).toDecimalPlaces(WIN_RATE_DECIMALS),
    averagePnl: won(
      total.div(tradesCount).toDecimalPlaces(AVERAGE_DECIMALS, Decimal.ROUND_HALF_EVEN),
    ),
    maxLoss: pnl.lt(summary.maxLoss) ? pnl : summary.maxLoss,
  };
}

/** From the closed trades alone; open ones are passed over. */
export function summaryOf(trades: Iterable<Pick<Trade, 'tradeId' | 'pnl'>>): Summary {
  let summary = EMPTY_SUMMARY;
  for (const trade of trades) {
    if (trade.pnl !== undefined) summary = updateSummary(summary, trade);
  }
  return summary;
}
