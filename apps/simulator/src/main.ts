import { localeOf, readEnvironment, SettingsError } from '@fleet/config';
import { Command, CommanderError } from 'commander';
import { type RunningSimulator, startSimulator } from './bootstrap.ts';
import { banner } from './control/banner.ts';
import {
  type RawOptions,
  readSettings,
  type SimulatorSettings,
} from './control/simulator-settings.ts';
import { InputError } from './day/input-error.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function makeCommand(): Command {
  return new Command('simulator')
    .description('KIS on loopback: REST, WebSocket, an exchange behind them.')
    .option('--rest-port <port>', 'port of the REST API; 0 takes a free one', '0')
    .option('--ws-port <port>', 'port of the WebSocket', '0')
    .option('--control-port <port>', 'port of the control API (not KIS)', '0')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--day <day>',
      'generated[:SEED] or a file of one-minute bars (.csv, .csv.gz)',
      'generated',
    )
    .option('--daily <file>', 'daily bars to take previous closes and history from')
    .option('--from <date>', 'the (first) trade date, YYYY-MM-DD')
    .option('--days <n>', 'trading days the run may have')
    .option('--at <HH:MM>', 'market time at which a day begins')
    .option('--speed <n>', 'market seconds per second', '1')
    .option('--hold', 'stay at speed 1 until POST /clock/go on the control port')
    .option('--profile <server>', 'live or paper', 'live')
    .option('--app-key <key>', 'app key that clients use (or SIM_APP_KEY); invented when absent')
    .option('--app-secret <secret>', 'app secret (or SIM_APP_SECRET)')
    .option('--account <number>', 'account', '50012345-01')
    .option('--hts-id <id>', 'HTS id for notices and condition searches', 'simuser1')
    .option('--cash <won>', 'cash at the start of a new run', '100000000')
    .option('--seed <n>', 'seed of everything random', '1')
    .option('--participation <share>', "largest share of a minute's volume that is ours", '0.2')
    .option('--rate-limit <n>', 'REST calls a second (default: 20 live, 2 paper)')
    .option(
      '--slot-linger <seconds>',
      "market seconds a dropped session keeps its app key's slot",
      '5',
    )
    .option('--book-columns <n>', 'columns of H0STASP0: 59 as documented, or 62', '59')
    .option('--notice-columns <n>', 'columns of H0STCNI0: 26 since NXT, or 23 as before', '26')
    .option(
      '--market-events <file>',
      'halts, circuit breakers and late opens that shall happen (JSON)',
    )
    .option('--faults <file>', 'fault rules to start with; opens the fault port')
    .option('--admin', 'open the fault port without rules')
    .option(
      '--db-url <url>',
      'PostgreSQL; absent: an embedded server in the data folder (or SIM_DB_URL)',
    )
    .option('--schema <name>', 'schema of the run (sim_…); resumed when it holds one')
    .option('--data-dir <folder>', 'where the embedded server keeps its data', '.data')
    .option('--json', 'say one JSON line when ready instead of a banner')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      outputError: (text, write) => write(`simulator: ${text.replace(/^error: /, '')}`),
    })
    .exitOverride();
}

async function main(): Promise<void> {
  const environment = readEnvironment();
  const raw = makeCommand().parse(process.argv).opts<RawOptions>();
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
  const { restUrl, wsUrl, controlUrl, tradeDate, schema, isResumed, notes } = facts;
  const ready = { event: 'SimulatorReady', restUrl, wsUrl, controlUrl, pid: process.pid };
  const text = settings.json
    ? `${JSON.stringify({ ...ready, tradeDate, schema, isResumed, notes })}\n`
    : `${banner(settings, facts, localeOf(readEnvironment()))}\n`;
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

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
