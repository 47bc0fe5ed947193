import { BrokerError } from '../ports/broker.ts';
import type { MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

export interface RetryReadDependencies {
  readonly marketClock: MarketClock;
  readonly log: Log;
}

/** EC-001: at most three more tries, each after twice the pause of the one before; broker time. */
const RETRIES_MAX = 3;
const FIRST_PAUSE_MS = 500;

/** For reads only: what may be repeated. @throws the last failure, or the signal's reason */
export async function retryRead<T>(
  { marketClock, log }: RetryReadDependencies,
  what: string,
  read: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let retry = 1; ; retry += 1) {
    try {
      return await read();
    } catch (error) {
      signal?.throwIfAborted();
      const retryable = error instanceof BrokerError && error.retryable;
      if (!retryable || retry > RETRIES_MAX) throw error;
      log.warn('ReadFailed', { what, retry, error });
      await marketClock.sleep(FIRST_PAUSE_MS * 2 ** (retry - 1), signal);
    }
  }
}
