import { IllegalTransitionError } from '../errors.ts';

/** Spec: IDLE -> SCAN -> HOLD -> SCAN, any -> EXIT. */
export type WorkerState = 'IDLE' | 'SCAN' | 'HOLD' | 'EXIT';

export type WorkerEvent = 'START' | 'ENTERED' | 'EXITED' | 'STOP';

/** Worker plan 1.2. A pair that is not here is illegal; stopping twice is harmless. */
export const WORKER_TRANSITIONS: Readonly<
  Record<WorkerState, Readonly<Partial<Record<WorkerEvent, WorkerState>>>>
> = {
  IDLE: { START: 'SCAN', STOP: 'EXIT' },
  SCAN: { ENTERED: 'HOLD', STOP: 'EXIT' },
  HOLD: { EXITED: 'SCAN', STOP: 'EXIT' },
  EXIT: { STOP: 'EXIT' },
};

/** @throws IllegalTransitionError */
export function transitionWorker(state: WorkerState, event: WorkerEvent): WorkerState {
  const next = WORKER_TRANSITIONS[state][event];
  if (next === undefined) throw new IllegalTransitionError('worker', state, event);
  return next;
}
