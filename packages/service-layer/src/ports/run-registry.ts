import type { TradeDate } from '@fleet/krx';

/** A run: one fleet's life in one schema, a day or several. */
export interface Run {
  readonly runId: string;
  readonly schema: string;
  readonly mode: 'SIM' | 'PAPER' | 'LIVE';
  /** The same command after an unfinished run has the same fingerprint and resumes it. */
  readonly fingerprint: string;
  readonly firstDate: TradeDate;
  /** What started the run, enough to start its processes again. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Runs of a database, across schemas. */
export interface RunRegistry {
  findUnfinished(fingerprint: string): Promise<Run | undefined>;
  create(run: Run): Promise<void>;
  finish(runId: string): Promise<void>;
  /** All runs ever, to number the next. */
  count(): Promise<number>;
}
