import { scheduler } from 'node:timers/promises';

/** Waits for a process outside of ours, so no clock of the fleet (virtual or fast) may rule it. */
export async function pause(ms: number): Promise<void> {
  await scheduler.wait(ms);
}
