import { randomInt } from 'node:crypto';
import { Command, CommanderError } from 'commander';
import { DEFAULT_MIX, parseMix } from './mix.ts';
import { report } from './report.ts';
import { runChaos, type ChaosOptions } from './run-chaos.ts';

const EXIT_USAGE = 2;

interface Flags {
  readonly seconds: string;
  readonly seed?: string;
  readonly mix: string;
  readonly workers: string;
  readonly stocks: string;
  readonly keep?: boolean;
}

function parseFlags(argv: readonly string[]): ChaosOptions {
  const usual = Object.entries(DEFAULT_MIX).map(([name, value]) => `${name}=${value}`);
  const flags = new Command('chaos')
    .description(
      'Kills, stops and misleads a fleet, then checks that nothing was sent twice or lost.',
    )
    .option('--seconds <n>', 'how long', '60')
    .option('--seed <n>', 'of everything random; a new one when absent')
    .option('--mix <list>', 'what goes wrong, a second; faults: a factor', usual.join(','))
    .option('--workers <n>', 'worker processes', '14')
    .option('--stocks <n>', 'stocks that they trade', '8')
    .option('--keep', 'keep the logs of the processes')
    .showSuggestionAfterError(false)
    .exitOverride()
    .parse([...argv], { from: 'user' })
    .opts<Flags>();
  return {
    seconds: whole('--seconds', flags.seconds),
    seed: whole('--seed', flags.seed ?? String(randomInt(1, 1_000_000_000))),
    mix: parseMix(flags.mix),
    workers: whole('--workers', flags.workers),
    stocks: whole('--stocks', flags.stocks),
    keep: flags.keep === true,
  };
}

function whole(flag: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new Error(`${flag} ${text}: a whole number above 0`);
  return Number(text);
}

async function main(): Promise<number> {
  let options: ChaosOptions;
  try {
    options = parseFlags(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    console.error(error instanceof Error ? error.message : String(error));
    return EXIT_USAGE;
  }
  console.log(`seed ${options.seed}`);
  const result = await runChaos({ ...options, onProgress: (line) => console.log(line) });
  console.log(report(options, result));
  if (options.keep === true) console.log(`logs: ${result.folder}`);
  return result.violations.length === 0 ? 0 : 1;
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));
process.exitCode = await main();
