import type { Won } from '../money.ts';

/** Account-wide limits of the day and their baseline; survive restarts. */
export interface RiskLimits {
  readonly dailyLossLimit: Won;
  readonly maxPositions: number;
  /** Largest value of one stock, won. */
  readonly maxExposurePerSymbol: Won;
  readonly maxConsecutiveLosses: number;
  /** A stock is not bought again for so many market ms after it was sold. */
  readonly coolDownMs: number;
}
