import { writeFileSync } from 'node:fs';
import { LagMonitor } from '@fleet/observability';
import { systemClock } from '@fleet/clock';

/**
 * A process that does nothing but wake on a fixed schedule: what lag this machine has by itself. The
 * report sets the fleet's lags beside it.
 */
const PERIOD_MS = 50;
const SAVE_EVERY = 20;

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: idle-probe FILE');
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const lag = new LagMonitor();
let due = systemClock.monotonicMs() + PERIOD_MS;
for (let beats = 1; !stop.signal.aborted; beats += 1) {
  await systemClock
    .sleep(Math.max(0, due - systemClock.monotonicMs()), stop.signal)
    .catch(() => undefined);
  const now = systemClock.monotonicMs();
  lag.record(now - due);
  due += PERIOD_MS;
  for (; due + PERIOD_MS <= now; due += PERIOD_MS) lag.recordSkipped(now - due);
  if (beats % SAVE_EVERY === 0 || stop.signal.aborted) {
    writeFileSync(file, JSON.stringify({ process: 'idle-probe', ...lag.encode() }));
  }
}
