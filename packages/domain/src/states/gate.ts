/** What may leave for the broker; checked inside the intent transaction. */
export type Gate = 'OPEN' | 'EXIT_ONLY' | 'OBSERVE' | 'STOPPED';

/**
 * Widest first. STOPPED is last although it lets cancels pass and OBSERVE does not: only a person
 * opens it, and a later, milder reason must not lose that.
 */
export const GATES: readonly Gate[] = ['OPEN', 'EXIT_ONLY', 'OBSERVE', 'STOPPED'];

export type GatedAction = 'BUY' | 'SELL' | 'CANCEL';

const ALLOWED: Readonly<Record<Gate, readonly GatedAction[]>> = {
  OPEN: ['BUY', 'SELL', 'CANCEL'],
  EXIT_ONLY: ['SELL', 'CANCEL'],
  OBSERVE: [],
  STOPPED: ['CANCEL'],
};

export function gateAllows(gate: Gate, action: GatedAction): boolean {
  return ALLOWED[gate].includes(action);
}

export function narrowerGate(a: Gate, b: Gate): Gate {
  return GATES.indexOf(a) >= GATES.indexOf(b) ? a : b;
}

/** The system closes the gate further and never opens it: whoever opens it is a person. */
export function mayChangeGate(change: {
  readonly from: Gate;
  readonly to: Gate;
  readonly by: 'system' | 'person';
}): boolean {
  return change.by === 'person' || narrowerGate(change.from, change.to) === change.to;
}
