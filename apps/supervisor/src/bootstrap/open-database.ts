import { join } from 'node:path';
import type { FleetSettings } from '@fleet/config';
import { ensureDatabase, startEmbeddedPostgres } from '@fleet/embedded-postgres';

/** Where the fleet and, in SIM, the simulator keep their books. */
export interface FleetDatabase {
  readonly fleetUrl: string;
  /** SIM only: never the fleet's own database. */
  readonly simulatorUrl: string | undefined;
  /** This call started the server: nobody else uses it yet. */
  readonly startedHere: boolean;
  /** Ends the server when it is the embedded one; a given database is left alone. */
  stop(): Promise<void>;
}

const FLEET = 'fleet';
const SIMULATOR = 'simulator';

/** The database of DB_URL, else the embedded server under the data folder. */
export async function openDatabase(
  settings: FleetSettings,
  dataDir: string,
  say: (line: string) => void,
): Promise<FleetDatabase> {
  if (settings.dbUrl !== undefined) return await openGiven(settings, settings.dbUrl);
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log: say });
  const fleetUrl = server.url(FLEET);
  const simulatorUrl = server.url(SIMULATOR);
  const anyUrl = server.url('postgres');
  await ensureDatabase(anyUrl, FLEET);
  await ensureDatabase(anyUrl, SIMULATOR);
  return {
    fleetUrl,
    simulatorUrl: settings.mode === 'SIM' ? simulatorUrl : undefined,
    startedHere: server.ownedByUs,
    stop: () => server.stop(),
  };
}

async function openGiven(settings: FleetSettings, fleetUrl: string): Promise<FleetDatabase> {
  if (settings.mode !== 'SIM')
    return { fleetUrl, simulatorUrl: undefined, startedHere: false, stop: leaveAlone };
  const url = new URL(fleetUrl);
  const name = `${url.pathname.slice(1) || FLEET}_${SIMULATOR}`;
  await ensureDatabase(fleetUrl, name);
  url.pathname = `/${name}`;
  return { fleetUrl, simulatorUrl: url.toString(), startedHere: false, stop: leaveAlone };
}

/** A given database is its owner's to stop. */
function leaveAlone(): Promise<void> {
  return Promise.resolve();
}
