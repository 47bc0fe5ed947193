import { startScratchServer } from './database/scratch-server.ts';
import { type Bench, type BenchContext } from './harness/bench.ts';
import { percentileRows } from './harness/row.ts';

const PROCESSES = 8;
const HOLD_MS = 5;
/** Spec, worker acceptance 4.2: nobody waits for a lock beyond a second. */
const LIMIT_MS = 1_000;
const HOT = '005930';

interface Contest {
  readonly waits: readonly number[];
  readonly answers: readonly number[];
}

export const bench: Bench = {
  title: `${PROCESSES} processes after one stock, each holding it for ${HOLD_MS} ms and asking again every 2-12 ms`,
  async run(context: BenchContext) {
    const server = await startScratchServer();
    try {
      const file = new URL('locks/lock-process.ts', import.meta.url);
      const place = { url: server.url, schema: server.schema, inFlight: 1 };
      const children = await Promise.all(
        Array.from({ length: PROCESSES }, () => context.fork(file, place)),
      );
      const asked = { seconds: context.seconds * context.rounds, symbol: HOT, holdMs: HOLD_MS };
      const contests = await Promise.all(
        children.map((child) => child.ask<Contest>('contend', asked)),
      );
      await Promise.all(children.map((child) => child.end()));
      const waits = contests.flatMap((one) => one.waits);
      const counts = contests.map((one) => one.waits.length);
      const equal = waits.length / PROCESSES;
      const ideal = Array.from(waits, () => (PROCESSES - 1) * HOLD_MS);
      const atMost = { of: 'value', atMost: LIMIT_MS } as const;
      return [
        ...percentileRows({
          figure: 'an answer, yes or no',
          unit: 'ms',
          ours: contests.flatMap((one) => one.answers),
          yardstick: { name: 'the spec’s limit', samples: [LIMIT_MS] },
          aims: { max: atMost },
        }),
        ...percentileRows({
          figure: 'until it is owned',
          unit: 'ms',
          ours: waits,
          yardstick: { name: 'ideal: all others first', samples: ideal },
          aims: { max: atMost },
        }),
        {
          figure: 'least share',
          unit: 'of equal',
          ours: Math.min(...counts) / equal,
          yardstick: { name: 'most share', value: Math.max(...counts) / equal },
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
