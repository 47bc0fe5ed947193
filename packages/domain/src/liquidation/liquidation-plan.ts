import type { Decimal } from 'decimal.js';
import type { Session } from '@fleet/krx';
import type { Position } from '../ledger/position.ts';
import type { Quote } from '../market/quote.ts';
import { amountOf } from '../money.ts';
import { DEFAULT_LIQUIDATION_PARAMS, type LiquidationParams } from './liquidation-params.ts';

export type LiquidationRung =
  | 'LIMIT_AT_BID'
  | 'CROSSING_LIMIT'
  | 'MARKET'
  | 'CLOSING_AUCTION_MARKET'
  | 'UNSELLABLE';

/** A rung is due from `from` (market epoch ms) until the next one's `from`. */
export interface LiquidationStep {
  readonly rung: LiquidationRung;
  readonly from: number;
}

export interface LiquidationPlan {
  /** Market epoch ms. */
  readonly startAt: number;
  /** In order of time. */
  readonly steps: readonly LiquidationStep[];
}

export interface LiquidationInput {
  readonly position: Pick<Position, 'quantity'>;
  readonly quote: Pick<Quote, 'lastPrice' | 'bid'>;
  /** Won traded a minute, lately. */
  readonly turnoverPerMinute: Decimal;
  readonly session: Session;
  readonly params?: LiquidationParams;
}

const MINUTE_MS = 60_000;
/** Of the time from the start to the end of continuous trading. */
const CROSSING_LIMIT_AT = 0.3;
const MARKET_AT = 0.6;

/**
 * When and how a position is turned into cash: the less of the stock trades, the earlier the start
 * (SC-008). The ladder's first three rungs share the time until continuous trading ends.
 */
export function liquidationPlan(input: LiquidationInput): LiquidationPlan {
  const { session, params = DEFAULT_LIQUIDATION_PARAMS } = input;
  const latest = latestLiquidationStart(session, params);
  const wanted =
    session.continuous.to - (params.reserveMinutes + minutesToSell(input, params)) * MINUTE_MS;
  const earliest = Math.max(session.continuous.from, latest - params.earlierMinutesMax * MINUTE_MS);
  const startAt = Math.max(Math.min(latest, wanted), Math.min(earliest, latest));
  const span = session.continuous.to - startAt;
  return {
    startAt,
    steps: [
      { rung: 'LIMIT_AT_BID', from: startAt },
      { rung: 'CROSSING_LIMIT', from: startAt + Math.round(span * CROSSING_LIMIT_AT) },
      { rung: 'MARKET', from: startAt + Math.round(span * MARKET_AT) },
      { rung: 'CLOSING_AUCTION_MARKET', from: session.closingAuction.from },
      // The auction's result may come as late as its random end.
      { rung: 'UNSELLABLE', from: session.closingAuction.to + session.randomEndMsMax },
    ],
  };
}

/**
 * The start for a position that sells at once: T-delta, or earlier when that would leave the ladder no
 * time in continuous trading. Nothing is bought after it.
 */
export function latestLiquidationStart(
  session: Session,
  params: LiquidationParams = DEFAULT_LIQUIDATION_PARAMS,
): number {
  return Math.min(
    session.regular.to - params.deltaMinutes * MINUTE_MS,
    session.continuous.to - (params.reserveMinutes + params.ladderMinutesMin) * MINUTE_MS,
  );
}

function minutesToSell(input: LiquidationInput, params: LiquidationParams): number {
  const value = amountOf(input.quote.bid ?? input.quote.lastPrice, input.position.quantity);
  const sellablePerMinute = input.turnoverPerMinute.times(params.participation);
  if (sellablePerMinute.lte(0)) return Number.POSITIVE_INFINITY;
  return value.div(sellablePerMinute).ceil().toNumber();
}
