import { describe, expect, it } from '@jest/globals';
import { IllegalTransitionError } from '../errors.ts';
import { TERM_START_STATE, transitionSystem } from './system-state.ts';
import type { SystemStateName } from './system-state.ts';

const WALK: readonly SystemStateName[] = [
  'OFFLINE',
  'INITIALIZING',
  'READY',
  'TRADING',
  'CLOSING',
  'CLOSED',
];
const STATES: readonly SystemStateName[] = [...WALK, 'STOPPED'];

function isLegal(from: SystemStateName, to: SystemStateName): boolean {
  if (to === 'STOPPED') return true;
  if (from === 'CLOSED') return to === 'INITIALIZING';
  return from !== 'STOPPED' && WALK.indexOf(to) === WALK.indexOf(from) + 1;
}

describe('system machine (UB-001)', () => {
  for (const from of STATES) {
    for (const to of STATES) {
      it(`UB-001: ${from} -> ${to} is ${isLegal(from, to) ? 'a step' : 'illegal'}`, () => {
        expect(nextOf(from, to)).toBe(isLegal(from, to) ? to : 'illegal');
      });
    }
  }

  it('UB-001: a term starts its walk at OFFLINE and goes round the clock', () => {
    let state = TERM_START_STATE;
    expect(state).toBe('OFFLINE');
    for (const next of [...WALK.slice(1), 'INITIALIZING', 'READY'] as const) {
      state = transitionSystem(state, next);
    }
    expect(state).toBe('READY');
  });

  it('UB-001: STOPPED has no way out within a term', () => {
    expect(WALK.map((to) => nextOf('STOPPED', to))).toEqual(WALK.map(() => 'illegal'));
  });
});

function nextOf(from: SystemStateName, to: SystemStateName): SystemStateName | 'illegal' {
  try {
    return transitionSystem(from, to);
  } catch (error) {
    if (!(error instanceof IllegalTransitionError)) throw error;
    return 'illegal';
  }
}
