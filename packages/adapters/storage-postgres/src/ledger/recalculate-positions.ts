import {
  type FillTotals,
  flatPosition,
  type Position,
  positionsFromFills,
  won,
} from '@fleet/domain';
import type { Client, Pool } from '../make-pool.ts';
import { recordEvents } from '../sql/record-event.ts';
import { quantityOf } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';
import { readPosition, savePosition } from './position-row.ts';

// Stocks that could differ: shares by either reckoning. Flat by both is flat.
const SUSPECTS = `
  SELECT f.symbol FROM fills f LEFT JOIN positions p USING (symbol)
  GROUP BY f.symbol, p.qty
  HAVING sum(CASE f.side WHEN 'BUY' THEN f.qty ELSE -f.qty END) <> 0 OR coalesce(p.qty, 0) <> 0
  UNION SELECT symbol FROM positions WHERE qty > 0
  ORDER BY symbol`;

const FILLS = `
  SELECT symbol, side, qty, amount, trade_id FROM fills WHERE symbol = $1 ORDER BY booking_number`;

interface FillRow {
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly qty: number;
  readonly amount: string;
  readonly trade_id: string;
}

/** Opening step 5: the fills are the truth. Returns the stocks whose position had to be corrected. */
export async function recalculatePositions(pool: Pool, marketAt: number): Promise<string[]> {
  const { rows } = await pool.query<{ symbol: string }>(SUSPECTS);
  const corrected: string[] = [];
  for (const { symbol } of rows) {
    const differed = await inTransaction(pool, (client) => correct(client, symbol, marketAt));
    if (differed) corrected.push(symbol);
  }
  return corrected;
}

async function correct(client: Client, symbol: string, marketAt: number): Promise<boolean> {
  await client.query('SELECT FROM symbol_fences WHERE symbol = $1 FOR UPDATE', [symbol]);
  const stored = (await readPosition(client, symbol, true)) ?? flatPosition(symbol);
  const { rows } = await client.query<FillRow>(FILLS, [symbol]);
  const totals = positionsFromFills(
    rows.map((row) => ({ ...row, quantity: quantityOf(row.qty), amount: won(row.amount) })),
  ).get(symbol);
  const right = positionFrom(stored, totals, rows.at(-1)?.trade_id);
  if (isSame(stored, right)) return false;
  await savePosition(client, right, marketAt);
  await recordEvents(client, [
    {
      type: 'PositionCorrectedEvent',
      level: 'WARN',
      symbol,
      marketAt,
      payload: { from: shown(stored), to: shown(right) },
    },
  ]);
  return true;
}

function positionFrom(
  stored: Position,
  totals: FillTotals | undefined,
  tradeId: string | undefined,
): Position {
  if (totals === undefined || totals.quantity === 0) return flatPosition(stored.symbol);
  const { quantity, averageEntryPrice } = totals;
  return { ...stored, quantity, averageEntryPrice, tradeId: stored.tradeId ?? tradeId };
}

function isSame(a: Position, b: Position): boolean {
  const averages =
    a.averageEntryPrice === undefined || b.averageEntryPrice === undefined
      ? a.averageEntryPrice === b.averageEntryPrice
      : a.averageEntryPrice.eq(b.averageEntryPrice);
  return a.quantity === b.quantity && averages;
}

function shown(position: Position): Readonly<Record<string, unknown>> {
  return {
    quantity: position.quantity,
    averageEntryPrice: position.averageEntryPrice?.toFixed(),
  };
}
