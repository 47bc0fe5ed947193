import type { Clock } from '@fleet/service-layer';

/** Waits for the work, but not longer than `ms` real milliseconds. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const patience = clock.sleep(ms, done.signal).catch(() => undefined);
  await Promise.race([work, patience]).finally(() => done.abort());
}
