import { describe, expect, it } from '@jest/globals';
import { gateAllows, GATES, mayChangeGate, narrowerGate } from './gate.ts';

describe('gate', () => {
  it.each([
    ['OPEN', true, true, true],
    ['EXIT_ONLY', false, true, true],
    ['OBSERVE', false, false, false],
    ['STOPPED', false, false, true],
  ] as const)('UB-004: %s lets buys %s, sells %s, cancels %s', (gate, buy, sell, cancel) => {
    expect(gateAllows(gate, 'BUY')).toBe(buy);
    expect(gateAllows(gate, 'SELL')).toBe(sell);
    expect(gateAllows(gate, 'CANCEL')).toBe(cancel);
  });

  it('keeps the narrower of two, whichever comes first', () => {
    for (const [index, a] of GATES.entries()) {
      for (const [other, b] of GATES.entries()) {
        const expected = index >= other ? a : b;
        expect(narrowerGate(a, b)).toBe(expected);
        expect(narrowerGate(b, a)).toBe(expected);
      }
    }
  });

  it('never lets a narrower gate buy where the wider does not', () => {
    for (const a of GATES) {
      for (const b of GATES) {
        const both = gateAllows(a, 'BUY') && gateAllows(b, 'BUY');
        expect(gateAllows(narrowerGate(a, b), 'BUY')).toBe(both);
      }
    }
  });

  it('UB-004: is opened by a person only, and closed further by the system', () => {
    for (const [index, from] of GATES.entries()) {
      for (const [other, to] of GATES.entries()) {
        expect(mayChangeGate({ from, to, by: 'system' })).toBe(other >= index);
        expect(mayChangeGate({ from, to, by: 'person' })).toBe(true);
      }
    }
  });
});
