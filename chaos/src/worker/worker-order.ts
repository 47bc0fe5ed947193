import type { LockTiming } from '@fleet/domain';
import type { Step } from './step-board.ts';

/** What the harness tells a chaos worker, as JSON in its only argument. */
export interface WorkerOrder {
  readonly slot: number;
  readonly seed: number;
  readonly board: string;
  readonly dbUrl: string;
  readonly schema: string;
  readonly gatewayAddress: string;
  /** The market's anchor: it does not change during a run. */
  readonly market: { readonly realMs: number; readonly marketMs: number; readonly speed: number };
  readonly tradeDate: string;
  readonly capital: string;
  readonly timing: LockTiming;
  /** Market ms that a position is held. */
  readonly holdMs: readonly [number, number];
  /** Stops itself (SIGSTOP) when it first comes to this step. */
  readonly pauseAt?: PausePoint;
  /** The negative control of the trust window: this worker believes its lock for ever. */
  readonly trustsForEver?: boolean;
}

/**
 * `entering`: the broker's buying power is known, the fence comes next. `intent`: fence read, nothing
 * stored. `sent`: the gateway has the request.
 */
export type PausePoint = Extract<Step, 'entering' | 'intent' | 'sent'>;
