import type { Price, Quantity } from '../money.ts';

/** One minute of trading, labelled by its start (epoch ms, market time). */
export interface Candle {
  readonly start: number;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  readonly volume: Quantity;
}
