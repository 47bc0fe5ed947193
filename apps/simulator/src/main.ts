import { localeOf, readEnvironment, SettingsError } from '@fleet/config';
import { CommanderError } from 'commander';
import { type RunningSimulator, startSimulator } from './bootstrap.ts';
import { banner } from './control/banner.ts';
import { makeCommand } from './control/command.ts';
import {
  type RawOptions,
  readSettings,
  type SimulatorSettings,
} from './control/simulator-settings.ts';
import { InputError } from './control/input-error.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<void> {
  const environment = readEnvironment();
  const raw = makeCommand(localeOf(environment)).parse(process.argv).opts<RawOptions>();
  const settings = readSettings(raw, environment);
  const stopped = Promise.withResolvers<Error | undefined>();
  const simulator = await startSimulator(settings, {
    onStop: (error) => stopped.resolve(error),
    onDefect: (error, where) => complain(`${where}: ${describe(error)}`),
  });
  endOnSignals(() => stopped.resolve(undefined));
  announce(settings, simulator);
  const failure = await stopped.promise;
  if (failure !== undefined) throw failure;
  await simulator.close();
}

function announce(settings: SimulatorSettings, { facts }: RunningSimulator): void {
  const locale = localeOf(readEnvironment());
  const { restUrl, wsUrl, controlUrl, tradeDate, schema, isResumed } = facts;
  const notes = facts.notes.map((note) => note[locale]);
  const ready = { event: 'SimulatorReady', restUrl, wsUrl, controlUrl, pid: process.pid };
  const text = settings.json
    ? `${JSON.stringify({ ...ready, tradeDate, schema, isResumed, notes })}\n`
    : `${banner(settings, facts, locale)}\n`;
  process.stdout.write(text);
}

/** The first signal ends in order, a second one at once. */
function endOnSignals(stop: () => void): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(EXIT_FAILED);
      isStopping = true;
      stop();
    });
  }
}

function complain(line: string): void {
  process.stderr.write(`simulator: ${line}\n`);
}

/** One line that says what to do where the user can mend it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const locale = localeOf(readEnvironment());
  if (error instanceof InputError) return error.texts[locale];
  const port = 'port' in error ? String(error.port) : '';
  if ('code' in error && error.code === 'EADDRINUSE') {
    return locale === 'ko'
      ? `포트 ${port}는 다른 프로그램이 쓰고 있습니다. 그것을 끝내거나 다른 포트를 주십시오`
      : `port ${port} is in use: stop the program that has it, or name another port`;
  }
  return error.message;
}

/** Wrong flags and day files are the user's to mend (2), everything else is ours (1). */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  return error instanceof SettingsError || error instanceof InputError ? EXIT_USAGE : EXIT_FAILED;
}

try {
  await main();
  process.exitCode = 0;
} catch (error) {
  // Commander has told its own errors already.
  if (!(error instanceof CommanderError)) complain(describe(error));
  process.exit(exitCodeOf(error));
}
