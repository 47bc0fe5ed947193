import type { InstrumentKind, Market, OrderType, TradeDate } from '@fleet/krx';

import type { OrderRecord, RefusalReason, Side } from '../exchange/types.ts';
import type { Arrival, StoredFill, StoredOrder } from './rows.ts';

/** Rows as the database's JSON spells them. */
export interface OrderRow {
  readonly trade_date: TradeDate;
  readonly number: string;
  readonly sequence: number;
  readonly account: string;
  readonly branch: string;
  readonly original_number: string | null;
  readonly request: OrderRecord['request'];
  readonly symbol: string;
  readonly market: Market;
  readonly kind: InstrumentKind;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: number;
  readonly price: number | null;
  readonly working_limit: number | null;
  readonly reserve_unit: number;
  readonly accepted_at: number;
  readonly condition_price: number | null;
  readonly filled_quantity: number;
  readonly filled_amount: number;
  readonly canceled_quantity: number;
  readonly rejected_quantity: number;
  readonly rest_quantity: number;
}

export interface FillRow {
  readonly trade_date: TradeDate;
  readonly number: string;
  readonly sequence: number;
  readonly at: number;
  readonly quantity: number;
  readonly price: number;
}

export interface ArrivalRow {
  readonly sequence: number;
  readonly trade_date: TradeDate;
  readonly real_ms: number;
  readonly market_ms: number;
  readonly request: Arrival['request'];
  readonly account: string;
  readonly symbol: string | null;
  readonly side: Side | null;
  readonly type: OrderType | null;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly original_number: string | null;
  readonly number: string | null;
  readonly refusal: RefusalReason | null;
}

export function orderRow(order: StoredOrder): OrderRow {
  const { record } = order;
  return {
    trade_date: record.date,
    number: record.number,
    sequence: order.sequence,
    account: record.account,
    branch: record.branch,
    original_number: record.originalNumber ?? null,
    request: record.request,
    symbol: record.symbol,
    market: order.market,
    kind: order.kind,
    side: record.side,
    type: record.type,
    quantity: record.quantity,
    price: record.price ?? null,
    working_limit: order.workingLimit ?? null,
    reserve_unit: order.reserveUnit,
    accepted_at: record.acceptedAt,
    condition_price: record.conditionPrice ?? null,
    filled_quantity: record.filledQuantity,
    filled_amount: record.filledAmount,
    canceled_quantity: record.canceledQuantity,
    rejected_quantity: record.rejectedQuantity,
    rest_quantity: record.restQuantity,
  };
}

export function storedOrder(row: OrderRow): StoredOrder {
  return {
    sequence: row.sequence,
    market: row.market,
    kind: row.kind,
    workingLimit: row.working_limit ?? undefined,
    reserveUnit: row.reserve_unit,
    record: {
      account: row.account,
      date: row.trade_date,
      number: row.number,
      branch: row.branch,
      originalNumber: row.original_number ?? undefined,
      request: row.request,
      symbol: row.symbol,
      side: row.side,
      type: row.type,
      quantity: row.quantity,
      price: row.price ?? undefined,
      ...(row.condition_price === null ? {} : { conditionPrice: row.condition_price }),
      acceptedAt: row.accepted_at,
      filledQuantity: row.filled_quantity,
      filledAmount: row.filled_amount,
      canceledQuantity: row.canceled_quantity,
      rejectedQuantity: row.rejected_quantity,
      restQuantity: row.rest_quantity,
    },
  };
}

export function fillRow(fill: StoredFill): FillRow {
  const { date, ...rest } = fill;
  return { trade_date: date, ...rest };
}

export function storedFill(row: FillRow): StoredFill {
  const { trade_date: date, ...rest } = row;
  return { date, ...rest };
}

export function arrivalRow(arrival: Arrival): ArrivalRow {
  return {
    sequence: arrival.sequence,
    trade_date: arrival.date,
    real_ms: arrival.realMs,
    market_ms: arrival.marketMs,
    request: arrival.request,
    account: arrival.account,
    symbol: arrival.symbol ?? null,
    side: arrival.side ?? null,
    type: arrival.type ?? null,
    quantity: arrival.quantity ?? null,
    price: arrival.price ?? null,
    original_number: arrival.originalNumber ?? null,
    number: arrival.number ?? null,
    refusal: arrival.refusal ?? null,
  };
}

export function storedArrival(row: ArrivalRow): Arrival {
  return {
    sequence: row.sequence,
    date: row.trade_date,
    realMs: row.real_ms,
    marketMs: row.market_ms,
    request: row.request,
    account: row.account,
    symbol: row.symbol ?? undefined,
    side: row.side ?? undefined,
    type: row.type ?? undefined,
    quantity: row.quantity ?? undefined,
    price: row.price ?? undefined,
    originalNumber: row.original_number ?? undefined,
    number: row.number ?? undefined,
    refusal: row.refusal ?? undefined,
  };
}
