import { z } from 'zod';
import type { BrokerOrderKey, OrderStatus } from '@fleet/domain';
import type {
  BrokerAccount,
  BrokerBalance,
  BrokerOrderList,
  BuyingPower,
  CallLane,
  ExecutionNotice,
  GatewayStatus,
  OrderChange,
  SubmitOutcome,
} from '@fleet/service-layer';
import {
  instantValue,
  maybe,
  orderTypeValue,
  priceValue,
  quantityValue,
  sideValue,
  symbolValue,
  tradeDateValue,
  wonValue,
} from './values.ts';

export const callLaneValue: z.ZodType<CallLane> = z.enum([
  'cancel',
  'exit',
  'entry',
  'reconcile',
  'scan',
  'backfill',
]);

const brokerOrderKeyValue: z.ZodType<BrokerOrderKey> = z.object({
  date: tradeDateValue,
  branch: z.string(),
  number: z.string(),
});

export const accountsValue: z.ZodType<readonly BrokerAccount[]> = z.array(
  z.object({ accountId: z.string() }),
);

export const balanceValue: z.ZodType<BrokerBalance> = z.object({
  holdings: z.array(
    z.object({
      symbol: symbolValue,
      quantity: quantityValue,
      sellableQuantity: quantityValue,
      averagePrice: wonValue,
      boughtToday: quantityValue,
      soldToday: quantityValue,
    }),
  ),
  cashDeposit: wonValue,
  settledCashD2: wonValue,
  boughtTodayAmount: wonValue,
  soldTodayAmount: wonValue,
  costsToday: wonValue,
});

export const buyingPowerValue: z.ZodType<BuyingPower> = z.object({
  amount: wonValue,
  quantity: quantityValue,
});

export const orderListValue: z.ZodType<BrokerOrderList> = z.object({
  date: tradeDateValue,
  readStartedAt: instantValue,
  orders: z.array(
    z.object({
      key: brokerOrderKeyValue,
      original: maybe(brokerOrderKeyValue),
      request: z.enum(['PLACE', 'CHANGE']),
      symbol: symbolValue,
      side: sideValue,
      type: maybe(orderTypeValue),
      quantity: quantityValue,
      price: maybe(priceValue),
      acceptedAt: instantValue,
      filledQuantity: quantityValue,
      filledAmount: wonValue,
      canceledQuantity: quantityValue,
      rejectedQuantity: quantityValue,
      leavesQuantity: quantityValue,
    }),
  ),
});

export const submitOutcomeValue: z.ZodType<SubmitOutcome> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), broker: brokerOrderKeyValue, brokerTime: z.string() }),
  z.object({ kind: z.literal('rejected'), code: z.string(), message: z.string() }),
  z.object({ kind: z.literal('notExecuted'), code: z.string(), message: z.string() }),
  z.object({ kind: z.literal('notSent'), reason: z.string() }),
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]);

export const noticeValue: z.ZodType<ExecutionNotice> = z.object({
  kind: z.enum(['ACCEPTED', 'CHANGED', 'REJECTED', 'FILL']),
  orderNumber: z.string(),
  originalNumber: maybe(z.string()),
  symbol: symbolValue,
  side: sideValue,
  quantity: quantityValue,
});

const orderStatusValue: z.ZodType<OrderStatus> = z.enum([
  'NEW',
  'SENT',
  'PARTIAL',
  'FILLED',
  'CANCELED',
  'REJECTED',
]);

export const orderChangeValue: z.ZodType<OrderChange> = z.object({
  orderId: z.string(),
  symbol: symbolValue,
  workerId: z.string(),
  status: orderStatusValue,
});

export const gatewayStatusValue: z.ZodType<GatewayStatus> = z.object({
  pid: z.int(),
  accountId: z.string(),
  loggedIn: z.boolean(),
  feedConnected: z.boolean(),
  slots: z.object({ used: z.int(), total: z.int() }),
  callsLastMinute: z.int(),
  waitingCalls: z.int(),
  unansweredOrders: z.int(),
  listeners: z.int(),
});

export const reconcileResultValue: z.ZodType<{ orders: number; mismatches: number }> = z.object({
  orders: z.int(),
  mismatches: z.int(),
});
