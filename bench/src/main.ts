import { readdirSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Bench, BenchContext } from './harness/bench.ts';
import { type BenchChild, forkBench } from './harness/bench-child.ts';
import { environmentLine, loadLine, renderTable } from './harness/table.ts';

const SUFFIX = '.bench.ts';
const EXIT_USAGE = 2;

interface Flags {
  readonly seconds: number;
  readonly rounds: number;
}

function allNames(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .toSorted();
}

function parseArguments(argv: readonly string[]): { names: readonly string[]; flags: Flags } {
  const known = allNames();
  const command = new Command('bench')
    .description('Measures the fleet, each figure beside a yardstick of the same run.')
    .argument('[names...]', `of ${known.join(', ')}; all without a name`)
    .option('--seconds <n>', 'length of one measuring round', positive, 5)
    .option('--rounds <n>', 'rounds a side, in turns', positive, 2)
    .exitOverride()
    .parse(argv, { from: 'user' });
  const names = command.args.length > 0 ? command.args : known;
  const strange = names.filter((name) => !known.includes(name));
  if (strange.length > 0) {
    throw new CommanderError(EXIT_USAGE, 'bench.unknown', `no bench ${strange.join(', ')}`);
  }
  return { names, flags: command.opts<Flags>() };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0))
    throw new CommanderError(EXIT_USAGE, 'bench.number', `${text} is no number > 0`);
  return value;
}

async function runOne(name: string, flags: Flags): Promise<void> {
  const children: BenchChild[] = [];
  const context: BenchContext = {
    ...flags,
    async fork(file, config) {
      const child = await forkBench(file, config);
      children.push(child);
      return child;
    },
  };
  try {
    const { bench }: { bench: Bench } = await import(`./${name}${SUFFIX}`);
    console.log(`\n${name}: ${bench.title}`);
    console.log(renderTable(await bench.run(context)));
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

/** Figures are printed, never judged: a slow machine is no failure. */
async function main(): Promise<void> {
  const { names, flags } = parseArguments(process.argv.slice(2));
  console.log(`${environmentLine()}, ${loadLine()}`);
  for (const name of names) await runOne(name, flags);
  console.log(`\nat the end: ${loadLine()}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  if (!error.code.startsWith('commander.')) console.error(error.message);
  process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
}
