import { systemClock } from '@fleet/clock';
import { instantMs } from '../harness/instant.ts';

export interface AskedCalls {
  readonly seconds: number;
  /** Between an answer and the next call, ms. */
  readonly pauseMs: number;
}

/** One call after the other. @returns how long each waited, ms */
export async function repeatCalls(
  { seconds, pauseMs }: AskedCalls,
  call: () => Promise<unknown>,
): Promise<number[]> {
  const waits: number[] = [];
  const end = instantMs() + seconds * 1_000;
  while (instantMs() < end) {
    const asked = instantMs();
    await call();
    waits.push(instantMs() - asked);
    if (pauseMs > 0) await systemClock.sleep(pauseMs);
  }
  return waits;
}
