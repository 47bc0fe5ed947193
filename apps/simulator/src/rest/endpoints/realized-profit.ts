import type { TradeDate } from '@fleet/krx';
import type { AccountView, OrderRecord } from '../../exchange/types.ts';

/** What was sold of one symbol on one day, against its average cost. Won and shares. */
export interface RealizedRow {
  readonly date: TradeDate;
  readonly symbol: string;
  readonly boughtQuantity: number;
  readonly boughtAmount: number;
  readonly soldQuantity: number;
  readonly soldAmount: number;
  /** Cost of what was sold. */
  readonly cost: number;
  readonly profit: number;
}

interface Position {
  quantity: number;
  cost: number;
}

/**
 * Walks the orders, oldest first, with a moving average cost per symbol, as the broker's profit
 * inquiries do. Orders count at their acceptance: the list has no instants of single fills.
 */
export function realizedByDay(orders: readonly OrderRecord[]): readonly RealizedRow[] {
  const positions = new Map<string, Position>();
  const rows = new Map<string, RealizedRow>();
  for (const order of orders) {
    if (order.filledQuantity === 0) continue;
    const position = positions.get(order.symbol) ?? { quantity: 0, cost: 0 };
    positions.set(order.symbol, position);
    const key = `${order.date}/${order.symbol}`;
    const row = rows.get(key) ?? emptyRow(order);
    rows.set(key, order.side === 'BUY' ? buy(row, position, order) : sell(row, position, order));
  }
  return [...rows.values()];
}

/** Realised profit of one day's orders; shares held before are costed by the holdings. */
export function realizedOn(
  orders: readonly OrderRecord[],
  account: AccountView,
): { readonly profit: number; readonly cost: number } {
  const rows = realizedByDay(orders);
  const profit = rows.reduce((total, row) => total + row.profit, 0);
  const sold = rows.some((row) => row.soldQuantity > 0);
  return {
    profit: profit - (sold ? account.costsToday : 0),
    cost: rows.reduce((total, row) => total + row.cost, 0),
  };
}

function emptyRow(order: OrderRecord): RealizedRow {
  return {
    date: order.date,
    symbol: order.symbol,
    boughtQuantity: 0,
    boughtAmount: 0,
    soldQuantity: 0,
    soldAmount: 0,
    cost: 0,
    profit: 0,
  };
}

function buy(row: RealizedRow, position: Position, order: OrderRecord): RealizedRow {
  position.quantity += order.filledQuantity;
  position.cost += order.filledAmount;
  return {
    ...row,
    boughtQuantity: row.boughtQuantity + order.filledQuantity,
    boughtAmount: row.boughtAmount + order.filledAmount,
  };
}

function sell(row: RealizedRow, position: Position, order: OrderRecord): RealizedRow {
  const quantity = Math.min(order.filledQuantity, position.quantity);
  const cost =
    position.quantity === 0 ? 0 : Math.round((position.cost * quantity) / position.quantity);
  position.quantity -= quantity;
  position.cost -= cost;
  // Shares that were there before the list begins have no known cost: no profit is claimed on them.
  const unknownAmount = Math.round(
    (order.filledAmount * (order.filledQuantity - quantity)) / order.filledQuantity,
  );
  return {
    ...row,
    soldQuantity: row.soldQuantity + order.filledQuantity,
    soldAmount: row.soldAmount + order.filledAmount,
    cost: row.cost + cost,
    profit: row.profit + order.filledAmount - unknownAmount - cost,
  };
}
