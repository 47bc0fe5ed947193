import type { BrokerOrder, FrozenCandidate, FrozenStock } from '@fleet/service-layer';
import { closeGate } from '../fleet/set-gate.ts';
import type { Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { dateOf } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';

/** A candidate as it stands in the row. */
interface StoredCandidate {
  readonly date: string;
  readonly branch: string;
  readonly number: string;
  readonly quantity: number;
  readonly filledQuantity: number;
  readonly price: string | null;
}

/**
 * Nobody can say which of several list rows is ours: no claim, no buys, and a person is told. The
 * order's answer thaws it (a trigger on orders).
 */
export async function freezeStock(
  pool: Pool,
  request: {
    readonly symbol: string;
    readonly orderId: string;
    readonly rows: readonly BrokerOrder[];
    readonly marketAt: number;
  },
): Promise<void> {
  const { symbol, orderId, rows, marketAt } = request;
  const candidates = rows.map(stored);
  const detail = candidates.map(({ number }) => number).join(', ');
  await inTransaction(pool, async (client) => {
    await closeGate(client, 'EXIT_ONLY', `AMBIGUOUS_ORDER ${symbol}`, marketAt);
    const { rowCount } = await client.query(
      `UPDATE symbol_fences SET frozen = true, frozen_reason = $2, frozen_order_id = $3, frozen_candidates = $4
       WHERE symbol = $1 AND NOT frozen`,
      [symbol, detail, orderId, JSON.stringify(candidates)],
    );
    if (rowCount === 0) return;
    const payload = { detail, candidates };
    await recordEvents(client, [
      { type: 'StockFrozenEvent', level: 'ERROR', symbol, orderId, marketAt, payload },
    ]);
  });
}

export async function readFrozenStocks(pool: Pool): Promise<FrozenStock[]> {
  const { rows } = await pool.query<{
    symbol: string;
    frozen_order_id: string;
    frozen_candidates: readonly StoredCandidate[];
  }>(
    `SELECT symbol, frozen_order_id, frozen_candidates FROM symbol_fences
     WHERE frozen AND frozen_order_id IS NOT NULL ORDER BY symbol`,
  );
  return rows.map(({ symbol, frozen_order_id: orderId, frozen_candidates: candidates }) => ({
    symbol,
    orderId,
    candidates: candidates.map(candidateOf),
  }));
}

function stored({ key, quantity, filledQuantity, price }: BrokerOrder): StoredCandidate {
  const { date, branch, number } = key;
  return { date, branch, number, quantity, filledQuantity, price: price?.toFixed() ?? null };
}

function candidateOf({ date, branch, number, ...terms }: StoredCandidate): FrozenCandidate {
  return { key: { date: dateOf(date), branch, number }, ...terms };
}
