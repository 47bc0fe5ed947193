import { Decimal } from 'decimal.js';
import { InvariantViolation } from '../errors.ts';
import { NO_SHARES, type Quantity, quantity, type Won, won, WideDecimal } from '../money.ts';
import type { Fill } from './fill.ts';

/** One symbol's shares that the fleet bought and has not sold. */
export interface Position {
  readonly symbol: string;
  readonly quantity: Quantity;
  /** Undefined when flat. */
  readonly averageEntryPrice: Won | undefined;
  readonly tradeId: string | undefined;
  readonly workerId: string | undefined;
  readonly entryPrice: Won | undefined;
  /** Epoch ms, market time. */
  readonly enteredAt: number | undefined;
  readonly strategyName: string | undefined;
  readonly strategyVersion: string | undefined;
  readonly paramsVersion: number | undefined;
}

/** What a fill's order adds to the position; used when the fill opens it. */
export interface PositionContext {
  readonly tradeId: string;
  readonly workerId: string;
  readonly strategyName: string;
  readonly strategyVersion: string;
  readonly paramsVersion: number;
}

export interface FillTotals {
  readonly quantity: Quantity;
  /** Undefined when flat. */
  readonly averageEntryPrice: Won | undefined;
  readonly boughtQuantity: number;
  readonly boughtAmount: Won;
  readonly soldQuantity: number;
  readonly soldAmount: Won;
}

/** Decimals of a kept average: enough to find the exact cost again for any real quantity. */
export const AVERAGE_PRICE_DECIMALS = 12;

export function flatPosition(symbol: string): Position {
  return {
    symbol,
    quantity: NO_SHARES,
    averageEntryPrice: undefined,
    tradeId: undefined,
    workerId: undefined,
    entryPrice: undefined,
    enteredAt: undefined,
    strategyName: undefined,
    strategyVersion: undefined,
    paramsVersion: undefined,
  };
}

/**
 * The position after a fill. A buy moves the average, a sell keeps it; the last share sold leaves
 * the position flat.
 * @throws InvariantViolation on another symbol's fill, on a step without shares, on selling more than held
 */
export function applyFillToPosition(
  position: Position,
  fill: Pick<Fill, 'symbol' | 'side' | 'quantity' | 'amount' | 'price' | 'marketAt'>,
  context: PositionContext,
): Position {
  if (fill.symbol !== position.symbol) {
    throw new InvariantViolation('a fill of another stock', {
      symbol: position.symbol,
      fill: fill.symbol,
    });
  }
  const after = nextHolding(position, fill);
  if (after.quantity === 0) return flatPosition(position.symbol);
  if (position.quantity > 0) return { ...position, ...after };
  return {
    ...after,
    symbol: position.symbol,
    tradeId: context.tradeId,
    workerId: context.workerId,
    strategyName: context.strategyName,
    strategyVersion: context.strategyVersion,
    paramsVersion: context.paramsVersion,
    entryPrice: fill.price,
    enteredAt: fill.marketAt,
  };
}

/** Positions from fills alone, in the order of their booking. @throws InvariantViolation as above */
export function positionsFromFills(
  fills: Iterable<Pick<Fill, 'symbol' | 'side' | 'quantity' | 'amount'>>,
): ReadonlyMap<string, FillTotals> {
  const totals = new Map<string, FillTotals>();
  for (const fill of fills) {
    const before = totals.get(fill.symbol) ?? NOTHING;
    const isBuy = fill.side === 'BUY';
    totals.set(fill.symbol, {
      ...nextHolding(before, fill),
      boughtQuantity: before.boughtQuantity + (isBuy ? fill.quantity : 0),
      boughtAmount: isBuy ? won(before.boughtAmount.plus(fill.amount)) : before.boughtAmount,
      soldQuantity: before.soldQuantity + (isBuy ? 0 : fill.quantity),
      soldAmount: isBuy ? before.soldAmount : won(before.soldAmount.plus(fill.amount)),
    });
  }
  return totals;
}

const NOTHING: FillTotals = {
  quantity: NO_SHARES,
  averageEntryPrice: undefined,
  boughtQuantity: 0,
  boughtAmount: won(0),
  soldQuantity: 0,
  soldAmount: won(0),
};

interface Holding {
  readonly quantity: Quantity;
  readonly averageEntryPrice: Won | undefined;
}

function nextHolding(held: Holding, fill: Pick<Fill, 'side' | 'quantity' | 'amount'>): Holding {
  if (fill.quantity === 0) throw new InvariantViolation('a fill without shares');
  if (fill.side === 'BUY') {
    const shares = quantity(held.quantity + fill.quantity);
    return { quantity: shares, averageEntryPrice: average(costOf(held).plus(fill.amount), shares) };
  }
  if (fill.quantity > held.quantity) {
    throw new InvariantViolation('sold more than held', {
      held: held.quantity,
      sold: fill.quantity,
    });
  }
  const left = quantity(held.quantity - fill.quantity);
  return { quantity: left, averageEntryPrice: left === 0 ? undefined : held.averageEntryPrice };
}

function average(cost: Decimal, shares: number): Won {
  const exact = new WideDecimal(cost).div(shares);
  return won(new Decimal(exact.toDecimalPlaces(AVERAGE_PRICE_DECIMALS, Decimal.ROUND_HALF_EVEN)));
}

/**
 * Cost of the shares held. Fills are whole won, so a cost that misses a whole number by no more than
 * the average's rounding is that number: any split of the same buys gives the same average.
 */
function costOf({ quantity: shares, averageEntryPrice }: Holding): Decimal {
  if (averageEntryPrice === undefined) return new WideDecimal(0);
  const cost = new WideDecimal(averageEntryPrice).times(shares);
  const whole = cost.round();
  const roundingError = new WideDecimal(10).pow(-AVERAGE_PRICE_DECIMALS).times(shares);
  return cost.minus(whole).abs().lte(roundingError) ? whole : cost;
}
