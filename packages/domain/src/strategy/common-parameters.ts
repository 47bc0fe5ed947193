import { decimal, integer, parameter } from './declare.ts';
import type { IndicatorWindows, ParameterDeclaration, ParameterValues } from './strategy.ts';

/** What every strategy that is shipped declares: windows, market, hours, repeats, exits. */
export const COMMON_PARAMETERS = {
  fastBars: integer(2, 30, 5, 'bars of the short average'),
  slowBars: integer(3, 120, 20, 'bars of the long average'),
  lookBackBars: integer(3, 120, 10, 'bars of turnover, range and the stand-in for the day high'),
  barsMin: integer(3, 120, 20, 'full bars needed before a buy'),
  turnoverPerMinuteMin: decimal('0', '100000000000', '20000000', 'won traded a minute, at least'),
  dayTurnoverPerMinuteMin: decimal(
    '0',
    '100000000000',
    '10000000',
    'won traded a minute since the open, at least',
  ),
  spreadTicksMax: integer(1, 20, 3, 'ticks between bid and ask, at most'),
  spreadRateMax: decimal('0.0001', '0.05', '0.0025', 'spread as a fraction of the ask, at most'),
  upperLimitDistanceMin: decimal('0', '0.3', '0.02', 'distance to the upper limit, at least'),
  changeRateMin: decimal('-0.3', '0.3', '-0.05', 'change of the day, at least'),
  changeRateMax: decimal('-0.3', '0.3', '0.2', 'change of the day, at most'),
  rangeRateMax: decimal('0.001', '0.2', '0.007', 'average range of a bar over price, at most'),
  entryDelayMinutes: integer(0, 120, 15, 'no buy in the first minutes after the open'),
  entryStopMinutes: integer(0, 240, 15, 'no buy in the last minutes before liquidation'),
  entriesPerStockMax: integer(1, 20, 3, 'times that the fleet enters one stock in a day, at most'),
  stopOutsPerStockMax: integer(1, 20, 1, 'no buy of a stock after so many stop losses in it today'),
  stopLossRate: decimal('0.001', '0.3', '0.015', 'last price under the average entry price by'),
  takeProfitRate: decimal('0.003', '0.3', '0.03', 'bid above the average entry price by'),
  trendBreakRate: decimal('0', '0.1', '0.004', 'closes under the short average by'),
  trendBreakBars: integer(1, 10, 2, 'full bars in a row that break the trend'),
  holdMinutesMin: integer(0, 240, 10, 'no trend break before'),
  holdMinutesMax: integer(1, 390, 25, 'sold after, whatever the price'),
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

export type CommonParameter = keyof typeof COMMON_PARAMETERS;

export function commonWindows(params: ParameterValues): IndicatorWindows {
  const read = (name: CommonParameter): number => parameter(params, name).toNumber();
  return {
    fastAverage: read('fastBars'),
    slowAverage: read('slowBars'),
    lookBack: read('lookBackBars'),
    averageRange: read('lookBackBars'),
  };
}

/** Constraints between them; empty when all hold. */
export function checkCommonParameters(values: ParameterValues): readonly string[] {
  const value = (name: CommonParameter) => parameter(values, name);
  const rules: readonly (readonly [boolean, string])[] = [
    [value('fastBars').lt(value('slowBars')), 'fastBars must be less than slowBars'],
    [
      value('barsMin').gte(value('slowBars')) && value('barsMin').gte(value('lookBackBars')),
      'barsMin must be at least slowBars and lookBackBars: no average is known before',
    ],
    [
      value('changeRateMin').lt(value('changeRateMax')),
      'changeRateMin must be less than changeRateMax',
    ],
    [
      value('holdMinutesMin').lte(value('holdMinutesMax')),
      'holdMinutesMin must not exceed holdMinutesMax',
    ],
    [
      value('spreadRateMax').lt(value('stopLossRate')),
      'spreadRateMax must be less than stopLossRate: the spread alone would hit the stop',
    ],
  ];
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}
