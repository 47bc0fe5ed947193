/** ok: as it should be. failed: must be put right before trading. skipped: not offered, or not asked. */
export type FindingStatus = 'ok' | 'failed' | 'skipped';

/** `doctor --json`; the keys are a promise. */
export interface Finding {
  readonly id: CheckId;
  readonly status: FindingStatus;
  /** Which key was looked at; absent: the trading key. */
  readonly key?: 'quotes';
  /** What was seen, in the reader's language; no secrets. */
  readonly detail: string;
  /** What to do about it; for a failure. */
  readonly advice?: string;
}

export const CHECK_IDS = [
  'node',
  'settings',
  'clock',
  'token',
  'approvalKey',
  'balance',
  'masters',
  'buyingPower',
  'quote',
  'orderBook',
  'orders',
  'holiday',
  'feed',
  'notices',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

/** What this run saw of a point that nobody outside KIS has confirmed (docs/kis.md). */
export interface Measurement {
  readonly point: string;
  readonly seen: string;
}

export interface DoctorReport {
  readonly mode: string;
  readonly profile: string;
  readonly findings: readonly Finding[];
  readonly measurements: readonly Measurement[];
}
