import {
  InvariantViolation,
  OrderExecutionError,
  PositionError,
  WorkerError,
  WorkerTerminationError,
} from '@fleet/domain';
import { tell, type WorkerContext } from './worker-context.ts';

/** What a worker was doing when it failed, by the log's own names. */
export type FailedStep = 'WorkerCycleFailed' | 'EntryFailed' | 'HoldFailed' | 'HoldPollFailed';

const STACK_LINES = 12;

/**
 * Plan 5.3: every failure of a worker's step is one of the spec's errors, with what caused it; told as
 * WorkerErrorEvent (type, code, stack). The state stays: the next poll tries again (EC-001).
 */
export async function tellError(
  ctx: WorkerContext,
  step: FailedStep,
  failure: { readonly symbol?: string; readonly error: unknown },
): Promise<void> {
  const { symbol, error } = failure;
  const known = asWorkerError(step, error);
  const { workerId } = ctx;
  ctx.log.error(step, { workerId, ...(symbol === undefined ? {} : { symbol }), error: known });
  const cause = known.cause instanceof Error ? known.cause : known;
  await tell(ctx, {
    type: 'WorkerErrorEvent',
    level: 'ERROR',
    ...(symbol === undefined ? {} : { symbol }),
    payload: {
      step,
      errorType: known.name,
      code: known.code,
      causeType: cause.name,
      message: cause.message,
      stack: (cause.stack ?? '').split('\n').slice(0, STACK_LINES).join('\n'),
    },
  });
}

/** The spec's error for the step that failed; one of them already stays as it is. */
export function asWorkerError(step: FailedStep, error: unknown): WorkerError {
  if (error instanceof WorkerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error ? error : new Error(message);
  switch (step) {
    case 'EntryFailed':
      return new OrderExecutionError(message, { cause });
    case 'HoldFailed':
    case 'HoldPollFailed':
      return new PositionError(message, { cause });
    case 'WorkerCycleFailed':
      return new WorkerError(message, { cause });
  }
}

/** Not for another try: this worker must not act any more, or its books are wrong. */
export function isFatal(error: unknown): boolean {
  return error instanceof WorkerTerminationError || error instanceof InvariantViolation;
}
