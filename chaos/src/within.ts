import { systemClock } from '@fleet/clock';

/** Waits for the work, but no longer than so long; true when it came to its end. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const done = new AbortController();
  const tooLate = systemClock.sleep(ms, done.signal).then(
    () => false,
    () => true,
  );
  const inTime = await Promise.race([work.then(() => true), tooLate]);
  done.abort();
  return inTime;
}
