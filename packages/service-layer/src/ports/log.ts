/** Where use cases leave log lines: a fixed event name and typed fields. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Real lateness against a fixed schedule, milliseconds. */
export interface LagRecorder {
  record(lagMs: number): void;
  recordSkipped(lagMs: number): void;
}
