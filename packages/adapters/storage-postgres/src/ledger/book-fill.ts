import {
  applyFillToPosition,
  applyFillToTrade,
  type CostRates,
  estimateCommission,
  estimateSellTax,
  type Fill,
  type FillStep,
  flatPosition,
  InvariantViolation,
  type Position,
  type Trade,
  type Won,
  won,
  ZERO_WON,
} from '@fleet/domain';
import { KRX_CALENDAR } from '@fleet/krx';
import type { FleetEvent } from '@fleet/service-layer';
import { v7 as uuidv7 } from 'uuid';
import type { Client } from '../make-pool.ts';
import { orderOf, type OrderRow } from '../orders/order-row.ts';
import { numeric } from '../sql/row-values.ts';
import { rebuildDailySummary } from './daily-summary.ts';
import { readPosition, savePosition } from './position-row.ts';
import { lockTrade, saveTrade, tradeOf } from './trade-row.ts';

interface Costs {
  readonly commission: Won;
  readonly transactionTax: Won;
}

/**
 * One step of an order's fill: fill row, position, trade, the day's sums and, when it closes the trade,
 * the day's summary. The caller has locked the stock and the order; the account comes last.
 * Returns the closed trade and the events to record.
 */
export async function bookFill(
  client: Client,
  row: OrderRow,
  step: FillStep,
  context: { readonly rates: CostRates; readonly marketAt: number },
): Promise<{ readonly closedTrade: Trade | undefined; readonly events: readonly FleetEvent[] }> {
  const { marketAt } = context;
  const position = (await readPosition(client, row.symbol, true)) ?? flatPosition(row.symbol);
  const tradeId = position.tradeId ?? uuidv7();
  const costs = costsOf(row, step, context.rates);
  const fill = fillOf(row, step, marketAt);
  await insertFill(client, fill, { tradeId, costs, tradeDate: row.trade_date });
  const opened = position.quantity === 0;
  const after = applyFillToPosition(position, fill, {
    tradeId,
    workerId: row.worker_id,
    strategyName: row.strategy_name,
    strategyVersion: row.strategy_version,
    paramsVersion: row.params_version,
  });
  await savePosition(client, after, marketAt);
  const trade = await bookTrade(client, row, fill, { tradeId, costs, opened });
  await addToDay(client, row, fill, costs);
  const events = [fillEvent(row, fill)];
  if (opened) events.push(enteredEvent(row, after, marketAt));
  if (trade.pnl === undefined) return { closedTrade: undefined, events };
  events.push(exitedEvent(row, trade, marketAt));
  events.push(await rebuildDailySummary(client, orderOf(row).tradeDate, marketAt));
  return { closedTrade: trade, events };
}

/**
 * Estimates of the step as the difference of cumulative ones: whatever steps the list was read in, the
 * order's sum is the same.
 */
function costsOf(row: OrderRow, step: FillStep, rates: CostRates): Costs {
  const before = won(row.filled_amount);
  const after = won(before.plus(step.amount));
  const commission = won(estimateCommission(after, rates).minus(estimateCommission(before, rates)));
  if (row.side === 'BUY') return { commission, transactionTax: ZERO_WON };
  const instrument = { market: row.market, kind: row.instrument_kind };
  const settled = KRX_CALENDAR.settlementDate(orderOf(row).tradeDate);
  const tax = (amount: Won): Won => estimateSellTax(amount, instrument, settled);
  return { commission, transactionTax: won(tax(after).minus(tax(before))) };
}

function fillOf(row: OrderRow, step: FillStep, marketAt: number): Fill {
  return {
    fillId: uuidv7(),
    orderId: row.order_id,
    symbol: row.symbol,
    side: row.side,
    quantity: step.quantity,
    price: step.price,
    amount: step.amount,
    cumulativeQuantity: step.cumulativeQuantity,
    marketAt,
  };
}

async function insertFill(
  client: Client,
  fill: Fill,
  booked: { readonly tradeId: string; readonly costs: Costs; readonly tradeDate: string },
): Promise<void> {
  await client.query({
    name: 'insert_fill',
    text: `
    INSERT INTO fills (fill_id, order_id, trade_id, symbol, side, qty, price, amount, cumulative_qty,
      commission, transaction_tax, trade_date, market_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, from_ms($13))`,
    values: [
      fill.fillId,
      fill.orderId,
      booked.tradeId,
      fill.symbol,
      fill.side,
      fill.quantity,
      numeric(fill.price),
      numeric(fill.amount),
      fill.cumulativeQuantity,
      numeric(booked.costs.commission),
      numeric(booked.costs.transactionTax),
      booked.tradeDate,
      fill.marketAt,
    ],
  });
}

