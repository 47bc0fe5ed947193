import { z } from 'zod';
import type { Candle, Quote } from '@fleet/domain';
import type { FeedStatus, Instrument, OrderBook, RankedSymbol, Tick } from '@fleet/service-layer';
import {
  instantValue,
  maybe,
  priceValue,
  quantityValue,
  symbolValue,
  tradeDateValue,
  wonValue,
} from './values.ts';

export const instrumentValue: z.ZodType<Instrument> = z.object({
  symbol: symbolValue,
  name: z.string(),
  market: z.enum(['KOSPI', 'KOSDAQ', 'KONEX']),
  kind: z.enum(['COMMON', 'PREFERRED', 'ETF', 'ETN', 'ELW', 'REIT', 'SPAC', 'OTHER']),
  referencePrice: maybe(priceValue),
  previousVolume: quantityValue,
  listedOn: maybe(tradeDateValue),
  halted: z.boolean(),
  warnings: z.array(z.string()),
});

export const quoteValue: z.ZodType<Quote> = z.object({
  symbol: symbolValue,
  at: instantValue,
  lastPrice: priceValue,
  bid: maybe(priceValue),
  ask: maybe(priceValue),
  bidSize: quantityValue,
  askSize: quantityValue,
  open: maybe(priceValue),
  high: maybe(priceValue),
  low: maybe(priceValue),
  previousClose: priceValue,
  upperLimit: priceValue,
  lowerLimit: priceValue,
  volume: quantityValue,
  turnover: wonValue,
  halted: z.boolean(),
  volatilityInterrupted: z.boolean(),
});

export const tickValue: z.ZodType<Tick> = z.object({
  symbol: symbolValue,
  at: instantValue,
  price: priceValue,
  volume: quantityValue,
  dayVolume: quantityValue,
  bid: maybe(priceValue),
  ask: maybe(priceValue),
  bidSize: quantityValue,
  askSize: quantityValue,
  halted: z.boolean(),
});

const levelValue = z.object({ price: priceValue, size: quantityValue });

export const orderBookValue: z.ZodType<OrderBook> = z.object({
  symbol: symbolValue,
  at: instantValue,
  asks: z.array(levelValue),
  bids: z.array(levelValue),
});

export const candleValue: z.ZodType<Candle> = z.object({
  start: instantValue,
  open: priceValue,
  high: priceValue,
  low: priceValue,
  close: priceValue,
  volume: quantityValue,
});

export const rankedSymbolValue: z.ZodType<RankedSymbol> = z.object({
  symbol: symbolValue,
  rank: z.int(),
});

export const feedStatusValue: z.ZodType<FeedStatus> = z.enum([
  'live',
  'polled',
  'rotatedOut',
  'stale',
]);
