import { describe, expect, it } from '@jest/globals';
import { price, quantity } from '@fleet/domain';
import { anInstrument, TEST_DATE } from '@fleet/testkit';
import type { Instrument } from '../ports/market-data.ts';
import { chooseUniverse, type UniverseRules } from './choose-universe.ts';

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

  it('can be fixed: the owner’s list, or the most traded of yesterday', () => {
    const stocks = [
      anInstrument({ symbol: '000001', previousVolume: quantity(100), referencePrice: price(10) }),
      anInstrument({
        symbol: '000002',
        previousVolume: quantity(10),
        referencePrice: price(1_000),
      }),
      anInstrument({ symbol: '000003', previousVolume: quantity(50), referencePrice: undefined }),
    ];
    const choose = (rules: Partial<UniverseRules>) => {
      const { chosen, leftOut } = chooseUniverse(stocks, TEST_DATE, { extraKinds: [], ...rules });
      return [chosen.map(({ symbol }) => symbol), leftOut];
    };
    expect(choose({ symbols: ['000003', '000001'] })).toEqual([
      ['000001', '000003'],
      { NOT_LISTED_BY_OWNER: 1 },
    ]);
    expect(choose({ mostTraded: 2 })).toEqual([['000002', '000001'], { LESS_TRADED: 1 }]);
    expect(choose({ mostTraded: 9 })[0]).toHaveLength(3);
  });

  it('takes the kinds that the owner opted into', () => {
    const etf = anInstrument({ kind: 'ETF' });
    expect(chooseUniverse([etf], TEST_DATE, { extraKinds: ['ETF'] }).chosen).toEqual([etf]);
  });
});
