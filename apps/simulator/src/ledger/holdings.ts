/** One symbol's shares in an account. */
export interface HoldingState {
  readonly quantity: number;
  /** What the shares cost, without fees; a sell takes out its average part. */
  readonly costAmount: number;
  readonly boughtToday: number;
  readonly soldToday: number;
  readonly boughtYesterday: number;
  readonly soldYesterday: number;
}

export const NO_HOLDING: HoldingState = {
  quantity: 0,
  costAmount: 0,
  boughtToday: 0,
  soldToday: 0,
  boughtYesterday: 0,
  soldYesterday: 0,
};

export function bought(holding: HoldingState, quantity: number, amount: number): HoldingState {
  return {
    ...holding,
    quantity: holding.quantity + quantity,
    costAmount: holding.costAmount + amount,
    boughtToday: holding.boughtToday + quantity,
  };
}

/** @throws Error when more is sold than held: the exchange never lets that happen. */
export function sold(holding: HoldingState, quantity: number): HoldingState {
  if (quantity > holding.quantity) {
    throw new Error(`sold ${quantity} of ${holding.quantity} shares`);
  }
  // BigInt: cost times quantity passes 2⁵³ for large positions. The last share takes the rest.
  const left = holding.quantity - quantity;
  const costLeft = (BigInt(holding.costAmount) * BigInt(left)) / BigInt(holding.quantity);
  return {
    ...holding,
    quantity: left,
    costAmount: Number(costLeft),
    soldToday: holding.soldToday + quantity,
  };
}

/** At a new trade date today's activity becomes yesterday's; undefined when nothing is left to show. */
export function rolled(holding: HoldingState): HoldingState | undefined {
  const { boughtToday, soldToday, quantity, costAmount } = holding;
  if (quantity === 0 && boughtToday === 0 && soldToday === 0) return undefined;
  return {
    quantity,
    costAmount,
    boughtToday: 0,
    soldToday: 0,
    boughtYesterday: boughtToday,
    soldYesterday: soldToday,
  };
}
