import { systemClock } from '@fleet/clock';
import { instantMs } from './instant.ts';

const PAUSE_MS = 1;

/** Calls `work` so many times a second for so long, evenly. @returns how often */
export async function atRate(
  pace: { readonly perSecond: number; readonly seconds: number },
  work: () => void,
): Promise<number> {
  const total = Math.round(pace.perSecond * pace.seconds);
  const start = instantMs();
  let done = 0;
  while (done < total) {
    const due = Math.min(total, Math.floor(((instantMs() - start) * pace.perSecond) / 1_000));
    for (; done < due; done += 1) work();
    await systemClock.sleep(PAUSE_MS);
  }
  return done;
}
