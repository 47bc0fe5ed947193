import type { Position } from '@fleet/domain';
import type { Client, Pool } from '../make-pool.ts';
import { asIs, numericOrNull, optional, quantityOf, wonOf } from '../sql/row-values.ts';

export interface PositionRow {
  readonly symbol: string;
  readonly qty: number;
  readonly avg_price: string | null;
  readonly trade_id: string | null;
  readonly worker_id: string | null;
  readonly entry_price: string | null;
  readonly entered_at: number | null;
  readonly strategy_name: string | null;
  readonly strategy_version: string | null;
  readonly params_version: number | null;
}

const COLUMNS = `symbol, qty, avg_price, trade_id, worker_id, entry_price, entered_at,
  strategy_name, strategy_version, params_version`;

function positionOf(row: PositionRow): Position {
  return {
    symbol: row.symbol,
    quantity: quantityOf(row.qty),
    averageEntryPrice: optional(row.avg_price, wonOf),
    tradeId: optional(row.trade_id, asIs),
    workerId: optional(row.worker_id, asIs),
    entryPrice: optional(row.entry_price, wonOf),
    enteredAt: optional(row.entered_at, asIs),
    strategyName: optional(row.strategy_name, asIs),
    strategyVersion: optional(row.strategy_version, asIs),
    paramsVersion: optional(row.params_version, asIs),
  };
}

/** `lock`: for a change in the same transaction; the stock's row is locked before. */
export async function readPosition(
  db: Pool | Client,
  symbol: string,
  lock = false,
): Promise<Position | undefined> {
  const { rows } = await db.query<PositionRow>({
    name: lock ? 'lock_position' : 'read_position',
    text: `SELECT ${COLUMNS} FROM positions WHERE symbol = $1 ${lock ? 'FOR UPDATE' : ''}`,
    values: [symbol],
  });
  return optional(rows[0] ?? null, positionOf);
}

export async function readOpenPositions(pool: Pool): Promise<Position[]> {
  const { rows } = await pool.query<PositionRow>(
    `SELECT ${COLUMNS} FROM positions WHERE qty > 0 ORDER BY symbol`,
  );
  return rows.map(positionOf);
}

// Shares belong to whoever holds the stock by now: a fill may be booked after a takeover.
const SAVE = {
  name: 'save_position',
  text: `
  INSERT INTO positions (symbol, qty, avg_price, trade_id, worker_id, entry_price, entered_at,
    strategy_name, strategy_version, params_version, market_at)
  VALUES ($1, $2::bigint, $3, $4,
    CASE WHEN $2::bigint > 0 THEN coalesce((SELECT l.worker_id FROM stock_locks l WHERE l.symbol = $1), $5::uuid) END,
    $6, from_ms($7), $8, $9, $10, from_ms($11))
  ON CONFLICT (symbol) DO UPDATE SET
    qty = excluded.qty, avg_price = excluded.avg_price, trade_id = excluded.trade_id,
    worker_id = excluded.worker_id, entry_price = excluded.entry_price,
    entered_at = excluded.entered_at, strategy_name = excluded.strategy_name,
    strategy_version = excluded.strategy_version, params_version = excluded.params_version,
    market_at = excluded.market_at, updated_at = clock_timestamp()`,
};

export async function savePosition(
  client: Client,
  position: Position,
  marketAt: number,
): Promise<void> {
  await client.query({
    ...SAVE,
    values: [
      position.symbol,
      position.quantity,
      numericOrNull(position.averageEntryPrice),
      position.tradeId ?? null,
      position.workerId ?? null,
      numericOrNull(position.entryPrice),
      position.enteredAt ?? null,
      position.strategyName ?? null,
      position.strategyVersion ?? null,
      position.paramsVersion ?? null,
      marketAt,
    ],
  });
}
