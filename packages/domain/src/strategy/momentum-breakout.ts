import { evaluateBreakoutBuy } from './breakout-buy.ts';
import { BREAKOUT_PARAMETERS } from './breakout-parameters.ts';
import { checkCommonParameters, commonWindows } from './common-parameters.ts';
import { parameter } from './declare.ts';
import { evaluateExit } from './exit-rules.ts';
import type { Strategy } from './strategy.ts';

/**
 * The default: buys a liquid stock with a tight spread that stands clearly above the average of its
 * last twenty minutes and near its high of the day. Sells it at a stop, at a profit twice as far away,
 * when it closes clearly under its short average, or after twenty-five minutes.
 *
 * Why so: a round trip costs about 0.4 % (tax, commission, spread), far more than a break of a few
 * minutes' high moves on average. Only a strong rise carries on for long enough to pay that.
 */
export const momentumBreakout: Strategy = {
  name: 'momentum-breakout',
  version: '2.1.0',
  parameters: BREAKOUT_PARAMETERS,
  indicatorWindows: commonWindows,
  expectedLossRate: (params) => parameter(params, 'stopLossRate'),
  checkParameters: checkCommonParameters,
  evaluateBuy: evaluateBreakoutBuy,
  evaluateSell: evaluateExit,
};
