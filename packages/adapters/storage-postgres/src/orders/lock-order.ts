import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { ORDER_COLUMNS, type OrderRow } from './order-row.ts';

/**
 * The stock's row first, then the order: whoever changes anything of a stock comes through here, so
 * what follows is judged on the newest rows. @throws StorageError BAD_ROW for an unknown order
 */
export async function lockOrder(client: Client, orderId: string): Promise<OrderRow> {
  await client.query({
    name: 'lock_stock_of_order',
    text: `SELECT FROM symbol_fences
           WHERE symbol = (SELECT symbol FROM orders WHERE order_id = $1) FOR UPDATE`,
    values: [orderId],
  });
  const result = await client.query<OrderRow>({
    name: 'lock_order',
    text: `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = $1 FOR UPDATE`,
    values: [orderId],
  });
  return oneRow(result, `order ${orderId}`);
}

/** Bookings and buy intents of a day line up here, after everything else is locked. */
export async function lockAccountDay(client: Client, tradeDate: string): Promise<void> {
  await client.query({
    name: 'open_account_day',
    text: `INSERT INTO account_days (trade_date) VALUES ($1) ON CONFLICT (trade_date) DO NOTHING`,
    values: [tradeDate],
  });
  await client.query({
    name: 'lock_account_day',
    text: 'SELECT FROM account_days WHERE trade_date = $1 FOR UPDATE',
    values: [tradeDate],
  });
}