async function bookTrade(
  client: Client,
  row: OrderRow,
  fill: Fill,
  booked: { readonly tradeId: string; readonly costs: Costs; readonly opened: boolean },
): Promise<Trade> {
  const { tradeId, costs, opened } = booked;
  const known = opened ? undefined : await lockTrade(client, tradeId);
  if (!opened && known === undefined) {
    throw new InvariantViolation('a position without its trade', { symbol: row.symbol, tradeId });
  }
  const trade = applyFillToTrade(known === undefined ? undefined : tradeOf(known), fill, {
    ...costs,
    workerId: row.worker_id,
    tradeId,
    tradeDate: orderOf(row).tradeDate,
    ...(row.side === 'SELL' ? { exitReason: row.purpose } : {}),
  });
  await saveTrade(client, trade, row, row.trade_date);
  return trade;
}

/** Locks the account's day until the commit: what follows reads the results of all that came before. */
async function addToDay(client: Client, row: OrderRow, fill: Fill, costs: Costs): Promise<void> {
  const amount = numeric(fill.amount);
  await client.query({
    name: 'add_to_account_day',
    text: `
    INSERT INTO account_days AS day (trade_date, bought_amount, sold_amount, commission, transaction_tax)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (trade_date) DO UPDATE SET bought_amount = day.bought_amount + excluded.bought_amount,
      sold_amount = day.sold_amount + excluded.sold_amount,
      commission = day.commission + excluded.commission,
      transaction_tax = day.transaction_tax + excluded.transaction_tax,
      updated_at = clock_timestamp()`,
    values: [
      row.trade_date,
      row.side === 'BUY' ? amount : '0',
      row.side === 'SELL' ? amount : '0',
      numeric(costs.commission),
      numeric(costs.transactionTax),
    ],
  });
}

function fillEvent(row: OrderRow, fill: Fill): FleetEvent {
  return {
    type: 'FillReceivedEvent',
    level: 'INFO',
    workerId: row.worker_id,
    symbol: row.symbol,
    orderId: row.order_id,
    marketAt: fill.marketAt,
    payload: {
      fillId: fill.fillId,
      side: fill.side,
      quantity: fill.quantity,
      price: numeric(fill.price),
      amount: numeric(fill.amount),
      cumulativeQuantity: fill.cumulativeQuantity,
      orderQuantity: row.qty,
    },
  };
}

function enteredEvent(row: OrderRow, position: Position, marketAt: number): FleetEvent {
  return {
    type: 'PositionEnteredEvent',
    level: 'INFO',
    workerId: row.worker_id,
    symbol: row.symbol,
    orderId: row.order_id,
    marketAt,
    payload: {
      tradeId: position.tradeId,
      quantity: position.quantity,
      entryPrice: position.entryPrice?.toFixed(),
      enteredAt: position.enteredAt,
      strategyName: position.strategyName,
      strategyVersion: position.strategyVersion,
      paramsVersion: position.paramsVersion,
    },
  };
}

function resultOf({ pnl }: Trade): 'WIN' | 'LOSS' | 'EVEN' {
  if (pnl === undefined || pnl.isZero()) return 'EVEN';
  return pnl.gt(0) ? 'WIN' : 'LOSS';
}

function exitedEvent(row: OrderRow, trade: Trade, marketAt: number): FleetEvent {
  return {
    type: 'PositionExitedEvent',
    level: 'INFO',
    workerId: row.worker_id,
    symbol: row.symbol,
    orderId: row.order_id,
    marketAt,
    payload: {
      tradeId: trade.tradeId,
      quantity: trade.soldQuantity,
      boughtAmount: numeric(trade.boughtAmount),
      soldAmount: numeric(trade.soldAmount),
      commission: numeric(trade.commission),
      transactionTax: numeric(trade.transactionTax),
      pnl: trade.pnl?.toFixed(),
      result: resultOf(trade),
      reason: trade.exitReason,
      enteredAt: trade.enteredAt,
      exitedAt: trade.exitedAt,
    },
  };
}
