import type { KeyValueStore } from '../auth/key-value-store.ts';
import type { SimulatorClock } from '../clock/simulator-clock.ts';
import type { RunningExchange } from '../exchange/running-exchange.ts';
import type { RealTime } from './real-time.ts';

/** Tokens and approval keys as JSON texts in the run's own table. */
export function keyValueStoreOf({ keyValues }: RunningExchange): KeyValueStore {
  return {
    async get(key) {
      const value = await keyValues.get(key);
      return typeof value === 'string' ? value : undefined;
    },
    put: (key, value) => keyValues.set(key, value),
  };
}

/** Real time from the simulator's clock, the only one that may look at the wall. */
export function realTimeOf(clock: SimulatorClock): RealTime {
  return {
    now: () => clock.realNow(),
    after(delayMs, run) {
      const abort = new AbortController();
      void runAfter(clock, delayMs, { signal: abort.signal, run });
      return () => abort.abort();
    },
  };
}

async function runAfter(
  clock: SimulatorClock,
  delayMs: number,
  { signal, run }: { readonly signal: AbortSignal; readonly run: () => void },
): Promise<void> {
  await clock.sleepReal(delayMs, signal);
  if (!signal.aborted) run();
}
