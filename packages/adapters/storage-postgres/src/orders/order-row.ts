import type {
  BrokerOrderKey,
  Order,
  OrderEndReason,
  OrderPurpose,
  OrderRequest,
  OrderStatus,
  Side,
} from '@fleet/domain';
import type { InstrumentClass, OrderType, Venue } from '@fleet/krx';
import { asIs, dateOf, optional, priceOf, quantityOf, wonOf } from '../sql/row-values.ts';

/** A row of `orders` as the columns below give it. */
export interface OrderRow {
  readonly order_id: string;
  readonly idempotency_key: string;
  readonly request: OrderRequest;
  readonly parent_order_id: string | null;
  readonly continues_order_id: string | null;
  readonly trade_date: string;
  readonly symbol: string;
  readonly market: InstrumentClass['market'];
  readonly instrument_kind: InstrumentClass['kind'];
  readonly side: Side;
  readonly order_type: OrderType;
  readonly venue: Venue;
  readonly qty: number;
  readonly limit_price: string | null;
  readonly judged_price: string | null;
  readonly reserved_amount: string;
  readonly purpose: OrderPurpose;
  readonly strategy_name: string;
  readonly strategy_version: string;
  readonly params_version: number;
  readonly status: OrderStatus;
  readonly end_reason: OrderEndReason | null;
  readonly filled_qty: number;
  readonly filled_amount: string;
  readonly broker_date: string | null;
  readonly broker_branch: string | null;
  readonly broker_order_id: string | null;
  readonly worker_id: string;
  readonly fence: number;
  readonly created_at: number;
  readonly sent_at: number | null;
  readonly answered_at: number | null;
  readonly created_market_at: number;
  readonly sent_market_at: number | null;
}

export const ORDER_COLUMNS = `
  order_id, idempotency_key, request, parent_order_id, continues_order_id, trade_date, symbol,
  market, instrument_kind, side, order_type, venue, qty, limit_price, judged_price,
  reserved_amount, purpose, strategy_name, strategy_version, params_version, status, end_reason,
  filled_qty, filled_amount, broker_date, broker_branch, broker_order_id, worker_id, fence,
  created_at, sent_at, answered_at, created_market_at, sent_market_at`;

export function orderOf(row: OrderRow): Order {
  return {
    orderId: row.order_id,
    idempotencyKey: row.idempotency_key,
    request: row.request,
    parentOrderId: optional(row.parent_order_id, asIs),
    tradeDate: dateOf(row.trade_date),
    symbol: row.symbol,
    workerId: row.worker_id,
    fence: row.fence,
    side: row.side,
    type: row.order_type,
    venue: row.venue,
    quantity: quantityOf(row.qty),
    limitPrice: optional(row.limit_price, priceOf),
    purpose: row.purpose,
    strategyName: row.strategy_name,
    strategyVersion: row.strategy_version,
    paramsVersion: row.params_version,
    status: row.status,
    endReason: optional(row.end_reason, asIs),
    filledQuantity: quantityOf(row.filled_qty),
    filledAmount: wonOf(row.filled_amount),
    broker: brokerKeyOf(row),
    createdAt: row.created_at,
    sentAt: optional(row.sent_at, asIs),
    answeredAt: optional(row.answered_at, asIs),
    createdMarketAt: row.created_market_at,
    sentMarketAt: optional(row.sent_market_at, asIs),
  };
}

export function brokerKeyOf(
  row: Pick<OrderRow, 'broker_date' | 'broker_branch' | 'broker_order_id'>,
): BrokerOrderKey | undefined {
  const { broker_date: date, broker_branch: branch, broker_order_id: number } = row;
  if (date === null || branch === null || number === null) return undefined;
  return { date: dateOf(date), branch, number };
}
