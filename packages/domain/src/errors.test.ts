import { describe, expect, it } from '@jest/globals';
import * as errors from './errors.ts';

describe('error hierarchy', () => {
  const context = { step: 3 };
  const cause = new Error('below');

  it.each([
    [errors.MarketOpenError, errors.LifecycleError, 'MARKET_OPEN', true],
    [errors.MarketCloseError, errors.LifecycleError, 'MARKET_CLOSE', true],
    [errors.StateRecoveryError, errors.LifecycleError, 'STATE_RECOVERY', false],
    [errors.StopModeError, errors.LifecycleError, 'STOP_MODE', false],
    [errors.LifecycleError, errors.LifecycleError, 'LIFECYCLE', false],
    [errors.LockAcquisitionError, errors.WorkerError, 'LOCK_ACQUISITION', true],
    [errors.OrderExecutionError, errors.WorkerError, 'ORDER_EXECUTION', false],
    [errors.PositionError, errors.WorkerError, 'POSITION', false],
    [errors.WorkerTerminationError, errors.WorkerError, 'WORKER_TERMINATION', false],
    [errors.WorkerError, errors.WorkerError, 'WORKER', false],
  ] as const)('UB-003: %p', (ErrorClass, Parent, code, retryable) => {
    const error = new ErrorClass('failed', { context, cause });
    expect(error).toBeInstanceOf(Parent);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, retryable, context, cause, name: ErrorClass.name });
    const bare = new ErrorClass('failed', { retryable: !retryable });
    expect(bare.retryable).toBe(!retryable);
    expect(Object.hasOwn(bare, 'cause')).toBe(false);
    expect(new ErrorClass('failed').context).toEqual({});
  });

  it('keeps invariants out of both hierarchies', () => {
    const violation = new errors.InvariantViolation('broken', context);
    expect(violation).not.toBeInstanceOf(errors.LifecycleError);
    expect(violation).not.toBeInstanceOf(errors.WorkerError);
    expect(violation).toMatchObject({ code: 'INVARIANT_VIOLATION', retryable: false, context });
  });
});
