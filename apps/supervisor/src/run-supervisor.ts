import { mkdirSync } from 'node:fs';
import { readRuntimeFile, SettingsError, type RuntimeFile } from '@fleet/config';
import { KRX_CALENDAR, kstDate, kstTime } from '@fleet/krx';
import type { Run } from '@fleet/service-layer';
import {
  clock,
  isProvedDead,
  openStorage,
  ownIdentity,
  withRegistry,
} from './bootstrap/adapters.ts';
import type { SupervisorFlags } from './flags.ts';
import type { SupervisorContext } from './supervisor-context.ts';
import { awaitLease, keepLease } from './lease-keeper.ts';
import { chooseRun } from './run/choose-run.ts';
import { openDatabase, type FleetDatabase } from './bootstrap/open-database.ts';
import { RunningFleet } from './running-fleet.ts';
import { runDays } from './day/run-days.ts';

/**
 * The active supervisor's life: database, run, lease, then the days of the run, then everything down
 * in order. Exit code: 0 in order, 1 when a day does not tie out.
 * @throws SettingsError for what the owner can put right
 */
export async function runSupervisor(context: SupervisorContext): Promise<number> {
  const { flags, settings, screen } = context;
  mkdirSync(flags.dataDir, { recursive: true });
  screen.banner({ mode: settings.mode, dataDir: flags.dataDir });
  const reason = settings.mode === 'SIM' ? undefined : noMoreTrading(clock.now());
  if (reason !== undefined) {
    screen.line('closedToday', reason);
    return 0;
  }
  const database = await openDatabase(settings, flags.dataDir, (line) =>
    screen.line('progress', line),
  );
  try {
    const { run, resumed } = await withRegistry(database.fleetUrl, (registry) =>
      chooseRun(registry, settings, flags, clock),
    );
    screen.run({ runId: run.runId, tradeDate: run.firstDate, resumed });
    context.log.info('RunChosen', { runId: run.runId, schema: run.schema, resumed });
    return await superviseRun(context, database, run);
  } catch (error) {
    // Nobody else can be using a server that this call started.
    if (database.startedHere) await database.stop();
    throw error;
  }
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
  // Before it has the lease, this process ends only a server that it started itself.
  let endsDatabase = database.startedHere;
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
    if (result.finished) await finishRun(database, run);
    return result.exitCode;
  } catch (error) {
    if (fleet && endsDatabase) await shutDown(context, fleet, false);
    // A day that cannot be used is not resumed: the owner corrects the command.
    if (error instanceof SettingsError) await finishRun(database, run);
    if (stop.signal.aborted && !(error instanceof SettingsError)) return 0;
    throw error;
  } finally {
    keeping.abort();
    await storage.close();
    if (endsDatabase) await database.stop();
  }
}

/** Why the exchange trades no more today; undefined when it will or does. */
function noMoreTrading(now: number): string | undefined {
  const today = kstDate(now);
  const closure = KRX_CALENDAR.closureOf(today);
  if (closure) return `${today} ${closure.note}`;
  const { regular } = KRX_CALENDAR.sessionOf(today);
  return now > regular.to ? `${today} ${kstTime(regular.to)}` : undefined;
}

async function finishRun(database: FleetDatabase, run: Run): Promise<void> {
  await withRegistry(database.fleetUrl, (registry) => registry.finish(run.runId));
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
