import { Command, CommanderError } from 'commander';
import { localeOf, readEnvironment, SettingsError } from '@fleet/config';
import type { GateCommand } from './gate-change.ts';
import { runCommand } from './run-command.ts';
import { textsOf } from './texts.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

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
  return program;
}

async function run(name: 'status' | GateCommand, flags: RawFlags): Promise<void> {
  await runCommand(
    name,
    { dataDir: flags.dataDir, json: flags.json === true, reason: flags.reason },
    {
      environment: readEnvironment(),
      isTerminal: process.stdout.isTTY,
      print: (line) => process.stdout.write(`${line}\n`),
    },
  );
}

async function main(): Promise<number> {
  const texts = textsOf(localeOf(readEnvironment()));
  try {
    await makeCommand().parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
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
