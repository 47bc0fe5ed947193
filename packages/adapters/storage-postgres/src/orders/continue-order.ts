import type { BrokerOrderKey, Quantity } from '@fleet/domain';
import type { FleetEvent } from '@fleet/service-layer';
import { v7 as uuidv7 } from 'uuid';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { recordEvents } from '../sql/record-event.ts';
import { orderEvent } from './order-event.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';

const CONTINUE = {
  name: 'continue_order',
  text: `
  INSERT INTO orders (order_id, idempotency_key, request, continues_order_id, trade_date, symbol,
    market, instrument_kind, side, order_type, venue, qty, limit_price, judged_price,
    expected_loss, reserved_amount, purpose,
    strategy_name, strategy_version, params_version, status, broker_date, broker_branch,
    broker_order_id, worker_id, fence, sent_at, answered_at, created_market_at, sent_market_at,
    answered_market_at)
  SELECT $2::uuid, idempotency_key || ' continued ' || $2::uuid::text, 'PLACE', order_id, trade_date, symbol,
    market, instrument_kind, side, order_type, venue, $3::bigint, limit_price, judged_price,
    expected_loss, CASE side WHEN 'BUY' THEN ceil(coalesce(judged_price, 0) * $3::bigint) ELSE 0 END, purpose,
    strategy_name, strategy_version, params_version, 'SENT', $4, $5, $6, worker_id, fence,
    coalesce(sent_at, clock_timestamp()), clock_timestamp(), from_ms($7), sent_market_at, from_ms($7)
  FROM orders WHERE order_id = $1
  RETURNING ${ORDER_COLUMNS}`,
};

/**
 * The broker works an order that our row has ended, or an accepted modify: a new row takes what is left
 * of it under the broker's number. The row before it stays as it was.
 */
export async function continueOrder(
  client: Client,
  ended: OrderRow,
  rest: { readonly quantity: Quantity; readonly broker: BrokerOrderKey; readonly marketAt: number },
): Promise<OrderRow> {
  const { quantity, broker, marketAt } = rest;
  const result = await client.query<OrderRow>({
    ...CONTINUE,
    values: [
      ended.order_id,
      uuidv7(),
      quantity,
      broker.date,
      broker.branch,
      broker.number,
      marketAt,
    ],
  });
  const row = oneRow(result, `continuation of order ${ended.order_id}`);
  await recordEvents(client, eventsOf(row, ended, marketAt));
  return row;
}

function eventsOf(row: OrderRow, before: OrderRow, marketAt: number): readonly FleetEvent[] {
  const { side, quantity: qty, limitPrice, fence } = orderOf(row);
  const continues = before.order_id;
  const terms = { side, qty, limitPrice: limitPrice?.toFixed() ?? null, fence, continues };
  const info = { level: 'INFO', marketAt } as const;
  const told =
    before.request === 'MODIFY' && before.end_reason === null
      ? ({ ...info, type: 'OrderModifiedEvent', payload: terms } as const)
      : ({
          type: 'OrderShowedUpEvent',
          level: 'ERROR',
          marketAt,
          payload: { continues, endedAs: before.end_reason ?? before.status, quantity: qty },
        } as const);
  const order = orderOf(row);
  return [
    orderEvent(order, { ...info, type: 'OrderCreatedEvent', payload: { ...terms, status: 'NEW' } }),
    orderEvent(order, { ...info, type: 'OrderSentEvent', payload: { ...terms, status: 'SENT' } }),
    orderEvent(order, told),
  ];
}

/** The newest row of the chain that starts with this order, and the shares booked before it. */
export async function lastOfChain(
  client: Client,
  first: OrderRow,
): Promise<{ readonly row: OrderRow; readonly before: readonly OrderRow[] }> {
  const before: OrderRow[] = [];
  let row = first;
  for (;;) {
    const { rows } = await client.query<OrderRow>({
      name: 'lock_continuation',
      text: `SELECT ${ORDER_COLUMNS} FROM orders WHERE continues_order_id = $1 FOR UPDATE`,
      values: [row.order_id],
    });
    if (rows[0] === undefined) return { row, before };
    before.push(row);
    row = rows[0];
  }
}
