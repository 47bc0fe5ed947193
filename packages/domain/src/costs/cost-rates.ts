/** The broker's prices: configuration, since accounts differ (promotion, branch, ETF). */
export interface CostRates {
  /** Fraction of the amount, decimal text. */
  readonly commissionRate: string;
  /** A side's day total is cut down to a multiple of this, won. */
  readonly commissionUnit: number;
}

/** KIS, stocks ordered online (BanKIS), as measured on real accounts of 2022 and 2026. */
export const DEFAULT_COST_RATES: CostRates = {
  commissionRate: '0.000140527',
  commissionUnit: 10,
};
