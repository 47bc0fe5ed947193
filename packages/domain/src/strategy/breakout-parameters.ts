import { COMMON_PARAMETERS } from './common-parameters.ts';
import { decimal } from './declare.ts';
import type { ParameterDeclaration } from './strategy.ts';

export const BREAKOUT_PARAMETERS = {
  ...COMMON_PARAMETERS,
  trendRateMin: decimal('0', '0.05', '0', 'short average above long average by at least'),
  momentumRateMin: decimal('0', '0.1', '0.008', 'last price above the long average by at least'),
  highDistanceMax: decimal('0', '0.3', '0.03', 'last price under the high of the day by at most'),
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

export type BreakoutParameter = keyof typeof BREAKOUT_PARAMETERS;
