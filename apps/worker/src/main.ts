import { Command, CommanderError } from 'commander';
import {
  loadFleetSettings,
  readEnvironment,
  readRuntimeFile,
  SettingsError,
  type FleetSettings,
  type RuntimeFile,
} from '@fleet/config';
import { findStrategy, strategyNames } from '@fleet/domain';
import { makeLogger } from '@fleet/observability';
import { runWorker } from './run-worker.ts';
import type { WorkerSettings } from './settings.ts';

const EXIT_USAGE = 2;

interface Flags {
  readonly capital: string;
  readonly strategy?: string;
  readonly dataDir: string;
}

function parseFlags(argv: readonly string[]): Flags {
  const command = new Command('worker')
    .description('One trading process. Joins the fleet of this checkout, or the one at DB_URL.')
    .requiredOption(
      '--capital <won>',
      'the most that this worker may have in one position, whole won',
    )
    .option('--strategy <name>', 'the strategy that this worker runs (default: STRATEGY)')
    .option('--data-dir <folder>', 'where the running fleet left its runtime file', '.data')
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })
    .parse(argv, { from: 'user' });
  const flags = command.opts<Flags>();
  if (!/^[1-9]\d{0,14}$/.test(flags.capital)) {
    throw new SettingsError([
      `--capital ${flags.capital}: whole won, for example --capital 1000000`,
    ]);
  }
  if (flags.strategy !== undefined && findStrategy(flags.strategy) === undefined) {
    throw new SettingsError([
      `--strategy ${flags.strategy}: no such strategy (${strategyNames().join(', ')})`,
    ]);
  }
  return flags;
}

/** The environment first (children of a supervisor, containers), else the runtime file. */
function findFleet(flags: Flags, fleet: FleetSettings): WorkerSettings {
  const file = fleet.dbUrl === undefined ? readRuntimeFile(flags.dataDir) : undefined;
  const dbUrl = fleet.dbUrl ?? file?.fleetDbUrl;
  const schema = fleet.dbSchema ?? file?.schema;
  const gatewayAddress = fleet.gatewayAddress ?? file?.gatewayAddress;
  if (!dbUrl || !schema || !gatewayAddress) throw new SettingsError([noFleet(flags, fleet, file)]);
  return {
    fleet,
    dbUrl,
    schema,
    gatewayAddress,
    gatewayToken: fleet.gatewayToken,
    gatewayCa: fleet.gatewayTls.ca,
    marketClockUrl: fleet.marketClockUrl ?? file?.marketClockUrl,
    capital: flags.capital,
    strategyName: flags.strategy ?? fleet.trading.strategyName,
  };
}

function noFleet(flags: Flags, fleet: FleetSettings, file: RuntimeFile | undefined): string {
  if (fleet.dbUrl !== undefined) return 'DB_URL needs DB_SCHEMA and GATEWAY_ADDRESS beside it';
  const where = `${flags.dataDir}/runtime.json`;
  const korean = file
    ? ''
    : `실행 중인 플릿이 없습니다 (${where}). 먼저 "npx -y pnpm@12 supervisor"를 실행하세요.`;
  const english = `no running fleet (${where}): start "npx -y pnpm@12 supervisor" first`;
  return fleet.locale === 'ko' && korean ? korean : english;
}

async function main(): Promise<number> {
  try {
    const fleet = loadFleetSettings(readEnvironment());
    const settings = findFleet(parseFlags(process.argv.slice(2)), fleet);
    const log = makeLogger({ process: `worker-${process.pid}`, level: fleet.logLevel });
    const stop = new AbortController();
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => stop.abort(new Error(name)));
    }
    return await runWorker(settings, log, stop);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (error instanceof SettingsError) {
      for (const problem of error.problems) console.error(problem);
      return EXIT_USAGE;
    }
    throw error;
  }
}

process.exitCode = await main();
