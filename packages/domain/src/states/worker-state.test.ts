import { describe, expect, it } from '@jest/globals';
import { IllegalTransitionError } from '../errors.ts';
import { transitionWorker, WORKER_TRANSITIONS } from './worker-state.ts';
import type { WorkerEvent, WorkerState } from './worker-state.ts';

const STATES: readonly WorkerState[] = ['IDLE', 'SCAN', 'HOLD', 'EXIT'];
const EVENTS: readonly WorkerEvent[] = ['START', 'ENTERED', 'EXITED', 'STOP'];

const x = undefined;
/** Rows as STATES, columns as EVENTS. */
const EXPECTED: readonly (readonly (WorkerState | undefined)[])[] = [
  ['SCAN', x, x, 'EXIT'],
  [x, 'HOLD', x, 'EXIT'],
  [x, x, 'SCAN', 'EXIT'],
  [x, x, x, 'EXIT'],
];

describe('worker machine (SC-001, SC-005, SC-007)', () => {
  STATES.forEach((state, row) => {
    EVENTS.forEach((event, column) => {
      const expected = EXPECTED[row]![column];
      it(`${state} + ${event} -> ${expected ?? 'illegal'}`, () => {
        expect(WORKER_TRANSITIONS[state][event]).toBe(expected);
        expect(nextOf(state, event)).toBe(expected);
      });
    });
  });
});

function nextOf(state: WorkerState, event: WorkerEvent): WorkerState | undefined {
  try {
    return transitionWorker(state, event);
  } catch (error) {
    if (!(error instanceof IllegalTransitionError)) throw error;
    return undefined;
  }
}
