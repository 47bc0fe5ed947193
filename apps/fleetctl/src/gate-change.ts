import type { Gate } from '@fleet/domain';

export type GateCommand = 'stop' | 'resume' | 'flatten';

/** `fleetctl stop --json` and its like; the keys are a promise. */
export interface GateChange {
  readonly command: GateCommand;
  /** False: it stood so already, for the same reason. */
  readonly changed: boolean;
  readonly from: Gate;
  readonly gate: Gate;
  readonly gateReason: string;
  /** The system's own state: STOPPED is left only by a new start of the supervisor. */
  readonly state: string;
}
