import { type BrokerOrderKey, isTerminal, type Order } from '@fleet/domain';
import type { Client } from '../make-pool.ts';
import { oneRow } from '../sql/one-row.ts';
import { numeric } from '../sql/row-values.ts';
import { ORDER_COLUMNS, orderOf, type OrderRow } from './order-row.ts';

const UPDATE = {
  name: 'update_order',
  text: `
  UPDATE orders SET
    status = $2, end_reason = $3, end_detail = coalesce($4, end_detail),
    filled_qty = $5, filled_amount = $6,
    -- What can still trade stays reserved.
    reserved_amount = CASE WHEN $7::boolean OR qty = filled_qty THEN 0
      ELSE round(reserved_amount * (qty - $5) / (qty - filled_qty)) END,
    broker_date = coalesce(broker_date, $8), broker_branch = coalesce(broker_branch, $9),
    broker_order_id = coalesce(broker_order_id, $10),
    answered_at = CASE WHEN $11::boolean THEN coalesce(answered_at, clock_timestamp()) ELSE answered_at END,
    answered_market_at = CASE WHEN $11::boolean
      THEN coalesce(answered_market_at, from_ms($12)) ELSE answered_market_at END,
    ended_at = CASE WHEN $7::boolean THEN coalesce(ended_at, clock_timestamp()) END,
    ended_market_at = CASE WHEN $7::boolean THEN coalesce(ended_market_at, from_ms($12)) END
  WHERE order_id = $1 AND status = $13 AND filled_qty = $14
  RETURNING ${ORDER_COLUMNS}`,
};

/**
 * Stores what the order machine made of a locked row (compare-and-set all the same).
 * `answered`: the broker's answer, or what stands for it, is known now.
 */
export async function updateOrder(
  client: Client,
  before: OrderRow,
  change: {
    readonly after: Order;
    readonly answered: boolean;
    readonly broker?: BrokerOrderKey | undefined;
    readonly detail?: string;
    readonly marketAt: number;
  },
): Promise<Order> {
  const { after, broker } = change;
  const result = await client.query<OrderRow>({
    ...UPDATE,
    values: [
      before.order_id,
      after.status,
      after.endReason ?? null,
      change.detail ?? null,
      after.filledQuantity,
      numeric(after.filledAmount),
      isTerminal(after.status),
      broker?.date ?? null,
      broker?.branch ?? null,
      broker?.number ?? null,
      change.answered,
      change.marketAt,
      before.status,
      before.filled_qty,
    ],
  });
  return orderOf(oneRow(result, `update of order ${before.order_id}`));
}
