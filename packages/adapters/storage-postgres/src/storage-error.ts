export type StorageErrorCode =
  | 'BAD_URL'
  | 'TLS_REQUIRED'
  | 'SCHEMA_NEWER'
  | 'SCHEMA_CHANGED'
  | 'MIGRATION_FAILED'
  | 'BAD_ROW'
  /** A later supervisor has taken over: this one must end. */
  | 'TERM_LOST';

/** The database cannot be used as asked; the message says what to do about it. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly retryable = false;
  readonly context: Readonly<Record<string, unknown>>;
  constructor(
    code: StorageErrorCode,
    message: string,
    context: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.code = code;
    this.context = context;
  }
}
