import { mkdirSync } from 'node:fs';
import {
  readRuntimeFile,
  SettingsError,
  type Environment,
  type FleetSettings,
  type RuntimeFile,
} from '@fleet/config';
import type { Logger } from '@fleet/observability';
import type { Run } from '@fleet/service-layer';
import { clock, isProvedDead, openStorage, ownIdentity, withRegistry } from './bootstrap.ts';
import type { SupervisorFlags } from './flags.ts';
import { awaitLease, keepLease } from './lease-keeper.ts';
import { chooseRun } from './run/choose-run.ts';
import { openDatabase, type FleetDatabase } from './run/open-database.ts';
import { RunningFleet } from './running-fleet.ts';
import type { Screen } from './screen/open-screen.ts';
import { runDays } from './day/run-days.ts';

export interface SupervisorContext {
  readonly flags: SupervisorFlags;
  readonly settings: FleetSettings;
  readonly environment: Environment;
  readonly log: Logger;
  readonly screen: Screen;
  readonly stop: AbortController;
}

/**
 * The active supervisor's life: database, run, lease, then the days of the run, then everything down
 * in order. Exit code: 0 in order, 1 when a day does not tie out.
 * @throws SettingsError for what the owner can put right
 */
export async function runSupervisor(context: SupervisorContext): Promise<number> {
  const { flags, settings, screen } = context;
  mkdirSync(flags.dataDir, { recursive: true });
  screen.banner({ mode: settings.mode, dataDir: flags.dataDir });
  const database = await openDatabase(settings, flags.dataDir, (line) =>
    screen.line('progress', line),
  );
  const { run, resumed } = await withRegistry(database.fleetUrl, (registry) =>
    chooseRun(registry, settings, flags, clock),
  );
  screen.run({ runId: run.runId, tradeDate: run.firstDate, resumed });
  context.log.info('RunChosen', { runId: run.runId, schema: run.schema, resumed });
  return await superviseRun(context, database, run);
}

async function superviseRun(
  context: SupervisorContext,
  database: FleetDatabase,
  run: Run,
): Promise<number> {
  const { flags, screen, log, stop } = context;
  const storage = await openStorage(database.fleetUrl, run.schema, log);
  const { leases } = storage.stores;
  const self = ownIdentity();
  const leaseDeps = { leases, clock, log, self, isProvedDead };
  let fleet: RunningFleet | undefined;
  let endsDatabase = false;
  const keeping = new AbortController();
  try {
    const lease = await awaitLease(
      leaseDeps,
      ({ pid }) => screen.line('standby', String(pid)),
      stop.signal,
    );
    endsDatabase = true;
    void keepLease(leaseDeps, lease, keeping.signal, () => {
      endsDatabase = false;
      stop.abort(new Error('another supervisor has taken over'));
    });
    fleet = await RunningFleet.start(
      context,
      database,
      storage.stores,
      run,
      lease.term,
      knownFleet(flags, run),
    );
    const result = await runDays(context, fleet);
    await shutDown(context, fleet, result.finished);
    keeping.abort();
    await leases.release(lease);
    if (result.finished) {
      await withRegistry(database.fleetUrl, (registry) => registry.finish(run.runId));
    }
    return result.exitCode;
  } catch (error) {
    if (fleet && endsDatabase) await shutDown(context, fleet, false);
    if (stop.signal.aborted && !(error instanceof SettingsError)) return 0;
    throw error;
  } finally {
    keeping.abort();
    await storage.close();
    if (endsDatabase) await database.stop();
  }
}

/** The runtime file of a predecessor of the same run; others' processes are not ours to touch. */
function knownFleet(flags: SupervisorFlags, run: Run): RuntimeFile | undefined {
  const file = readRuntimeFile(flags.dataDir);
  return file?.runId === run.runId ? file : undefined;
}

async function shutDown(
  context: SupervisorContext,
  fleet: RunningFleet,
  finished: boolean,
): Promise<void> {
  context.screen.line(finished ? 'closing' : 'stopping', '');
  await fleet.stop();
}
