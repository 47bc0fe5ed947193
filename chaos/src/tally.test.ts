import { describe, expect, it } from '@jest/globals';
import { someEvidence } from './evidence/samples.ts';
import { DEFAULT_MIX, FAULT_KINDS } from './mix.ts';
import { PLACES, StrikeLog } from './strike-log.ts';
import { checkEnough, type Seen, type Tally } from './tally.ts';

const PLENTY: Tally = {
  intents: 100,
  sends: 100,
  fills: 100,
  takeovers: 100,
  adoptions: 100,
  faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 1])),
};

function missing(tally: Partial<Tally>, struck: readonly string[] = PLACES): readonly string[] {
  const strikes = new StrikeLog();
  for (const place of struck) {
    const step = place === 'selling' ? 'sell-sent' : place;
    for (let times = 0; times < 10; times += 1) strikes.landed({ slot: 0, how: 'KILLED', step });
  }
  const seen: Seen = {
    evidence: someEvidence(),
    tally: { ...PLENTY, ...tally },
    strikes,
    mix: { ...DEFAULT_MIX, gateway: 0 },
  };
  return checkEnough(seen, 10).map(({ what }) => what);
}

describe('enough seen', () => {
  it('a run that saw plenty passes', () => expect(missing({})).toEqual([]));

  it.each(['intents', 'sends', 'fills', 'takeovers', 'adoptions'] as const)(
    'a run with hardly any %s fails',
    (name) => expect(missing({ [name]: 1 })).toEqual([expect.stringMatching(`^1 ${name}`)]),
  );

  it('a step at which nobody was struck fails', () => {
    const all = missing({}, [...PLACES.filter((place) => place !== 'intent'), 'idle']);
    expect(all).toEqual(['no worker was struck at intent']);
  });

  it("a broker's fault that never struck fails", () => {
    const faults = { ...PLENTY.faults, SLOW_REPLY: 0 };
    expect(missing({ faults })).toEqual([expect.stringContaining('SLOW_REPLY')]);
  });

  it('too few kills and stops fail', () => {
    expect(missing({}, [])).toContainEqual(expect.stringMatching(/^0 kills and stops/));
  });
});
