import { Command, CommanderError } from 'commander';
import { localeOf, readEnvironment, SettingsError } from '@fleet/config';
import { addDoctor, NOT_WELL } from './doctor/add-doctor.ts';
import type { GateCommand } from './gate-change.ts';
import { type CommandSurroundings, runCommand, runUnfreeze } from './run-command.ts';
import { textsOf } from './texts.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface UnfreezeFlags extends Pick<RawFlags, 'dataDir' | 'json'> {
  readonly order?: string;
  readonly none?: boolean;
}

interface RawFlags {
  readonly dataDir: string;
  readonly json?: boolean;
  readonly reason?: string;
}

const COMMANDS: readonly { name: 'status' | GateCommand; what: string }[] = [
  { name: 'status', what: 'what the fleet does right now' },
  { name: 'stop', what: 'no order leaves any more but cancels, until a person resumes' },
  { name: 'resume', what: 'open the gate again' },
  { name: 'flatten', what: 'buy nothing, sell everything, then stop' },
];

function makeCommand(): Command {
  const program = new Command('fleetctl')
    .description("The operator's hand on a running fleet.")
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) });
  for (const { name, what } of COMMANDS) {
    const command = program
      .command(name)
      .description(what)
      .allowExcessArguments(false)
      .option('--json', 'the same for programs: stable English keys')
      .option('--data-dir <folder>', 'where the running fleet left its runtime file', '.data')
      .action((flags: RawFlags) => run(name, flags));
    if (name !== 'status') command.option('--reason <text>', 'why; it is recorded');
  }
  program
    .command('unfreeze')
    .description('say which of the broker’s orders is the fleet’s, so that its stock thaws')
    .argument('<symbol>', 'the frozen stock')
    .allowExcessArguments(false)
    .option('--order <number>', 'the broker’s number of the fleet’s order')
    .option('--none', 'none of them is: the order never arrived')
    .option('--json', 'the same for programs: stable English keys')
    .option('--data-dir <folder>', 'where the running fleet left its runtime file', '.data')
    .action((symbol: string, flags: UnfreezeFlags) => unfreeze(symbol, flags));
  addDoctor(program);
  return program;
}

async function unfreeze(symbol: string, flags: UnfreezeFlags): Promise<void> {
  const { dataDir, order, none = false } = flags;
  const wish = { dataDir, json: flags.json === true, reason: undefined, order, none };
  await runUnfreeze(symbol, wish, surroundings());
}

function surroundings(): CommandSurroundings {
  return {
    environment: readEnvironment(),
    isTerminal: process.stdout.isTTY,
    print: (line) => process.stdout.write(`${line}\n`),
  };
}

async function run(name: 'status' | GateCommand, flags: RawFlags): Promise<void> {
  await runCommand(
    name,
    { dataDir: flags.dataDir, json: flags.json === true, reason: flags.reason },
    surroundings(),
  );
}

async function main(): Promise<number> {
  const texts = textsOf(localeOf(readEnvironment()));
  try {
    await makeCommand().parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === NOT_WELL) return EXIT_FAILED;
      return error.exitCode === 0 ? 0 : EXIT_USAGE;
    }
    if (error instanceof SettingsError) {
      for (const problem of error.problems) process.stderr.write(`${problem}\n`);
      return EXIT_USAGE;
    }
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${texts.failed(why)}\n`);
    return EXIT_FAILED;
  }
}

process.exitCode = await main();
