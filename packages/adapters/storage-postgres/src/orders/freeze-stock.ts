import { closeGate } from '../fleet/set-gate.ts';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { inTransaction } from '../sql/transaction.ts';

/** Nobody can say which of several list rows is ours: no claim, no buys, and a person is told. */
export async function freezeStock(
  pool: Pool,
  request: {
    readonly symbol: string;
    readonly orderId: string;
    readonly detail: string;
    readonly marketAt: number;
  },
): Promise<void> {
  const { symbol, orderId, detail, marketAt } = request;
  await inTransaction(pool, async (client) => {
    await closeGate(client, 'EXIT_ONLY', `AMBIGUOUS_ORDER ${symbol}`, marketAt);
    const { rowCount } = await client.query(
      `UPDATE symbol_fences SET frozen = true, frozen_reason = $2 WHERE symbol = $1 AND NOT frozen`,
      [symbol, detail],
    );
    if (rowCount === 0) return;
    await recordEvents(client, [
      {
        type: 'StockFrozenEvent',
        level: 'ERROR',
        symbol,
        orderId,
        marketAt,
        payload: { detail },
      },
    ]);
  });
}
