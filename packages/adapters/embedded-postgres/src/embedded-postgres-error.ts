export type EmbeddedPostgresErrorCode =
  | 'NO_BINARIES'
  | 'NO_USER'
  | 'UNREACHABLE'
  | 'INIT_FAILED'
  | 'START_FAILED'
  | 'STOP_FAILED';

/** The local server cannot be had; the message says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;
  readonly retryable = false;
  constructor(code: EmbeddedPostgresErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
