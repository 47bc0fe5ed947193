import { Decimal } from 'decimal.js';
import { checkCommonParameters, COMMON_PARAMETERS, commonWindows } from './common-parameters.ts';
import { commonRefusals, rate, refusal } from './common-refusals.ts';
import { decimal, integer, parameter } from './declare.ts';
import { evaluateExit } from './exit-rules.ts';
import type {
  BuyDecision,
  CandidateView,
  ParameterDeclaration,
  ParameterValues,
  Strategy,
  WhyNot,
} from './strategy.ts';
import { turnoverWeight } from './turnover-weight.ts';

const PULLBACK_PARAMETERS = {
  ...COMMON_PARAMETERS,
  // A short window: the rebound is a break of the last few bars, not of the day.
  lookBackBars: integer(3, 120, 5, 'bars of turnover and range, and whose high a rebound breaks'),
  changeRateMin: decimal('-0.3', '0.3', '0.02', 'change of the day, at least'),
  rangeRateMax: decimal('0.001', '0.2', '0.01', 'average range of a bar over price, at most'),
  entryDelayMinutes: integer(0, 120, 30, 'no buy in the first minutes after the open'),
  takeProfitRate: decimal('0.003', '0.3', '0.04', 'bid above the average entry price by'),
  stopLossRate: decimal('0.001', '0.3', '0.02', 'last price under the average entry price by'),
  pullbackRateMin: decimal('0', '0.3', '0.015', 'last price under the high of the day by at least'),
  pullbackRateMax: decimal('0', '0.3', '0.06', 'last price under the high of the day by at most'),
  reboundRateMin: decimal('0', '0.05', '0.002', 'last price above the short average by at least'),
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

type Read = (name: keyof typeof PULLBACK_PARAMETERS) => Decimal;

const SCORE_DECIMALS = 6;

/**
 * Buys a stock that is well up on the day, has fallen back from its high by some per cent while most
 * of the day's buyers are still in profit (above the volume-weighted average price), and turns up
 * again: above its short average and above the highs of its last bars. Sold by the rules that all
 * share. Plain, and not tuned: its defaults say where to begin, not that it pays.
 */
export const pullbackRebound: Strategy = {
  name: 'pullback-rebound',
  version: '1.0.0',
  parameters: PULLBACK_PARAMETERS,
  indicatorWindows: commonWindows,
  expectedLossRate: (params) => parameter(params, 'stopLossRate'),
  checkParameters: (values) => {
    const read: Read = (name) => parameter(values, name);
    return read('pullbackRateMin').lt(read('pullbackRateMax'))
      ? checkCommonParameters(values)
      : [...checkCommonParameters(values), 'pullbackRateMin must be less than pullbackRateMax'];
  },
  evaluateBuy: evaluatePullbackBuy,
  evaluateSell: evaluateExit,
};

function evaluatePullbackBuy(candidate: CandidateView, params: ParameterValues): BuyDecision {
  const read: Read = (name) => parameter(params, name);
  const whyNot = commonRefusals(candidate, params);
  const shape = shapeOf(candidate);
  if (shape === undefined || read('barsMin').gt(candidate.indicators.bars)) {
    const bars = refusal('BARS', candidate.indicators.bars, read('barsMin'));
    return { signal: false, score: new Decimal(0), whyNot: [...whyNot, bars] };
  }
  whyNot.push(...shapeRefusals(shape, read));
  const score = scoreOf(candidate, shape);
  if (whyNot.length > 0) return { signal: false, score, whyNot };
  return {
    signal: true,
    score,
    reasons: [
      refusal('PULLBACK', rate(shape.pullbackRate), read('pullbackRateMin')),
      refusal('REBOUND', rate(shape.reboundRate), read('reboundRateMin')),
      refusal('HELD_AVERAGE', rate(shape.aboveVwapRate), 0),
      refusal('TURNOVER', candidate.turnoverPerMinute.toFixed(0), read('turnoverPerMinuteMin')),
    ],
  };
}

interface Shape {
  /** How far the last price is under the day's high, as a fraction of it. */
  readonly pullbackRate: Decimal;
  /** Last price over the short average, minus 1. */
  readonly reboundRate: Decimal;
  /** Last price over the highest of the last bars, minus 1. */
  readonly breakRate: Decimal;
  /** Last price over the day's volume-weighted average price, minus 1. */
  readonly aboveVwapRate: Decimal;
}

/** Undefined while a high, an average or a trade is missing. */
function shapeOf({ quote, indicators }: CandidateView): Shape | undefined {
  const { lastPrice, high, turnover, volume } = quote;
  const { fastAverage, breakoutHigh } = indicators;
  if (!high || !fastAverage || !breakoutHigh || volume === 0) return undefined;
  return {
    pullbackRate: new Decimal(1).minus(lastPrice.div(high)),
    reboundRate: lastPrice.div(fastAverage).minus(1),
    breakRate: lastPrice.div(breakoutHigh).minus(1),
    aboveVwapRate: lastPrice.div(turnover.div(volume)).minus(1),
  };
}

function shapeRefusals(shape: Shape, read: Read): WhyNot[] {
  const { pullbackRate, reboundRate, breakRate, aboveVwapRate } = shape;
  const refusals: WhyNot[] = [];
  if (pullbackRate.lt(read('pullbackRateMin'))) {
    refusals.push(refusal('PULLBACK_SMALL', rate(pullbackRate), read('pullbackRateMin')));
  }
  if (pullbackRate.gt(read('pullbackRateMax'))) {
    refusals.push(refusal('PULLBACK_DEEP', rate(pullbackRate), read('pullbackRateMax')));
  }
  if (!aboveVwapRate.gt(0)) refusals.push(refusal('HELD_AVERAGE', rate(aboveVwapRate), 0));
  if (reboundRate.lt(read('reboundRateMin'))) {
    refusals.push(refusal('REBOUND', rate(reboundRate), read('reboundRateMin')));
  }
  if (!breakRate.gt(0)) refusals.push(refusal('BREAKOUT', rate(breakRate), 0));
  return refusals;
}

/** The strongest turn in the most traded stock; ten times the turnover counts about three times. */
function scoreOf({ turnoverPerMinute }: CandidateView, { reboundRate }: Shape): Decimal {
  return reboundRate
    .times(1_000)
    .times(turnoverWeight(turnoverPerMinute))
    .toDecimalPlaces(SCORE_DECIMALS);
}
