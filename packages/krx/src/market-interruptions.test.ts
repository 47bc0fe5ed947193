import { describe, expect, it } from '@jest/globals';
import { kstIso } from './kst.ts';
import { CIRCUIT_BREAKERS, CIRCUIT_BREAKER_STAGES } from './market-interruptions.ts';
import { isInside } from './session.ts';
import { KRX_CALENDAR } from './trading-calendar.ts';

describe('circuit breakers', () => {
  it('happened on trading days, in continuous trading, and halted for the time of their stage', () => {
    for (const { date, level, halt } of CIRCUIT_BREAKERS) {
      const { continuous } = KRX_CALENDAR.sessionOf(date);
      const { from, to } = halt ?? { from: continuous.from, to: continuous.from + 1_200_000 };
      const stage = CIRCUIT_BREAKER_STAGES.find((candidate) => candidate.level === level);
      expect(isInside(continuous, from)).toBe(true);
      expect(to - from).toBe(stage?.haltMs);
    }
  });

  it('are known with their times in 2026', () => {
    const ofMarch = CIRCUIT_BREAKERS.filter(({ date }) => date === '2026-03-09');
    expect(ofMarch.map(({ market, halt }) => [market, kstIso(halt!.from)])).toEqual([
      ['KOSPI', '2026-03-09T10:31:52.000+09:00'],
    ]);
  });

  it('have stages of growing falls, the last of which closes the market', () => {
    expect(CIRCUIT_BREAKER_STAGES.map(({ indexFall }) => indexFall)).toEqual([
      '0.08',
      '0.15',
      '0.20',
    ]);
    expect(CIRCUIT_BREAKER_STAGES.map(({ haltMs }) => haltMs)).toEqual([
      1_200_000,
      1_200_000,
      undefined,
    ]);
  });
});
