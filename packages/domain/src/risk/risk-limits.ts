import type { Quantity, Won } from '../money.ts';

/** By which result of the day losses are limited; TOTAL marks what is held at its last known price. */
export type LossBasis = 'REALIZED' | 'TOTAL';

/** Account-wide limits of the day and their baseline; rows of the morning, so they survive restarts. */
export interface RiskLimits {
  readonly dailyLossLimit: Won;
  readonly lossBasis: LossBasis;
  readonly maxPositions: number;
  /** Largest value of one stock, won. */
  readonly maxExposurePerSymbol: Won;
  /** Most shares of one stock; undefined: by value alone. */
  readonly maxQuantityPerSymbol: Quantity | undefined;
  readonly maxConsecutiveLosses: number;
  /** A stock is not bought again for so many market ms after it was sold. */
  readonly coolDownMs: number;
  /**
   * Volatility guard, decimal text fractions; undefined: off. A stock whose last ten minutes ranged
   * over more than this share of its price is not bought,
   */
  readonly maxStockRangeRate: string | undefined;
  /** nor anything while the market has moved by more than this within a quarter of an hour. */
  readonly maxMarketMoveRate: string | undefined;
  /** Marks older than this tell nothing, market ms. */
  readonly markAgeMsMax: number;
}
