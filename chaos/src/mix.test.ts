import { describe, expect, it } from '@jest/globals';
import { DEFAULT_MIX, faultRules, parseMix } from './mix.ts';

describe('mix', () => {
  it('takes what is said and leaves the rest as usual', () => {
    expect(parseMix('kills=2.5,faults=0')).toEqual({ ...DEFAULT_MIX, kills: 2.5, faults: 0 });
    expect(parseMix('')).toEqual(DEFAULT_MIX);
  });

  it.each(['kill=1', 'kills', 'kills=x', 'kills=-1'])('refuses %s', (text) => {
    expect(() => parseMix(text)).toThrow('--mix');
  });

  it('has no fault rules without faults, and no certain fault with many', () => {
    expect(faultRules(parseMix('faults=0'))).toEqual([]);
    const rates = faultRules(parseMix('faults=100')).map(({ rate }) => Number(rate));
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.5);
  });

  it('kills and stops at least four times a second', () => {
    expect(DEFAULT_MIX.kills + DEFAULT_MIX.stops).toBeGreaterThanOrEqual(4);
  });
});
