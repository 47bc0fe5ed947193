/** Lease arithmetic of stock locks, milliseconds of lease time (DESIGN: three kinds of time). */
export interface LockTiming {
  readonly ttlMs: number;
  readonly renewMs: number;
  /** A holder stops trusting its lock this much before its own estimate of the expiry. */
  readonly marginMs: number;
  /** From the granted call to the first byte on the wire. */
  readonly sendDeadlineMs: number;
  /** A takeover waits this long after the expiry, so that the old owner's last packet has landed. */
  readonly graceMs: number;
}

export const DEFAULT_LOCK_TIMING: LockTiming = {
  ttlMs: 15_000,
  renewMs: 3_000,
  marginMs: 4_000,
  sendDeadlineMs: 3_000,
  graceMs: 5_000,
};

/** A packet that left at the deadline needs time to arrive. */
const FLIGHT_MS = 1_000;
/** Renewals that may fail in a row before the holder stops trusting its lock. */
const RENEWALS_SPARE = 3;

/** What contradicts itself, one sentence each; empty when the timing is sound. */
export function checkLockTiming(timing: LockTiming): string[] {
  const { ttlMs, renewMs, marginMs, sendDeadlineMs, graceMs } = timing;
  const problems = Object.entries(timing)
    .filter(([, value]) => !Number.isSafeInteger(value) || value <= 0)
    .map(([name, value]) => `${name} must be a positive whole number of ms, not ${value}`);
  if (problems.length > 0) return problems;
  if (graceMs < sendDeadlineMs + FLIGHT_MS) {
    problems.push(
      `graceMs (${graceMs}) must be at least sendDeadlineMs + ${FLIGHT_MS} (${sendDeadlineMs + FLIGHT_MS})`,
    );
  }
  if (marginMs <= sendDeadlineMs) {
    problems.push(`marginMs (${marginMs}) must exceed sendDeadlineMs (${sendDeadlineMs})`);
  }
  if (ttlMs < RENEWALS_SPARE * renewMs + marginMs) {
    problems.push(
      `ttlMs (${ttlMs}) must be at least ${RENEWALS_SPARE} x renewMs + marginMs (${RENEWALS_SPARE * renewMs + marginMs})`,
    );
  }
  return problems;
}
