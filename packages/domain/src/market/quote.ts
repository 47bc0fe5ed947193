import type { Price, Quantity, Won } from '../money.ts';

/** A quote as the strategy and the risk checks see it. */
export interface Quote {
  readonly symbol: string;
  /** Epoch ms, market time of the broker's value. */
  readonly at: number;
  readonly lastPrice: Price;
  readonly bid: Price | undefined;
  readonly ask: Price | undefined;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  readonly open: Price | undefined;
  readonly high: Price | undefined;
  readonly low: Price | undefined;
  readonly previousClose: Price;
  readonly upperLimit: Price;
  readonly lowerLimit: Price;
  readonly volume: Quantity;
  readonly turnover: Won;
  readonly halted: boolean;
  readonly volatilityInterrupted: boolean;
}
