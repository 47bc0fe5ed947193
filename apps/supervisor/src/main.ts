import { join } from 'node:path';
import { CommanderError } from 'commander';
import { loadFleetSettings, localeOf, readEnvironment, SettingsError } from '@fleet/config';
import { makeLogger } from '@fleet/observability';
import { parseSupervisorFlags } from './flags.ts';
import { runSupervisor } from './run-supervisor.ts';
import { openScreen } from './screen/open-screen.ts';

const EXIT_USAGE = 2;
const EXIT_FAILED = 1;

/** A second Ctrl-C does not wait for the orderly end. */
function stopOnSignals(stop: AbortController): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => stop.abort(new Error(name)));
  }
}

async function main(): Promise<number> {
  const environment = readEnvironment();
  try {
    const flags = parseSupervisorFlags(process.argv.slice(2));
    const settings = loadFleetSettings(environment, {
      // A gateway of its own process (another container) has the keys then.
      needsBroker: environment['GATEWAY_ADDRESS'] === undefined,
    });
    const file = join(flags.dataDir, 'logs', 'supervisor.log');
    const log = makeLogger({ process: 'supervisor', level: settings.logLevel, file });
    const screen = openScreen({ stdout: process.stdout, locale: settings.locale, environment });
    const stop = new AbortController();
    stopOnSignals(stop);
    try {
      return await runSupervisor({ flags, settings, environment, log, screen, stop });
    } catch (error) {
      if (error instanceof SettingsError) throw error;
      log.error('SupervisorFailed', { error });
      screen.line('failure', error instanceof Error ? error.message : String(error));
      return EXIT_FAILED;
    } finally {
      screen.close();
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (!(error instanceof SettingsError)) throw error;
    const prefix = localeOf(environment) === 'ko' ? '설정 오류: ' : '';
    for (const problem of error.problems) process.stderr.write(`${prefix}${problem}\n`);
    return EXIT_USAGE;
  }
}

process.exitCode = await main();
