import type { Quantity, Won } from '../money.ts';

/** One booked step of an order, unique on (order, cumulative quantity). */
export interface Fill {
  readonly fillId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: Quantity;
  /** Step amount / step quantity; may have decimals when a step met several prices. */
  readonly price: Won;
  readonly amount: Won;
  readonly cumulativeQuantity: Quantity;
  readonly marketAt: number;
}
