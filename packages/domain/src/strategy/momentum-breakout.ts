import type { ParameterValues, Strategy } from './strategy.ts';
import { evaluateBreakoutBuy } from './breakout-buy.ts';
import { BREAKOUT_PARAMETERS, checkBreakoutParameters, parameter } from './breakout-parameters.ts';
import { evaluateBreakoutSell } from './breakout-sell.ts';

/**
 * The default: buys a liquid stock that trades near the high of its last minutes with its short
 * average above its long one, and sells it within the half hour.
 */
export const momentumBreakout: Strategy = {
  name: 'momentum-breakout',
  version: '1.0.0',
  parameters: BREAKOUT_PARAMETERS,
  indicatorWindows: (params: ParameterValues) => ({
    fastAverage: parameter(params, 'fastBars').toNumber(),
    slowAverage: parameter(params, 'slowBars').toNumber(),
    lookBack: parameter(params, 'lookBackBars').toNumber(),
    averageRange: parameter(params, 'lookBackBars').toNumber(),
  }),
  expectedLossRate: (params: ParameterValues) => parameter(params, 'stopLossRate'),
  checkParameters: checkBreakoutParameters,
  evaluateBuy: evaluateBreakoutBuy,
  evaluateSell: evaluateBreakoutSell,
};
