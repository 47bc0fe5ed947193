import { describe, expect, it } from '@jest/globals';
import { anInstrument, TEST_DATE } from '@fleet/testkit';
import type { Instrument } from '../ports/market-data.ts';
import { chooseUniverse } from './choose-universe.ts';

describe('WT-001: the universe of the day', () => {
  it.each<[string, Partial<Instrument>]>([
    ['KONEX', { market: 'KONEX' }],
    ['ETF', { kind: 'ETF' }],
    ['HALTED', { halted: true }],
    ['FIRST_DAY', { listedOn: TEST_DATE }],
    ['INVESTMENT_WARNING', { warnings: ['INVESTMENT_WARNING', 'OVERHEATED'] }],
  ])('leaves out and counts %s', (reason, change) => {
    const bad = anInstrument({ symbol: '000660', ...change });
    const { chosen, leftOut } = chooseUniverse([anInstrument(), bad], TEST_DATE, {
      extraKinds: [],
    });
    expect(chosen.map(({ symbol }) => symbol)).toEqual(['005930']);
    expect(leftOut).toEqual({ [reason]: 1 });
  });

  it('takes the kinds that the owner opted into', () => {
    const etf = anInstrument({ kind: 'ETF' });
    expect(chooseUniverse([etf], TEST_DATE, { extraKinds: ['ETF'] }).chosen).toEqual([etf]);
  });
});
