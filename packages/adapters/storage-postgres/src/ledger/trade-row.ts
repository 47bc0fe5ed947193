import type { Trade } from '@fleet/domain';
import type { Client } from '../make-pool.ts';
import {
  asIs,
  dateOf,
  numeric,
  numericOrNull,
  optional,
  quantityOf,
  wonOf,
} from '../sql/row-values.ts';

export interface TradeRow {
  readonly trade_id: string;
  readonly trade_date: string;
  readonly symbol: string;
  readonly entry_worker_id: string;
  readonly exit_worker_id: string | null;
  readonly bought_qty: number;
  readonly bought_amount: string;
  readonly sold_qty: number;
  readonly sold_amount: string;
  readonly commission: string;
  readonly transaction_tax: string;
  readonly cost_adjustment: string;
  readonly pnl: string | null;
  readonly entered_at: number;
  readonly exited_at: number | null;
  readonly exit_reason: string | null;
  readonly strategy_name: string;
}

export const TRADE_COLUMNS = `trade_id, trade_date, symbol, entry_worker_id, exit_worker_id,
  bought_qty, bought_amount, sold_qty, sold_amount, commission, transaction_tax, cost_adjustment,
  pnl, entered_at, exited_at, exit_reason, strategy_name`;

export function tradeOf(row: TradeRow): Trade {
  return {
    tradeId: row.trade_id,
    tradeDate: dateOf(row.trade_date),
    symbol: row.symbol,
    entryWorkerId: row.entry_worker_id,
    exitWorkerId: optional(row.exit_worker_id, asIs),
    boughtQuantity: quantityOf(row.bought_qty),
    boughtAmount: wonOf(row.bought_amount),
    soldQuantity: quantityOf(row.sold_qty),
    soldAmount: wonOf(row.sold_amount),
    commission: wonOf(row.commission),
    transactionTax: wonOf(row.transaction_tax),
    costAdjustment: wonOf(row.cost_adjustment),
    pnl: optional(row.pnl, wonOf),
    enteredAt: row.entered_at,
    exitedAt: optional(row.exited_at, asIs),
    exitReason: optional(row.exit_reason, asIs),
  };
}

export async function lockTrade(client: Client, tradeId: string): Promise<TradeRow | undefined> {
  const { rows } = await client.query<TradeRow>({
    name: 'lock_trade',
    text: `SELECT ${TRADE_COLUMNS} FROM trades WHERE trade_id = $1 FOR UPDATE`,
    values: [tradeId],
  });
  return rows[0];
}

/** What a trade keeps of the order that opened it. */
export interface TradeOrigin {
  readonly market: string;
  readonly instrument_kind: string;
  readonly strategy_name: string;
  readonly strategy_version: string;
  readonly params_version: number;
}

const SAVE = {
  name: 'save_trade',
  text: `
  INSERT INTO trades (trade_id, trade_date, symbol, entry_worker_id, exit_worker_id, bought_qty,
    bought_amount, sold_qty, sold_amount, commission, transaction_tax, cost_adjustment, pnl,
    entered_at, exited_at, exit_reason, closed_on, market, instrument_kind, strategy_name,
    strategy_version, params_version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, from_ms($14), from_ms($15), $16,
    $17, $18, $19, $20, $21, $22)
  ON CONFLICT (trade_id) DO UPDATE SET
    exit_worker_id = excluded.exit_worker_id, bought_qty = excluded.bought_qty,
    bought_amount = excluded.bought_amount, sold_qty = excluded.sold_qty,
    sold_amount = excluded.sold_amount, commission = excluded.commission,
    transaction_tax = excluded.transaction_tax, cost_adjustment = excluded.cost_adjustment,
    pnl = excluded.pnl, exited_at = excluded.exited_at, exit_reason = excluded.exit_reason,
    closed_on = excluded.closed_on, updated_at = clock_timestamp()`,
};

/** `closedOn`: the day whose result a closed trade is, that of its last order. */
export async function saveTrade(
  client: Client,
  trade: Trade,
  origin: TradeOrigin,
  closedOn: string,
): Promise<void> {
  await client.query({
    ...SAVE,
    values: [
      trade.tradeId,
      trade.tradeDate,
      trade.symbol,
      trade.entryWorkerId,
      trade.exitWorkerId ?? null,
      trade.boughtQuantity,
      numeric(trade.boughtAmount),
      trade.soldQuantity,
      numeric(trade.soldAmount),
      numeric(trade.commission),
      numeric(trade.transactionTax),
      numeric(trade.costAdjustment),
      numericOrNull(trade.pnl),
      trade.enteredAt,
      trade.exitedAt ?? null,
      trade.exitReason ?? null,
      trade.pnl === undefined ? null : closedOn,
      origin.market,
      origin.instrument_kind,
      origin.strategy_name,
      origin.strategy_version,
      origin.params_version,
    ],
  });
}
