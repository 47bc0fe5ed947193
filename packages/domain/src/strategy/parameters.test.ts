import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import { BREAKOUT_PARAMETERS } from './breakout-parameters.ts';
import { defaultStrategy, findStrategy, strategyNames } from './registry.ts';
import {
  completeParameters,
  defaultParameters,
  validateParameters,
} from './validate-parameters.ts';

const defaults = defaultParameters(defaultStrategy);

function problems(change: Record<string, string>): readonly string[] {
  const check = validateParameters(defaultStrategy, { ...defaults, ...change });
  return check.ok ? [] : check.problems;
}

describe('strategy registry', () => {
  it('finds strategies by name', () => {
    expect(defaultStrategy).toMatchObject({ name: 'momentum-breakout', version: '2.1.0' });
    expect(findStrategy('momentum-breakout')).toBe(defaultStrategy);
    expect(findStrategy('no-such')).toBeUndefined();
    expect(strategyNames()).toContain('momentum-breakout');
  });
});

describe('strategy parameters (WT-001)', () => {
  it('WT-001: the defaults are valid and say what the caller must compute', () => {
    const check = validateParameters(defaultStrategy, defaults);
    expect(check.ok).toBe(true);
    if (!check.ok) return;
    expect(Object.keys(check.values).toSorted()).toEqual(
      Object.keys(BREAKOUT_PARAMETERS).toSorted(),
    );
    expect(defaultStrategy.indicatorWindows(check.values)).toEqual({
      fastAverage: 5,
      slowAverage: 20,
      lookBack: 10,
      averageRange: 10,
    });
    expect(defaultStrategy.expectedLossRate(check.values).toFixed()).toBe('0.015');
  });

  it.each(Object.entries(BREAKOUT_PARAMETERS))(
    'takes the ends of the range of %s and nothing beyond',
    (name, declared) => {
      const outOfRange = (text: string): boolean =>
        problems({ [name]: text }).some((problem) =>
          problem.startsWith(`${name}: ${text} is outside`),
        );
      const step = declared.kind === 'integer' ? '1' : '0.0001';
      for (const end of [declared.min, declared.max]) expect(outOfRange(String(end))).toBe(false);
      expect(outOfRange(new Decimal(declared.min).minus(step).toFixed())).toBe(true);
      expect(outOfRange(new Decimal(declared.max).plus(step).toFixed())).toBe(true);
    },
  );

  it.each([
    ['fastBars', '3.5', 'not an integer: 3.5'],
    ['fastBars', 'three', 'not an integer: three'],
    ['stopLossRate', '1e-2', 'not a decimal: 1e-2'],
    ['stopLossRate', '', 'not a decimal: '],
    ['stopLossRate', 'NaN', 'not a decimal: NaN'],
  ])('refuses %s = %p', (name, text, problem) => {
    expect(problems({ [name]: text })).toEqual([`${name}: ${problem}`]);
  });

  it('refuses what is missing and what it does not know', () => {
    const { fastBars: _dropped, ...rest } = defaults;
    const check = validateParameters(defaultStrategy, { ...rest, fastBar: '3', toString: '1' });
    expect(check).toEqual({
      ok: false,
      problems: [
        'fastBar: the strategy has no such parameter',
        'toString: the strategy has no such parameter',
        'fastBars: missing',
      ],
    });
  });

  it.each([
    [{ fastBars: '20' }, 'fastBars must be less than slowBars'],
    [{ barsMin: '19' }, 'barsMin must be at least slowBars and lookBackBars'],
    [{ lookBackBars: '21' }, 'barsMin must be at least slowBars and lookBackBars'],
    [{ changeRateMin: '0.2' }, 'changeRateMin must be less than changeRateMax'],
    [{ holdMinutesMin: '26' }, 'holdMinutesMin must not exceed holdMinutesMax'],
    [{ spreadRateMax: '0.015' }, 'spreadRateMax must be less than stopLossRate'],
  ])('refuses the contradiction %p', (change, problem) => {
    const told = problems(change);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(problem);
  });

  it('WT-001: completes parameters of another version by the defaults, and no others', () => {
    const { stopOutsPerStockMax: _unknown, ...known } = defaults;
    const older = { ...known, stopLossRate: '0.03' };
    const stored = { strategyVersion: '2.0.0', values: older };
    expect(completeParameters(defaultStrategy, stored)).toEqual({
      ...defaults,
      stopLossRate: '0.03',
    });
    const same = { strategyVersion: defaultStrategy.version, values: older };
    expect(completeParameters(defaultStrategy, same)).toBe(older);
  });
});
