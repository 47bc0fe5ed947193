import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { loadFleetSettings, readEnvironment, SettingsError } from '@fleet/config';
import { localGatewayAddress } from '@fleet/gateway-contract';
import { makeLogger } from '@fleet/observability';
import { openGatewayParts } from './bootstrap.ts';
import { Gateway } from './gateway.ts';
import type { GatewaySettings } from './settings.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Flags {
  readonly dataDir: string;
  readonly address?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
}

function parseFlags(argv: readonly string[]): Flags {
  return new Command('gateway')
    .description('The one process that talks to KIS for an app key.')
    .option('--data-dir <folder>', 'where the local socket is made', '.data')
    .option('--address <address>', 'unix:/path, ws://host:port or wss://host:port')
    .option('--tls-certificate <file>', 'PEM certificate for wss://')
    .option('--tls-key <file>', 'PEM key of the certificate')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })
    .parse(argv, { from: 'user' })
    .opts<Flags>();
}

function settingsOf(flags: Flags): GatewaySettings {
  const fleet = loadFleetSettings(readEnvironment(), { needsBroker: true });
  const { kis, dbUrl, dbSchema: schema } = fleet;
  const problems = [
    kis ? [] : ['the gateway needs KIS_APP_KEY, KIS_APP_SECRET and KIS_ACCOUNT'],
    dbUrl && schema ? [] : ['the gateway needs DB_URL and DB_SCHEMA'],
  ].flat();
  if (!kis || !dbUrl || !schema) throw new SettingsError(problems);
  return {
    fleet,
    kis,
    dbUrl,
    schema,
    address: flags.address ?? fleet.gatewayAddress ?? localGatewayAddress(flags.dataDir),
    token: fleet.gatewayToken,
    tls: tlsOf(flags),
    marketClockUrl: fleet.marketClockUrl,
  };
}

function tlsOf({ tlsCertificate, tlsKey }: Flags): GatewaySettings['tls'] {
  if (tlsCertificate === undefined && tlsKey === undefined) return undefined;
  if (tlsCertificate === undefined || tlsKey === undefined) {
    throw new SettingsError(['--tls-certificate and --tls-key belong together']);
  }
  return { certificate: readPem(tlsCertificate), key: readPem(tlsKey) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new SettingsError([`${file} cannot be read`]);
  }
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
