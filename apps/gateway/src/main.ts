import { Command, CommanderError } from 'commander';
import {
  exposureProblem,
  type FleetSettings,
  loadFleetSettings,
  readEnvironment,
  SettingsError,
} from '@fleet/config';
import { localGatewayAddress, parseGatewayAddress } from '@fleet/gateway-contract';
import { makeLogger } from '@fleet/observability';
import { openGatewayParts } from './bootstrap.ts';
import { Gateway } from './gateway.ts';
import type { GatewaySettings } from './settings.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Flags {
  readonly dataDir: string;
  readonly address?: string;
}

function parseFlags(argv: readonly string[]): Flags {
  return new Command('gateway')
    .description('The one process that talks to KIS for an app key.')
    .option('--data-dir <folder>', 'where the local socket is made', '.data')
    .option('--address <address>', 'unix:/path, ws://host:port or wss://host:port')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })
    .parse(argv, { from: 'user' })
    .opts<Flags>();
}

function settingsOf(flags: Flags): GatewaySettings {
  const fleet = loadFleetSettings(readEnvironment(), { needsBroker: true });
  const { kis, dbUrl, dbSchema: schema } = fleet;
  const address = flags.address ?? fleet.gatewayAddress ?? localGatewayAddress(flags.dataDir);
  const problems = [
    addressProblems(address, fleet),
    kis ? [] : ['the gateway needs KIS_APP_KEY, KIS_APP_SECRET and KIS_ACCOUNT'],
    dbUrl && schema ? [] : ['the gateway needs DB_URL and DB_SCHEMA'],
  ].flat();
  if (!kis || !dbUrl || !schema || problems.length > 0) throw new SettingsError(problems);
  return {
    fleet,
    kis,
    dbUrl,
    schema,
    address,
    token: fleet.gatewayToken,
    tls: fleet.gatewayTls.server,
    marketClockUrl: fleet.marketClockUrl,
  };
}

/** Whoever reaches the gateway can send orders. */
function addressProblems(address: string, fleet: FleetSettings): readonly string[] {
  const endpoint = parseGatewayAddress(address);
  if (endpoint.kind === 'local') return [];
  const exposed = exposureProblem(address, fleet.gatewayNetwork);
  return [
    fleet.gatewayToken === undefined ? [`${address} needs GATEWAY_TOKEN`] : [],
    endpoint.tls && !fleet.gatewayTls.server
      ? [`${address} needs GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY`]
      : [],
    exposed === undefined ? [] : [exposed],
  ].flat();
}

/** One line that a parent process waits for. */
function announce(address: string): void {
  const line = JSON.stringify({ event: 'GatewayReady', address, pid: process.pid });
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  try {
    const settings = settingsOf(parseFlags(process.argv.slice(2)));
    const log = makeLogger({ process: 'gateway', level: settings.fleet.logLevel });
    const stop = new AbortController();
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => stop.abort(new Error(name)));
    }
    const parts = await openGatewayParts(settings, log);
    try {
      return await new Gateway(parts.ports, parts.options).run(stop.signal, announce);
    } catch (error) {
      log.error('GatewayFailed', { error });
      return EXIT_FAILED;
    } finally {
      await parts.close();
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (error instanceof SettingsError) {
      for (const problem of error.problems) console.error(problem);
      return EXIT_USAGE;
    }
    throw error;
  }
}

// Everything has been closed in order; what a library still holds open must not keep us here.
process.exit(await main());
