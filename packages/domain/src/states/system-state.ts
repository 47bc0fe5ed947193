import type { TradeDate } from '@fleet/krx';
import { IllegalTransitionError } from '../errors.ts';
import type { Gate } from './gate.ts';

/** UB-001. */
export type SystemStateName =
  | 'OFFLINE'
  | 'INITIALIZING'
  | 'READY'
  | 'TRADING'
  | 'CLOSING'
  | 'CLOSED'
  | 'STOPPED';

export type RecoveryStatus = 'SUCCESS' | 'FAILED' | 'PARTIAL';

export interface SystemState {
  readonly state: SystemStateName;
  readonly gate: Gate;
  readonly gateReason: string | undefined;
  /** The supervisor's term that wrote it. */
  readonly term: number;
  readonly tradeDate: TradeDate | undefined;
  /** Epoch ms, market time. */
  readonly marketOpenAt: number | undefined;
  readonly marketClosedAt: number | undefined;
  readonly lastRecoveryAt: number | undefined;
  readonly recoveryStatus: RecoveryStatus | undefined;
  readonly recoveryDetails: Readonly<Record<string, unknown>>;
}

/** Where every term of a supervisor starts its walk, whatever the term before it ended with. */
export const TERM_START_STATE: SystemStateName = 'OFFLINE';

/**
 * UB-001 within one term: one way round, any -> STOPPED. STOPPED is left only by a new term, which a
 * person starts.
 */
export const SYSTEM_TRANSITIONS: Readonly<Record<SystemStateName, readonly SystemStateName[]>> = {
  OFFLINE: ['INITIALIZING', 'STOPPED'],
  INITIALIZING: ['READY', 'STOPPED'],
  READY: ['TRADING', 'STOPPED'],
  TRADING: ['CLOSING', 'STOPPED'],
  CLOSING: ['CLOSED', 'STOPPED'],
  CLOSED: ['INITIALIZING', 'STOPPED'],
  STOPPED: ['STOPPED'],
};

/** @throws IllegalTransitionError */
export function transitionSystem(from: SystemStateName, to: SystemStateName): SystemStateName {
  if (!SYSTEM_TRANSITIONS[from].includes(to)) throw new IllegalTransitionError('system', from, to);
  return to;
}
