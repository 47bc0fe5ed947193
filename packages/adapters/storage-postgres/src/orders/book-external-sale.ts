import {
  type CostRates,
  type FillStep,
  InvariantViolation,
  type Position,
  quantity,
  transitionOrder,
  won,
  type Won,
} from '@fleet/domain';
import type { AccountStore, BookedRow, BrokerOrder } from '@fleet/service-layer';
import { v7 as uuidv7 } from 'uuid';
import { bookFill } from '../ledger/book-fill.ts';
import { readPosition } from '../ledger/position-row.ts';
import type { Client, Pool } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { recordEvents } from '../sql/record-event.ts';
import { numericOrNull, wonOf } from '../sql/row-values.ts';
import { inTransaction } from '../sql/transaction.ts';
import { orderEvent } from './order-event.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';
import { updateOrder } from './update-order.ts';

type Sale = Parameters<AccountStore['bookExternalSale']>[0];

/**
 * A person's sale of the fleet's shares, once for each step of it: an order row under the broker's
 * number that is filled at once, and everything that a fill moves. Our own orders are not touched.
 */
export async function bookExternalSale(
  pool: Pool,
  sale: Sale,
  rates: CostRates,
): Promise<BookedRow | undefined> {
  return await inTransaction(pool, async (client) => {
    const { symbol } = sale.row;
    const stock = await client.query<{ fence: number }>(
      'SELECT fence FROM symbol_fences WHERE symbol = $1 FOR UPDATE',
      [symbol],
    );
    const { fence } = oneRow(stock, `stock ${symbol}`);
    const booked = await bookedOf(client, sale.row);
    const position = await readPosition(client, symbol, true);
    const shares = sale.fleetQuantity - booked.quantity;
    if (shares <= 0 || position?.quantity !== sale.position) return undefined;
    const step = stepOf(sale, shares, booked.amount);
    const row = await insertSale(client, sale, { position, fence, shares });
    return await fill(client, row, step, { sale, position, rates });
  });
}

/** The person's own shares of the same order keep their part of its amount. */
function stepOf({ row, fleetQuantity }: Sale, shares: number, bookedAmount: Won): FillStep {
  const part = row.filledAmount.times(fleetQuantity).div(row.filledQuantity).floor();
  const amount = won(part.minus(bookedAmount));
  if (amount.lte(0)) {
    throw new InvariantViolation('an external sale without its amount', {
      brokerOrderId: row.key.number,
    });
  }
  const step = quantity(shares);
  return { quantity: step, amount, price: won(amount.div(shares)), cumulativeQuantity: step };
}

async function bookedOf(
  client: Client,
  { key }: BrokerOrder,
): Promise<{ readonly quantity: number; readonly amount: Won }> {
  const result = await client.query<{ qty: number; amount: string }>(
    `SELECT coalesce(sum(filled_qty), 0)::bigint AS qty, coalesce(sum(filled_amount), 0) AS amount
     FROM orders WHERE purpose = 'EXTERNAL' AND broker_date = $1 AND broker_branch = $2
       AND broker_order_id = $3`,
    [key.date, key.branch, key.number],
  );
  const { qty, amount } = oneRow(result, `external sales under ${key.number}`);
  return { quantity: qty, amount: wonOf(amount) };
}

const INSERT = {
  name: 'insert_external_sale',
  text: `
  INSERT INTO orders (order_id, idempotency_key, request, trade_date, symbol, market, instrument_kind,
    side, order_type, venue, qty, limit_price, purpose, strategy_name, strategy_version, params_version,
    status, broker_date, broker_branch, broker_order_id, worker_id, fence, sent_at, answered_at,
    created_market_at, sent_market_at, answered_market_at)
  SELECT $1, $2, 'PLACE', $3, t.symbol, t.market, t.instrument_kind, 'SELL', $4, 'KRX', $5, $6, 'EXTERNAL',
    t.strategy_name, t.strategy_version, t.params_version, 'SENT', $3, $7, $8,
    coalesce($9, t.entry_worker_id), $10, clock_timestamp(), clock_timestamp(), from_ms($11), from_ms($12),
    from_ms($11)
  FROM trades t WHERE t.trade_id = $13
  RETURNING ${ORDER_COLUMNS}`,
};

async function insertSale(
  client: Client,
  { row, fleetQuantity, marketAt }: Sale,
  on: { readonly position: Position; readonly fence: number; readonly shares: number },
): Promise<OrderRow> {
  const { date, branch, number } = row.key;
  const result = await client.query<OrderRow>({
    ...INSERT,
    values: [
      uuidv7(),
      `external:${date}:${branch}:${number}:${fleetQuantity}`,
      date,
      row.type ?? 'LIMIT',
      on.shares,
      numericOrNull(row.price),
      branch,
      number,
      on.position.workerId ?? null,
      on.fence,
      marketAt,
      row.acceptedAt,
      on.position.tradeId,
    ],
  });
  return oneRow(result, `external sale ${number}`);
}

async function fill(
  client: Client,
  row: OrderRow,
  step: FillStep,
  context: { readonly sale: Sale; readonly position: Position; readonly rates: CostRates },
): Promise<BookedRow> {
  const { sale, position, rates } = context;
  const { marketAt } = sale;
  const before = orderOf(row);
  const { amount, quantity: shares } = step;
  const after = transitionOrder(before, { type: 'FILLED_TO', quantity: shares, amount });
  const { side, orderId, symbol, workerId } = before;
  const terms = { side, qty: shares, purpose: 'EXTERNAL', brokerOrderId: sale.row.key.number };
  await recordEvents(client, [
    orderEvent(before, { type: 'OrderCreatedEvent', level: 'INFO', marketAt, payload: terms }),
  ]);
  const stored = await updateOrder(client, row, { after, answered: true, marketAt });
  const booked = await bookFill(client, row, step, { rates, marketAt });
  const left = position.quantity - shares;
  const payload = { ...terms, price: step.price.toFixed(), amount: amount.toFixed(), left };
  const filled = { side, quantity: shares, filledQuantity: shares, filledAmount: amount.toFixed() };
  await recordEvents(client, [
    ...booked.events,
    orderEvent(stored, { type: 'OrderFilledEvent', level: 'INFO', marketAt, payload: filled }),
    orderEvent(stored, { type: 'ExternalSaleEvent', level: 'ERROR', marketAt, payload }),
  ]);
  const { status } = stored;
  return { orderId, symbol, workerId, filledStep: shares, status, closedTrade: booked.closedTrade };
}
