import { performance } from 'node:perf_hooks';
import type { Clock, MarketClock } from '@fleet/service-layer';

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

/** Resolves after `ms` real milliseconds. @throws the signal's reason */
export function sleepReal(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      if (signal) reject(abortReason(signal));
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
      Math.max(0, ms),
    );
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The host's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: sleepReal,
};

/** Long waits are cut so that a step of the wall clock is noticed. */
const LONGEST_NAP_MS = 30_000;

/** Market time outside SIM: the wall clock. */
export const wallMarketClock: MarketClock = {
  now: () => Date.now(),
  speed: () => 1,
  sleep: sleepReal,
  async sleepUntil(instant, signal) {
    for (let left = instant - Date.now(); left > 0; left = instant - Date.now()) {
      await sleepReal(Math.min(left, LONGEST_NAP_MS), signal);
    }
  },
};
