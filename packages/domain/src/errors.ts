export type ErrorContext = Readonly<Record<string, unknown>>;

export interface ErrorDetails {
  readonly context?: ErrorContext;
  readonly cause?: unknown;
  /** Whether the same step may be tried again; each class has its own default. */
  readonly retryable?: boolean;
}

/** What the project knows to be true is not: a programmer's error. Nobody but `main` catches it. */
export class InvariantViolation extends Error {
  readonly code: 'INVARIANT_VIOLATION' | 'ILLEGAL_TRANSITION' = 'INVARIANT_VIOLATION';
  readonly retryable = false;
  readonly context: ErrorContext;

  constructor(message: string, context: ErrorContext = {}) {
    super(message);
    this.name = 'InvariantViolation';
    this.context = context;
  }
}

/** A state machine was told something that cannot follow its state. */
export class IllegalTransitionError extends InvariantViolation {
  override readonly code = 'ILLEGAL_TRANSITION';

  constructor(machine: string, state: string, event: string, context: ErrorContext = {}) {
    super(`${machine}: ${event} cannot follow ${state}`, { ...context, machine, state, event });
    this.name = 'IllegalTransitionError';
  }
}

/** Operating failures: what a caller may handle. `code` is a literal of each class. */
abstract class OperatingError<Code extends string> extends Error {
  abstract readonly code: Code;
  readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(message: string, details: ErrorDetails, retryableByDefault: boolean) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.retryable = details.retryable ?? retryableByDefault;
    this.context = details.context ?? {};
  }
}

export type LifecycleErrorCode =
  | 'LIFECYCLE'
  | 'MARKET_OPEN'
  | 'MARKET_CLOSE'
  | 'STATE_RECOVERY'
  | 'STOP_MODE';

/** UB-003: a step of the market day failed. */
export class LifecycleError extends OperatingError<LifecycleErrorCode> {
  override readonly code: LifecycleErrorCode = 'LIFECYCLE';
  constructor(message: string, details: ErrorDetails = {}, retryableByDefault = false) {
    super(message, details, retryableByDefault);
  }
}

/** One of the opening steps failed. */
export class MarketOpenError extends LifecycleError {
  override readonly code = 'MARKET_OPEN';
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, true);
  }
}

/** One of the closing steps failed. */
export class MarketCloseError extends LifecycleError {
  override readonly code = 'MARKET_CLOSE';
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, true);
  }
}

/** Our record could not be made to match the broker's: trading stops (WT-003). */
export class StateRecoveryError extends LifecycleError {
  override readonly code = 'STATE_RECOVERY';
}

/** Refused because the system is stopped; a person restarts it (UB-004). */
export class StopModeError extends LifecycleError {
  override readonly code = 'STOP_MODE';
}

export type WorkerErrorCode =
  | 'WORKER'
  | 'LOCK_ACQUISITION'
  | 'ORDER_EXECUTION'
  | 'POSITION'
  | 'WORKER_TERMINATION';

/** Worker plan 5.3: a worker's step failed. */
export class WorkerError extends OperatingError<WorkerErrorCode> {
  override readonly code: WorkerErrorCode = 'WORKER';
  constructor(message: string, details: ErrorDetails = {}, retryableByDefault = false) {
    super(message, details, retryableByDefault);
  }
}

/** The lock could not be asked for (losing it to another worker is an answer, not an error). */
export class LockAcquisitionError extends WorkerError {
  override readonly code = 'LOCK_ACQUISITION';
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, true);
  }
}

/** An order could not be brought to its end. Never retryable as it is: its fate decides. */
export class OrderExecutionError extends WorkerError {
  override readonly code = 'ORDER_EXECUTION';
}

/** A position is not what the worker needs it to be. */
export class PositionError extends WorkerError {
  override readonly code = 'POSITION';
}

/** The worker could not end in order; its stocks are left to adoption. */
export class WorkerTerminationError extends WorkerError {
  override readonly code = 'WORKER_TERMINATION';
}
