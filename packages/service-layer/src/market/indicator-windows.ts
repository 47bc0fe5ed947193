import type { ParameterValues } from '@fleet/domain';
import type { IndicatorWindows } from './indicators.ts';

const DEFAULTS: IndicatorWindows = { fast: 5, slow: 20, lookBack: 20 };

/** A strategy's parameters by these names set the windows of its indicators. */
export function indicatorWindows(params: ParameterValues): IndicatorWindows {
  const whole = (name: string, fallback: number): number => params[name]?.toNumber() ?? fallback;
  return {
    fast: whole('fastBars', DEFAULTS.fast),
    slow: whole('slowBars', DEFAULTS.slow),
    lookBack: whole('lookBackBars', DEFAULTS.lookBack),
  };
}
