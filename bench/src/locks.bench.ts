import { startScratchServer } from './database/scratch-server.ts';
import { type Bench, type BenchContext, interleave } from './harness/bench.ts';
import { percentileRows, type Row } from './harness/row.ts';
import { type Cycles, perSecond, stocksOf } from './locks/cycles.ts';

/** Spec, worker acceptance 4.1. */
const LIMIT_MS = 100;
const IN_FLIGHT = [1, 16];

async function measure(
  context: BenchContext,
  place: { url: string; schema: string },
  inFlight: number,
): Promise<readonly Row[]> {
  const { seconds, rounds } = context;
  const file = new URL('locks/lock-process.ts', import.meta.url);
  const { url, schema } = place;
  const child = await context.fork(file, { url, schema, inFlight });
  const asked = { seconds, symbols: stocksOf(0) };
  const ask = (side: 'kept' | 'raw', length = seconds) =>
    child.ask<Cycles>(side, { ...asked, seconds: length });
  // The first second compiles and plans.
  for (const side of ['kept', 'raw'] as const) await ask(side, 1);
  const results = await interleave<Cycles, 'kept' | 'raw'>(rounds, {
    kept: () => ask('kept'),
    raw: () => ask('raw'),
  });
  await child.end();
  const of = (side: 'kept' | 'raw') => results.get(side) ?? [];
  const rate = (side: 'kept' | 'raw') =>
    perSecond(
      of(side).map((one) => [one]),
      seconds,
    );
  const name = 'raw prepared loop';
  const samples = (side: 'kept' | 'raw', what: keyof Cycles) =>
    of(side).flatMap((one) => one[what]);
  const timed = (what: keyof Cycles, figure: string): readonly Row[] =>
    percentileRows({
      figure: `${figure}, ${inFlight} in flight`,
      unit: 'ms',
      ours: samples('kept', what),
      yardstick: { name, samples: samples('raw', what) },
      aims: { p99: { of: 'value', atMost: LIMIT_MS } },
    });
  return [
    ...timed('claims', 'claim'),
    ...timed('releases', 'release'),
    {
      figure: `cycles, ${inFlight} in flight`,
      unit: '/s',
      ours: rate('kept'),
      yardstick: { name, value: rate('raw') },
      aim: { of: 'ratio', atLeast: 0.8 },
    },
  ];
}

export const bench: Bench = {
  title: 'claim and release of a stock by a worker, beside the same SQL prepared and bare',
  async run(context: BenchContext) {
    const server = await startScratchServer();
    try {
      const rows: Row[] = [];
      for (const inFlight of IN_FLIGHT) rows.push(...(await measure(context, server, inFlight)));
      return rows;
    } finally {
      await server.stop();
    }
  },
};
