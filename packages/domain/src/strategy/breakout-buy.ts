import { Decimal } from 'decimal.js';
import { type BreakoutParameter, parameter } from './breakout-parameters.ts';
import type { BuyDecision, CandidateView, ParameterValues, WhyNot } from './strategy.ts';

const MINUTE_MS = 60_000;
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
    ...hoursRefusals(candidate, read),
    ...quoteRefusals(candidate, read),
    ...spreadRefusals(candidate, read),
    ...marketRefusals(candidate, read),
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

function hoursRefusals({ now, openAt, liquidationAt }: CandidateView, read: Read): WhyNot[] {
  const refusals: WhyNot[] = [];
  const sinceOpen = now - openAt;
  const untilLiquidation = liquidationAt - now;
  const delayMs = read('entryDelayMinutes').toNumber() * MINUTE_MS;
  const stopMs = read('entryStopMinutes').toNumber() * MINUTE_MS;
  if (sinceOpen < delayMs) refusals.push(refusal('TOO_EARLY', sinceOpen, delayMs));
  if (untilLiquidation <= stopMs) refusals.push(refusal('TOO_LATE', untilLiquidation, stopMs));
  return refusals;
}

function quoteRefusals({ quote }: CandidateView, read: Read): WhyNot[] {
  const refusals: WhyNot[] = [];
  if (quote.halted) refusals.push(refusal('HALTED', 'true', 'false'));
  if (quote.volatilityInterrupted) {
    refusals.push(refusal('VOLATILITY_INTERRUPTION', 'true', 'false'));
  }
  const change = quote.lastPrice.div(quote.previousClose).minus(1);
  if (change.lt(read('changeRateMin'))) {
    refusals.push(refusal('CHANGE_LOW', rate(change), read('changeRateMin')));
  }
  if (change.gt(read('changeRateMax'))) {
    refusals.push(refusal('CHANGE_HIGH', rate(change), read('changeRateMax')));
  }
  const toUpperLimit = new Decimal(1).minus(quote.lastPrice.div(quote.upperLimit));
  if (toUpperLimit.lt(read('upperLimitDistanceMin'))) {
    refusals.push(refusal('UPPER_LIMIT_NEAR', rate(toUpperLimit), read('upperLimitDistanceMin')));
  }
  return refusals;
}

function spreadRefusals({ quote, tickSize }: CandidateView, read: Read): WhyNot[] {
  const { bid, ask } = quote;
  if (bid === undefined || ask === undefined) {
    return [
      refusal('NO_BOOK', `bid ${bid?.toFixed() ?? 'none'} ask ${ask?.toFixed() ?? 'none'}`, 'both'),
    ];
  }
  const refusals: WhyNot[] = [];
  const spread = ask.minus(bid);
  const ticks = spread.div(tickSize);
  const spreadRate = spread.div(ask);
  if (ticks.gt(read('spreadTicksMax'))) {
    refusals.push(refusal('SPREAD_TICKS', rate(ticks), read('spreadTicksMax')));
  }
  if (spreadRate.gt(read('spreadRateMax'))) {
    refusals.push(refusal('SPREAD_RATE', rate(spreadRate), read('spreadRateMax')));
  }
  return refusals;
}

function marketRefusals(candidate: CandidateView, read: Read): WhyNot[] {
  const { quote, indicators, turnoverPerMinute } = candidate;
  const refusals: WhyNot[] = [];
  if (turnoverPerMinute.lt(read('turnoverPerMinuteMin'))) {
    refusals.push(refusal('TURNOVER', turnoverPerMinute.toFixed(0), read('turnoverPerMinuteMin')));
  }
  // Bars of a stock that is quoted seldom hold many minutes' volume each: the day tells the truth.
  const minutes = Math.max(1, (candidate.now - candidate.openAt) / MINUTE_MS);
  const dayTurnover = quote.turnover.div(minutes);
  if (dayTurnover.lt(read('dayTurnoverPerMinuteMin'))) {
    refusals.push(refusal('DAY_TURNOVER', dayTurnover.toFixed(0), read('dayTurnoverPerMinuteMin')));
  }
  const rangeRate = indicators.averageRange?.div(quote.lastPrice);
  if (rangeRate?.gt(read('rangeRateMax')) === true) {
    refusals.push(refusal('VOLATILITY', rate(rangeRate), read('rangeRateMax')));
  }
  return refusals;
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
  const weight = Decimal.max(0, turnoverPerMinute).div(1_000_000).sqrt();
  const rangeRate = indicators.averageRange?.div(quote.lastPrice) ?? NOISE_RATE_MIN;
  return trend.momentumRate
    .plus(trend.trendRate)
    .div(Decimal.max(rangeRate, NOISE_RATE_MIN))
    .times(weight)
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

function rate(value: Decimal): string {
  return value.toDecimalPlaces(RATE_DECIMALS).toFixed();
}

function refusal(code: string, actual: string | number, limit: string | number | Decimal): WhyNot {
  return {
    code,
    actual: String(actual),
    limit: limit instanceof Decimal ? limit.toFixed() : String(limit),
  };
}
