import type { Order } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { Client, Pool } from '../make-pool.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';

const OPEN = `status IN ('NEW', 'SENT', 'PARTIAL')`;

export async function readOrder(db: Pool | Client, orderId: string): Promise<OrderRow | undefined> {
  const { rows } = await db.query<OrderRow>({
    name: 'read_order',
    text: `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = $1`,
    values: [orderId],
  });
  return rows[0];
}

/** NEW, SENT or PARTIAL, oldest first; all dates when undefined. */
export async function readOpenOrders(pool: Pool, tradeDate?: TradeDate): Promise<Order[]> {
  return await readOrders(pool, {
    where: `${OPEN} AND ($1::date IS NULL OR trade_date = $1)`,
    values: [tradeDate ?? null],
  });
}

export async function readOrdersOf(
  pool: Pool,
  symbol: string,
  tradeDate: TradeDate,
): Promise<Order[]> {
  return await readOrders(pool, {
    where: 'symbol = $1 AND trade_date = $2',
    values: [symbol, tradeDate],
  });
}

/** Those that have a broker number, to tell ours from foreign, and those that ask for one. */
export async function readNumberedOrders(pool: Pool, tradeDate: TradeDate): Promise<Order[]> {
  return await readOrders(pool, {
    where: `trade_date = $1 AND (broker_order_id IS NOT NULL OR (status = 'SENT' AND answered_at IS NULL))`,
    values: [tradeDate],
  });
}

async function readOrders(
  pool: Pool,
  { where, values }: { readonly where: string; readonly values: readonly unknown[] },
): Promise<Order[]> {
  const { rows } = await pool.query<OrderRow>(
    `SELECT ${ORDER_COLUMNS} FROM orders WHERE ${where} ORDER BY created_at, order_id`,
    [...values],
  );
  return rows.map(orderOf);
}
