import { type Bench, type BenchContext, interleave } from './harness/bench.ts';
import type { BenchChild } from './harness/bench-child.ts';
import { percentile } from './harness/percentile.ts';
import { percentileRows, type Row } from './harness/row.ts';
import { newSocketPath } from './harness/scratch.ts';

const CALLERS = 8;
const CALLS_PER_SECOND = 20;
/** Everybody has one call waiting, so each waits for all the others. */
const IDEAL_MS = (CALLERS / CALLS_PER_SECOND) * 1_000;
const SLOT_MS = 1_000 / CALLS_PER_SECOND;
const CANCEL_PAUSE_MS = 300;

interface Round {
  /** Waits of each scanning caller. */
  readonly scans: readonly (readonly number[])[];
  readonly cancels: readonly number[];
}

/** Per caller how many calls of all rounds, least and most, as shares of an equal part. */
function shares(rounds: readonly Round[]): { least: number; most: number } {
  const counts = Array.from({ length: CALLERS }, (_, caller) =>
    rounds.reduce((sum, { scans }) => sum + (scans[caller]?.length ?? 0), 0),
  );
  const equal = counts.reduce((sum, count) => sum + count, 0) / CALLERS;
  return { least: Math.min(...counts) / equal, most: Math.max(...counts) / equal };
}

function shareRows(ours: readonly Round[], theirs: readonly Round[]): readonly Row[] {
  const [mine, other] = [shares(ours), shares(theirs)];
  const aim = { of: 'value', atLeast: 0.8, atMost: 1.2 } as const;
  const name = 'first come, first served';
  return [
    {
      figure: 'least share',
      unit: 'of equal',
      ours: mine.least,
      yardstick: { name, value: other.least },
      aim,
    },
    {
      figure: 'most share',
      unit: 'of equal',
      ours: mine.most,
      yardstick: { name, value: other.most },
      aim,
    },
  ];
}

export const bench: Bench = {
  title: `${CALLERS} processes on one gateway at ${CALLS_PER_SECOND} calls/s, each with one call waiting`,
  async run(context: BenchContext) {
    const { seconds, rounds } = context;
    const address = newSocketPath();
    const perSecond = CALLS_PER_SECOND;
    const gateway = await context.fork(new URL('budget/gateway-process.ts', import.meta.url), {
      address,
      perSecond,
    });
    const caller = new URL('budget/caller-process.ts', import.meta.url);
    const callers = await Promise.all(
      Array.from({ length: CALLERS }, () => context.fork(caller, { address })),
    );
    const canceler = await context.fork(caller, { address });
    const scan = (child: BenchChild) =>
      child.ask<number[]>('call', { seconds, pauseMs: 0, lane: 'scan' });
    const results = await interleave<Round, 'gateway' | 'plain' | 'withCancels'>(rounds, {
      gateway: async () => ({ scans: await Promise.all(callers.map(scan)), cancels: [] }),
      plain: async () => ({
        scans: await gateway.ask('firstComeFirstServed', { callers: CALLERS, seconds, pauseMs: 0 }),
        cancels: [],
      }),
      withCancels: async () => {
        const asked = { seconds, pauseMs: CANCEL_PAUSE_MS, lane: 'cancel' };
        const [cancels, ...scans] = await Promise.all([
          canceler.ask<number[]>('call', asked),
          ...callers.map(scan),
        ]);
        return { scans, cancels };
      },
    });
    const of = (side: 'gateway' | 'plain' | 'withCancels') => results.get(side) ?? [];
    const scans = (side: 'gateway' | 'plain' | 'withCancels') =>
      of(side).flatMap(({ scans: waits }) => waits.flat());
    const name = 'first come, first served';
    return [
      ...percentileRows({
        figure: 'wait',
        unit: 'ms',
        ours: scans('gateway'),
        yardstick: { name, samples: scans('plain') },
        aims: { p99: { of: 'ratio', atMost: 1.2 } },
      }),
      {
        figure: 'wait p99',
        unit: 'ms',
        ours: percentile(scans('gateway'), 0.99),
        yardstick: { name: 'ideal: callers / rate', value: IDEAL_MS },
        aim: { of: 'ratio', atMost: 1.2 },
      },
      ...shareRows(of('gateway'), of('plain')),
      ...percentileRows({
        figure: 'cancel wait',
        unit: 'ms',
        ours: of('withCancels').flatMap(({ cancels }) => cancels),
        yardstick: { name: 'scans meanwhile', samples: scans('withCancels') },
        aims: { p99: { of: 'value', atMost: SLOT_MS } },
      }),
    ];
  },
};
