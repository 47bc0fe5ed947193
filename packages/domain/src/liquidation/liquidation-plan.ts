import type { Decimal } from 'decimal.js';
import type { Session } from '@fleet/krx';
import type { Position } from '../ledger/position.ts';
import type { Quote } from '../market/quote.ts';

/** Market time throughout. */
export interface LiquidationParams {
  /** T-delta before the close of the regular session: the latest start (spec: 10 to 15 minutes). */
  readonly deltaMinutes: number;
  /** Before continuous trading ends the position should be gone by so much. */
  readonly reserveMinutes: number;
  /** Our selling is at most this share of the stock's turnover, decimal text. */
  readonly participation: string;
  /** However illiquid: not earlier than this before the latest start. */
  readonly earlierMinutesMax: number;
}

export const DEFAULT_LIQUIDATION_PARAMS: LiquidationParams = {
  deltaMinutes: 15,
  reserveMinutes: 2,
  participation: '0.1',
  earlierMinutesMax: 60,
};

export type LiquidationRung =
  | 'LIMIT_AT_BID'
  | 'CROSSING_LIMIT'
  | 'MARKET'
  | 'CLOSING_AUCTION_MARKET'
  | 'UNSELLABLE';

/** A rung may be used from `from` (market ms); it is left at the next rung's `from` or after its tries. */
export interface LiquidationStep {
  readonly rung: LiquidationRung;
  readonly from: number;
}

export interface LiquidationPlan {
  /** Market epoch ms. */
  readonly startAt: number;
  readonly steps: readonly LiquidationStep[];
}

export type LiquidationAttempts = Readonly<Partial<Record<LiquidationRung, number>>>;

export const TRIES_PER_RUNG = 3;

export interface LiquidationInput {
  readonly position: Pick<Position, 'quantity'>;
  readonly quote: Pick<Quote, 'lastPrice' | 'bid'>;
  readonly turnoverPerMinute: Decimal;
  readonly session: Session;
  readonly params?: LiquidationParams;
}

export function liquidationPlan(_input: LiquidationInput): LiquidationPlan {
  throw new Error('todo');
}

/** What to do now; WAIT before the start and while a rung's tries are used up and the next is not due. */
export function liquidationRung(
  _now: number,
  _plan: LiquidationPlan,
  _attempts: LiquidationAttempts,
): LiquidationRung | 'WAIT' {
  throw new Error('todo');
}
