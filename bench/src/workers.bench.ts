import { spawnSync } from 'node:child_process';
import { systemClock } from '@fleet/clock';
import { FleetFolder } from '@fleet/testkit';
import type { Bench, BenchContext } from './harness/bench.ts';
import { percentile } from './harness/percentile.ts';
import type { Row } from './harness/row.ts';
import type { Asked, Cycles } from './locks/cycles.ts';

const SIZES = [1, 4, 16, 32];
const SPEED = 120;
const MORNING = `--day generated:1 --from 2026-03-12 --at 09:30 --speed ${SPEED}`.split(' ');
/** A stock that the generated day does not have: nobody else wants it. */
const PROBED = 'ZZZZZ1';
/** Spec, worker acceptance 4.1. */
const CLAIM_LIMIT_MS = 100;
const READY_MS = 240_000;
const MARKET_HOUR_S = 3_600;

interface Figures {
  readonly workers: number;
  readonly rssMb: number;
  /** A node process that does nothing but look at the clock. */
  readonly idleRssMb: number;
  readonly claimP99Ms: number;
  readonly entriesAnHour: number;
}

/** Resident memory of processes, the mean, in megabytes. */
function meanRssMb(pids: readonly number[]): number {
  const asked = spawnSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' });
  const sizes = asked.stdout
    .split('\n')
    .map(Number)
    .filter((size) => size > 0);
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length / 1_024;
}

async function readNumber(folder: FleetFolder, sql: string): Promise<number> {
  const [row] = await folder.query(sql);
  return Number(row?.['n']);
}

/** A fleet of so many workers for a while; claims of a stock of its own are timed beside its work. */
async function measure(context: BenchContext, workers: number): Promise<Figures> {
  const folder = new FleetFolder();
  try {
    const supervisor = folder.supervisor([...MORNING, '--workers', String(workers)]);
    await supervisor.awaitLine(/./, READY_MS);
    await awaitTrading(folder);
    const { fleetDbUrl: url, schema } = folder.runtime() ?? { fleetDbUrl: '', schema: '' };
    const file = new URL('locks/lock-process.ts', import.meta.url);
    const probe = await context.fork(file, { url, schema, inFlight: 1 });
    const seconds = context.seconds * context.rounds;
    const before = await readNumber(folder, 'select count(*)::int as n from trades');
    const asked: Asked = { seconds, symbols: [PROBED] };
    const { claims } = await probe.ask<Cycles>('kept', asked);
    const after = await readNumber(folder, 'select count(*)::int as n from trades');
    await probe.end();
    return {
      workers,
      rssMb: meanRssMb(folder.pids('worker')),
      idleRssMb: meanRssMb(folder.pids('idle-probe')),
      claimP99Ms: percentile(claims, 0.99),
      entriesAnHour: ((after - before) * MARKET_HOUR_S) / (seconds * SPEED),
    };
  } finally {
    await folder.remove();
  }
}

async function awaitTrading(folder: FleetFolder): Promise<void> {
  for (;;) {
    if (folder.runtime() !== undefined) break;
    await systemClock.sleep(50);
  }
  await folder.awaitRow(`select 1 from system_state where state = 'TRADING'`, [], READY_MS);
}

function oneWorker(value: number): { readonly name: string; readonly value: number } {
  return { name: 'one worker', value };
}

function rowsOf(figures: Figures, alone: Figures): readonly Row[] {
  const { workers, rssMb, idleRssMb, claimP99Ms, entriesAnHour } = figures;
  return [
    {
      figure: `${workers} workers: memory of each`,
      unit: 'MB',
      ours: rssMb,
      yardstick: { name: 'an idle node process', value: idleRssMb },
    },
    {
      figure: `${workers} workers: lock claim p99`,
      unit: 'ms',
      ours: claimP99Ms,
      yardstick: oneWorker(alone.claimP99Ms),
      aim: { of: 'value', atMost: CLAIM_LIMIT_MS },
    },
    {
      figure: `${workers} workers: positions entered`,
      unit: 'a market hour',
      ours: entriesAnHour,
      yardstick: oneWorker(alone.entriesAnHour),
    },
  ];
}

export const bench: Bench = {
  title: `fleets of ${SIZES.join(', ')} workers on a generated morning at ${SPEED} times its pace`,
  async run(context) {
    const all: Figures[] = [];
    for (const workers of SIZES) all.push(await measure(context, workers));
    return all.flatMap((figures) => rowsOf(figures, all[0] ?? figures));
  },
};
