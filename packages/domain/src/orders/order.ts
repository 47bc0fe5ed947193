import type { OrderType, TradeDate, Venue } from '@fleet/krx';
import type { Price, Quantity, Won } from '../money.ts';

export type Side = 'BUY' | 'SELL';

/** NEW -> SENT -> PARTIAL -> FILLED / CANCELED / REJECTED, one way (spec, section 8). */
export type OrderStatus = 'NEW' | 'SENT' | 'PARTIAL' | 'FILLED' | 'CANCELED' | 'REJECTED';

export const TERMINAL_ORDER_STATUSES = ['FILLED', 'CANCELED', 'REJECTED'] as const;

/**
 * A cancel or a modify is a request with the same life and a parent order. A modify that was accepted
 * goes on as an order of its own, linked to it, under the number that the broker gave the request.
 */
export type OrderRequest = 'PLACE' | 'CANCEL' | 'MODIFY';

/** Why an order was made; a sell's reason is its signal's. */
export type OrderPurpose =
  | 'ENTRY'
  | 'STOP_LOSS'
  | 'TAKE_PROFIT'
  | 'TREND_BREAK'
  | 'TIME_EXIT'
  | 'MANDATORY_LIQUIDATION'
  | 'FLATTEN'
  | 'CANCEL'
  /** Sold by a person at the broker, not by the fleet. */
  | 'EXTERNAL';

/** Why an order ended other than by a full fill. */
export type OrderEndReason =
  | 'NOT_SENT'
  | 'NOT_EXECUTED'
  | 'NEVER_ARRIVED'
  | 'EXPIRED'
  | 'CANCELED_BY_US'
  | 'CANCELED_AT_BROKER'
  | 'REJECTED_BY_BROKER'
  /** What was left went on under an accepted modify; such a modify itself ends so too. */
  | 'REPLACED';

/** The broker's name for an order: unique per (date, branch, number). */
export interface BrokerOrderKey {
  readonly date: TradeDate;
  readonly branch: string;
  /** ODNO without leading zeros. */
  readonly number: string;
}

/** An order (or a cancel of one) as it is stored. */
export interface Order {
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly request: OrderRequest;
  /** The order that a CANCEL or MODIFY is about. */
  readonly parentOrderId: string | undefined;
  readonly tradeDate: TradeDate;
  readonly symbol: string;
  readonly workerId: string;
  readonly fence: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly venue: Venue;
  readonly quantity: Quantity;
  /** Undefined for types without a price. */
  readonly limitPrice: Price | undefined;
  readonly purpose: OrderPurpose;
  readonly strategyName: string;
  readonly strategyVersion: string;
  readonly paramsVersion: number;
  readonly status: OrderStatus;
  readonly endReason: OrderEndReason | undefined;
  readonly filledQuantity: Quantity;
  readonly filledAmount: Won;
  /** Undefined until the broker's number is known. */
  readonly broker: BrokerOrderKey | undefined;
  /** Epoch ms, real time. */
  readonly createdAt: number;
  readonly sentAt: number | undefined;
  /** Set once the broker's answer (or its resolution) is known; SENT without it is an open question. */
  readonly answeredAt: number | undefined;
  /** Epoch ms, market time. */
  readonly createdMarketAt: number;
  readonly sentMarketAt: number | undefined;
}

/** What the order machine is told. Quantities and amounts are cumulative. */
export type OrderEvent =
  /** Marked just before the bytes leave. */
  | { readonly type: 'SENT' }
  | { readonly type: 'ACCEPTED' }
  | { readonly type: 'REJECTED' }
  | { readonly type: 'NOT_EXECUTED' }
  | { readonly type: 'NEVER_ARRIVED' }
  | { readonly type: 'DROPPED' }
  | { readonly type: 'FILLED_TO'; readonly quantity: Quantity; readonly amount: Won }
  | {
      readonly type: 'CANCELED';
      /** CANCELED_AT_BROKER when left out. */
      readonly reason?: 'CANCELED_BY_US' | 'CANCELED_AT_BROKER' | 'REJECTED_BY_BROKER' | 'REPLACED';
    }
  | { readonly type: 'EXPIRED' };

export function isTerminal(status: OrderStatus): boolean {
  return status === 'FILLED' || status === 'CANCELED' || status === 'REJECTED';
}

/** Shares that can still trade. */
export function leavesQuantity(
  order: Pick<Order, 'quantity' | 'filledQuantity' | 'status'>,
): number {
  return isTerminal(order.status) ? 0 : order.quantity - order.filledQuantity;
}
