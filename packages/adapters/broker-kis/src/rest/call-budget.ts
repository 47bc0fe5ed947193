import type { CallLane } from '@fleet/service-layer';

/** Who may call KIS when. The gateway owns the one that counts; it outlives no call. */
export interface CallBudget {
  /** Resolves when one call may leave now. @throws the signal's reason */
  acquire(lane: CallLane, signal?: AbortSignal): Promise<void>;
  /** KIS refused a call as one too many: slow down. */
  throttled(): void;
}

/** No pacing at all: for tests and for a simulator without a limit. */
export const UNLIMITED_BUDGET: CallBudget = Object.freeze({
  acquire: async (_lane: CallLane, signal?: AbortSignal): Promise<void> => signal?.throwIfAborted(),
  throttled: (): void => undefined,
});
