import { quantity } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { AccountStore, ForeignHolding, ForeignOrder } from '@fleet/service-layer';
import type { Client, Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';

type Seen = Parameters<AccountStore['recordForeign']>[0];

const KEEP_ORDER = {
  name: 'keep_foreign_order',
  text: `
  INSERT INTO foreign_orders AS f (broker_date, broker_branch, broker_order_id, symbol, side, qty,
    filled_qty, market_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, from_ms($8))
  ON CONFLICT (broker_date, broker_branch, broker_order_id)
    DO UPDATE SET filled_qty = greatest(f.filled_qty, excluded.filled_qty)
  RETURNING xmax = 0 AS is_new`,
};

const KEEP_HOLDING = {
  name: 'keep_foreign_holding',
  text: `
  INSERT INTO foreign_holdings (trade_date, symbol, qty, market_at) VALUES ($1, $2, $3, from_ms($4))
  ON CONFLICT (trade_date, symbol) DO UPDATE SET qty = excluded.qty
  RETURNING xmax = 0 AS is_new`,
};

/** The rows remember what has been told: once for each order, and for each stock of a day. */
export async function recordForeign(pool: Pool, seen: Seen): Promise<void> {
  const { tradeDate, orders, holdings, marketAt } = seen;
  await inTransaction(pool, async (client) => {
    for (const { key, symbol, side, quantity: qty, filledQuantity } of orders) {
      const { date, branch, number } = key;
      const values = [date, branch, number, symbol, side, qty, filledQuantity, marketAt];
      if (!(await isNew(client, { ...KEEP_ORDER, values }))) continue;
      const payload = { brokerOrderId: number, side, quantity: qty, filledQuantity };
      await recordEvents(client, [
        { type: 'ForeignOrderSeenEvent', level: 'WARN', symbol, marketAt, payload },
      ]);
    }
    if (holdings === undefined) return;
    for (const { symbol, quantity: qty } of holdings) {
      const values = [tradeDate, symbol, qty, marketAt];
      if (!(await isNew(client, { ...KEEP_HOLDING, values }))) continue;
      await recordEvents(client, [
        {
          type: 'ForeignHoldingSeenEvent',
          level: 'WARN',
          symbol,
          marketAt,
          payload: { quantity: qty },
        },
      ]);
    }
    await client.query(
      `UPDATE foreign_holdings SET qty = 0 WHERE trade_date = $1 AND qty > 0 AND symbol <> ALL ($2::text[])`,
      [tradeDate, holdings.map(({ symbol }) => symbol)],
    );
  });
}

async function isNew(
  client: Client,
  query: { name: string; text: string; values: unknown[] },
): Promise<boolean> {
  const { rows } = await client.query<{ is_new: boolean }>(query);
  return rows[0]?.is_new === true;
}

export async function readForeign(
  pool: Pool,
  tradeDate: TradeDate,
): Promise<{ orders: readonly ForeignOrder[]; holdings: readonly ForeignHolding[] }> {
  const orders = await pool.query<ForeignOrder>(
    `SELECT broker_order_id AS number, symbol, side, qty AS quantity, filled_qty AS "filledQuantity"
     FROM foreign_orders WHERE broker_date = $1 ORDER BY created_at, broker_order_id`,
    [tradeDate],
  );
  const holdings = await pool.query<ForeignHolding>(
    `SELECT symbol, qty AS quantity FROM foreign_holdings
     WHERE trade_date = $1 AND qty > 0 ORDER BY symbol`,
    [tradeDate],
  );
  return { orders: orders.rows, holdings: holdings.rows };
}

/** Shares of the stock that turned up during the day and are not the fleet's. */
export async function readForeignShares(
  client: Client,
  tradeDate: string,
  symbol: string,
): Promise<number> {
  const { rows } = await client.query<{ qty: number }>({
    name: 'read_foreign_shares',
    text: 'SELECT qty FROM foreign_holdings WHERE trade_date = $1 AND symbol = $2',
    values: [tradeDate, symbol],
  });
  return quantity(rows[0]?.qty ?? 0);
}
