import { startScratchServer } from './database/scratch-server.ts';
import { type Bench, type BenchContext, interleave } from './harness/bench.ts';
import { type Cycles, perSecond, stocksOf } from './locks/cycles.ts';

const PROCESSES = 4;
const IN_FLIGHT = 4;
/** More than anybody completes in a second of a run. */
const JOBS_PER_SECOND = 6_000;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const bench: Bench = {
  title: `${PROCESSES} processes × ${IN_FLIGHT} in flight: claim + release beside a job queue’s fetch + complete, durable commits`,
  async run(context: BenchContext) {
    const { seconds, rounds } = context;
    const server = await startScratchServer();
    try {
      const queueUrl = await server.otherDatabase('queue');
      const fork = (file: string, config: object) =>
        Promise.all(
          Array.from({ length: PROCESSES }, () =>
            context.fork(new URL(file, import.meta.url), { ...config, inFlight: IN_FLIGHT }),
          ),
        );
      const lockers = await fork('locks/lock-process.ts', {
        url: server.url,
        schema: server.schema,
      });
      const queuers = await fork('cycles/graphile-process.ts', { url: queueUrl });
      await queuers[0]?.ask('migrate');
      const lock = (length: number) =>
        Promise.all(
          lockers.map((child, index) =>
            child.ask<Cycles>('kept', { seconds: length, symbols: stocksOf(index) }),
          ),
        );
      const queue = async (): Promise<number> => {
        await queuers[0]?.ask('add', JOBS_PER_SECOND * (seconds + 1));
        const rates = await Promise.all(queuers.map((child) => child.ask<number>('work', seconds)));
        return rates.reduce((sum, rate) => sum + rate, 0);
      };
      await lock(1);
      const ours: (readonly Cycles[])[] = [];
      const results = await interleave<number, 'locks' | 'queue'>(rounds, {
        locks: async () => ours.push(await lock(seconds)),
        queue,
      });
      await Promise.all([...lockers, ...queuers].map((child) => child.end()));
      return [
        {
          figure: 'cycles of all processes',
          unit: '/s',
          ours: perSecond(ours, seconds),
          yardstick: { name: 'graphile-worker', value: mean(results.get('queue') ?? []) },
          aim: { of: 'ratio', atLeast: 2 },
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
