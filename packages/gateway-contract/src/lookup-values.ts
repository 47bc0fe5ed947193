import { z } from 'zod';
import type {
  DailyCandle,
  DailyCandleQuery,
  InstrumentInfo,
  MarketDay,
  MarketTime,
  SavedCondition,
  VolatilityInterruption,
} from '@fleet/service-layer';
import {
  instantValue,
  maybe,
  priceValue,
  quantityValue,
  symbolValue,
  tradeDateValue,
  wonValue,
} from './values.ts';

export const dailyCandleQueryValue: z.ZodType<DailyCandleQuery> = z.object({
  symbol: symbolValue,
  from: tradeDateValue,
  to: tradeDateValue,
  prices: z.enum(['adjusted', 'raw']),
});

export const dailyCandleValue: z.ZodType<DailyCandle> = z.object({
  date: tradeDateValue,
  open: priceValue,
  high: priceValue,
  low: priceValue,
  close: priceValue,
  volume: quantityValue,
  turnover: wonValue,
});

export const savedConditionValue: z.ZodType<SavedCondition> = z.object({
  key: z.string(),
  group: z.string(),
  name: z.string(),
});

export const interruptionValue: z.ZodType<VolatilityInterruption> = z.object({
  symbol: symbolValue,
  kind: z.enum(['STATIC', 'DYNAMIC', 'BOTH']),
  triggeredAt: instantValue,
  releasedAt: maybe(instantValue),
  triggerPrice: maybe(priceValue),
  referencePrice: maybe(priceValue),
  count: z.int(),
});

export const instrumentInfoValue: z.ZodType<InstrumentInfo> = z.object({
  symbol: symbolValue,
  name: z.string(),
  market: maybe(z.enum(['KOSPI', 'KOSDAQ', 'KONEX'])),
  listedShares: quantityValue,
  listedOn: maybe(tradeDateValue),
  delistedOn: maybe(tradeDateValue),
  halted: z.boolean(),
  administrative: z.boolean(),
  tradableOnNxt: z.boolean(),
  haltedOnNxt: z.boolean(),
});

export const marketTimeValue: z.ZodType<MarketTime> = z.object({
  at: instantValue,
  businessDay: tradeDateValue,
  businessDays: z.array(tradeDateValue),
  opensAt: instantValue,
  closesAt: instantValue,
});

export const marketDayValue: z.ZodType<MarketDay> = z.object({
  date: tradeDateValue,
  isOpen: z.boolean(),
});
