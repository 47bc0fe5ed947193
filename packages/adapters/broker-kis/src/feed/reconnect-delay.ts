/**
 * One-second reconnects got an app key refused for hours, 18 s of silence cured it (user report,
 * 2026-05): so never sooner than 15 s, and longer each time it does not hold. Broker milliseconds.
 */
const DELAY_MS_MIN = 15_000;
const DELAY_MS_MAX = 300_000;
/** A session that lived this long starts the count anew. */
const HEALTHY_MS = 60_000;

export function nextReconnectDelay(
  failures: number,
  livedMs: number,
): { readonly waitMs: number; readonly failures: number } {
  const count = livedMs >= HEALTHY_MS ? 0 : failures;
  return { waitMs: Math.min(DELAY_MS_MIN * 2 ** count, DELAY_MS_MAX), failures: count + 1 };
}
