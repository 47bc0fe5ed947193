import { Decimal } from 'decimal.js';
import type { BreakoutParameter } from './breakout-parameters.ts';
import { commonRefusals, rate, refusal } from './common-refusals.ts';
import { parameter } from './declare.ts';
import type { BuyDecision, CandidateView, ParameterValues, WhyNot } from './strategy.ts';
import { turnoverWeight } from './turnover-weight.ts';

const RATE_DECIMALS = 6;
const NO_SCORE = new Decimal(0);
/** Bars that hardly move must not divide a momentum into a giant. */
const NOISE_RATE_MIN = new Decimal('0.001');

type Read = (name: BreakoutParameter) => Decimal;

/** Every condition that fails is told, not only the first. */
export function evaluateBreakoutBuy(
  candidate: CandidateView,
  params: ParameterValues,
): BuyDecision {
  const read: Read = (name) => parameter(params, name);
  const trend = trendOf(candidate);
  const whyNot = [
    ...commonRefusals(candidate, params),
    ...(trend === undefined
      ? [refusal('BARS', candidate.indicators.bars, read('barsMin'))]
      : trendRefusals(candidate, trend, read)),
  ];
  if (trend === undefined) return { signal: false, score: NO_SCORE, whyNot };
  const score = scoreOf(candidate, trend);
  if (whyNot.length > 0) return { signal: false, score, whyNot };
  return { signal: true, score, reasons: reasonsOf(candidate, trend, read) };
}

interface Trend {
  /** Short average over long average, minus 1. */
  readonly trendRate: Decimal;
  /** Last price over long average, minus 1. */
  readonly momentumRate: Decimal;
  /** How far the last price is under the day's high, as a fraction of it. */
  readonly highDistance: Decimal;
}

function trendOf({ indicators, quote }: CandidateView): Trend | undefined {
  const { fastAverage, slowAverage, breakoutHigh } = indicators;
  if (fastAverage === undefined || slowAverage === undefined) return undefined;
  return {
    trendRate: fastAverage.div(slowAverage).minus(1),
    momentumRate: quote.lastPrice.div(slowAverage).minus(1),
    // A feed that tells no high of the day leaves the one of the last bars.
    highDistance: new Decimal(1).minus(
      quote.lastPrice.div(quote.high ?? breakoutHigh ?? quote.lastPrice),
    ),
  };
}

function trendRefusals({ indicators }: CandidateView, trend: Trend, read: Read): WhyNot[] {
  const refusals: WhyNot[] = [];
  if (read('barsMin').gt(indicators.bars)) {
    refusals.push(refusal('BARS', indicators.bars, read('barsMin')));
  }
  if (!(trend.trendRate.gt(0) && trend.trendRate.gte(read('trendRateMin')))) {
    refusals.push(refusal('TREND', rate(trend.trendRate), read('trendRateMin')));
  }
  if (!(trend.momentumRate.gt(0) && trend.momentumRate.gte(read('momentumRateMin')))) {
    refusals.push(refusal('MOMENTUM', rate(trend.momentumRate), read('momentumRateMin')));
  }
  if (trend.highDistance.gt(read('highDistanceMax'))) {
    refusals.push(refusal('BREAKOUT', rate(trend.highDistance), read('highDistanceMax')));
  }
  return refusals;
}

/**
 * Turnover-weighted momentum in units of the stock's own noise: how many average bar ranges the price
 * and the short average stand above the long one, times the square root of millions of won a minute
 * (ten times the turnover counts for about three times the momentum). Noise in the denominator ranks
 * a steady rise before a wild one.
 */
function scoreOf({ turnoverPerMinute, indicators, quote }: CandidateView, trend: Trend): Decimal {
  const rangeRate = indicators.averageRange?.div(quote.lastPrice) ?? NOISE_RATE_MIN;
  return trend.momentumRate
    .plus(trend.trendRate)
    .div(Decimal.max(rangeRate, NOISE_RATE_MIN))
    .times(turnoverWeight(turnoverPerMinute))
    .toDecimalPlaces(RATE_DECIMALS);
}

function reasonsOf(candidate: CandidateView, trend: Trend, read: Read): WhyNot[] {
  return [
    refusal('TREND', rate(trend.trendRate), read('trendRateMin')),
    refusal('MOMENTUM', rate(trend.momentumRate), read('momentumRateMin')),
    refusal('BREAKOUT', rate(trend.highDistance), read('highDistanceMax')),
    refusal('TURNOVER', candidate.turnoverPerMinute.toFixed(0), read('turnoverPerMinuteMin')),
  ];
}
