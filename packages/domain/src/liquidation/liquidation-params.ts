/** Market time throughout. */
export interface LiquidationParams {
  /** T-delta before the close of the regular session: the latest start (spec: 10 to 15 minutes). */
  readonly deltaMinutes: number;
  /** Even the most liquid stock gets so long in continuous trading for the ladder. */
  readonly ladderMinutesMin: number;
  /** A position should be gone so long before continuous trading ends. */
  readonly reserveMinutes: number;
  /** Our selling is at most this share of the stock's turnover, decimal text. */
  readonly participation: string;
  /** However illiquid: not earlier than this before the latest start. */
  readonly earlierMinutesMax: number;
}

export const DEFAULT_LIQUIDATION_PARAMS: LiquidationParams = {
  deltaMinutes: 15,
  ladderMinutesMin: 3,
  reserveMinutes: 2,
  participation: '0.1',
  earlierMinutesMax: 60,
};
