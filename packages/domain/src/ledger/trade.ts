import type { TradeDate } from '@fleet/krx';
import { InvariantViolation } from '../errors.ts';
import { NO_SHARES, type Quantity, quantity, type Won, won, ZERO_WON } from '../money.ts';
import type { Fill } from './fill.ts';

/** A round trip: from the first bought share until the last one is sold. */
export interface Trade {
  readonly tradeId: string;
  readonly tradeDate: TradeDate;
  readonly symbol: string;
  readonly entryWorkerId: string;
  readonly exitWorkerId: string | undefined;
  readonly boughtQuantity: Quantity;
  readonly boughtAmount: Won;
  readonly soldQuantity: Quantity;
  readonly soldAmount: Won;
  /** Estimates until settlement shares out the day's real costs. */
  readonly commission: Won;
  readonly transactionTax: Won;
  /** This trade's share of the day's difference between real and estimated costs. */
  readonly costAdjustment: Won;
  /** soldAmount - boughtAmount - commission - transactionTax - costAdjustment; undefined while open. */
  readonly pnl: Won | undefined;
  readonly enteredAt: number;
  readonly exitedAt: number | undefined;
  readonly exitReason: string | undefined;
}

/** A fill's estimated costs and what its order knows of the trade. */
export interface TradeFillContext {
  /** Of this fill alone. */
  readonly commission: Won;
  readonly transactionTax: Won;
  /** Of the fill's order; entry or exit worker by its side. */
  readonly workerId: string;
  /** Used when the fill opens the trade. */
  readonly tradeId: string;
  readonly tradeDate: TradeDate;
  /** A sell's purpose. */
  readonly exitReason?: string;
}

/**
 * The trade after a fill; undefined starts a new one. Closed when sold = bought.
 * @throws InvariantViolation on a closed trade, a sell without a trade, another symbol, too many sold
 */
export function applyFillToTrade(
  trade: Trade | undefined,
  fill: Pick<Fill, 'symbol' | 'side' | 'quantity' | 'amount' | 'marketAt'>,
  costs: TradeFillContext,
): Trade {
  const before = trade ?? newTrade(fill, costs);
  if (before.pnl !== undefined || before.symbol !== fill.symbol || fill.quantity === 0) {
    throw new InvariantViolation('the fill does not belong to this trade', {
      tradeId: before.tradeId,
      symbol: before.symbol,
      fill: fill.symbol,
      closed: before.pnl !== undefined,
    });
  }
  const costed: Trade = {
    ...before,
    commission: won(before.commission.plus(costs.commission)),
    transactionTax: won(before.transactionTax.plus(costs.transactionTax)),
  };
  return fill.side === 'BUY' ? bought(costed, fill) : sold(costed, fill, costs);
}

/** Result of a closed trade after all its costs, won. */
export function pnlOf(
  trade: Pick<
    Trade,
    'boughtAmount' | 'soldAmount' | 'commission' | 'transactionTax' | 'costAdjustment'
  >,
): Won {
  return won(
    trade.soldAmount
      .minus(trade.boughtAmount)
      .minus(trade.commission)
      .minus(trade.transactionTax)
      .minus(trade.costAdjustment),
  );
}

type Step = Pick<Fill, 'quantity' | 'amount' | 'marketAt'>;

function bought(trade: Trade, fill: Step): Trade {
  return {
    ...trade,
    boughtQuantity: quantity(trade.boughtQuantity + fill.quantity),
    boughtAmount: won(trade.boughtAmount.plus(fill.amount)),
  };
}

function sold(trade: Trade, fill: Step, context: TradeFillContext): Trade {
  const soldQuantity = quantity(trade.soldQuantity + fill.quantity);
  if (soldQuantity > trade.boughtQuantity) {
    throw new InvariantViolation('sold more than bought', {
      tradeId: trade.tradeId,
      bought: trade.boughtQuantity,
      sold: soldQuantity,
    });
  }
  const after: Trade = {
    ...trade,
    exitWorkerId: context.workerId,
    exitReason: context.exitReason ?? trade.exitReason,
    soldQuantity,
    soldAmount: won(trade.soldAmount.plus(fill.amount)),
  };
  if (soldQuantity < trade.boughtQuantity) return after;
  return { ...after, exitedAt: fill.marketAt, pnl: pnlOf(after) };
}

function newTrade(
  fill: Pick<Fill, 'symbol' | 'side' | 'marketAt'>,
  context: TradeFillContext,
): Trade {
  if (fill.side === 'SELL') {
    throw new InvariantViolation('a sell without a trade', { symbol: fill.symbol });
  }
  return {
    tradeId: context.tradeId,
    tradeDate: context.tradeDate,
    symbol: fill.symbol,
    entryWorkerId: context.workerId,
    exitWorkerId: undefined,
    boughtQuantity: NO_SHARES,
    boughtAmount: ZERO_WON,
    soldQuantity: NO_SHARES,
    soldAmount: ZERO_WON,
    commission: ZERO_WON,
    transactionTax: ZERO_WON,
    costAdjustment: ZERO_WON,
    pnl: undefined,
    enteredAt: fill.marketAt,
    exitedAt: undefined,
    exitReason: undefined,
  };
}
