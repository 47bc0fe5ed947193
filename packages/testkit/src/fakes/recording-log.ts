import type { LagRecorder, Log } from '@fleet/service-layer';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps what was logged, to explain a failing test; tests do not judge by it. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  debug(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'debug', event, fields });
  }

  info(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'info', event, fields });
  }

  warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'warn', event, fields });
  }

  error(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'error', event, fields });
  }
}

export class RecordingLag implements LagRecorder {
  readonly lags: number[] = [];
  readonly skipped: number[] = [];

  record(lagMs: number): void {
    this.lags.push(lagMs);
  }

  recordSkipped(lagMs: number): void {
    this.skipped.push(lagMs);
  }
}
