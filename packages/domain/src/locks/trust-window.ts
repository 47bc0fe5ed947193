/** Two clocks read at one moment, ms: the wall clock steps, the monotonic one may stand in a suspend. */
export interface ClockReading {
  readonly wall: number;
  readonly monotonic: number;
}

/** Until when a holder may act on its lock without asking again. Each renewal opens a new one. */
export interface TrustWindow {
  readonly trustedUntilWall: number;
  readonly trustedUntilMonotonic: number;
}

/**
 * Counted from BEFORE the claim or renewal was asked for: the database started the TTL later, so this
 * ends earlier than the lock does.
 */
export function openTrustWindow(grant: {
  readonly requestedAtWall: number;
  readonly requestedAtMonotonic: number;
  readonly ttlMs: number;
  readonly marginMs: number;
}): TrustWindow {
  const trustedMs = grant.ttlMs - grant.marginMs;
  return {
    trustedUntilWall: grant.requestedAtWall + trustedMs,
    trustedUntilMonotonic: grant.requestedAtMonotonic + trustedMs,
  };
}

/** Both clocks must agree: after a suspend or a step only one of them tells the truth. */
export function isTrusted(window: TrustWindow, now: ClockReading): boolean {
  return now.wall < window.trustedUntilWall && now.monotonic < window.trustedUntilMonotonic;
}
