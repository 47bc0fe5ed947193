import { join, resolve } from 'node:path';
import { makeClient } from './database-url.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { freePort } from './free-port.ts';
import { clusterFolders, type ClusterFolders, initialiseCluster } from './initialise-cluster.ts';
import {
  lastLogLine,
  lastPort,
  type Launch,
  launchServer,
  stopServer,
  writeSettings,
} from './launch-server.ts';
import { type Binaries, locateBinaries } from './locate-binaries.ts';
import { pause } from './pause.ts';
import { findRunningServer, removeStalePidFile, type RunningServer } from './running-server.ts';
import { resolveServerUser, type ServerUser } from './server-user.ts';

export interface EmbeddedPostgres {
  /** Connection string (superuser, 127.0.0.1) of a database of this server. */
  url(database: string): string;
  readonly port: number;
  readonly pid: number;
  /** Whether this call started the server; false when it was found running. */
  readonly ownedByUs: boolean;
  /** Ends all sessions and the server, whoever started it. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Folder of cluster, password and log; made when missing, kept between runs. */
  readonly dataDir: string;
  /** Told of creation and recovery; a start that needs neither is silent. */
  readonly log?: (line: string) => void;
  /** Server settings over the defaults, in the spelling of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Crash recovery may take a while; default ten minutes. */
  readonly startTimeoutMs?: number;
}

const POLL_MS = 20;
const PROGRESS_MS = 2000;
const LAUNCHES_MAX = 5;

interface Attempt {
  readonly folders: ClusterFolders;
  readonly binaries: Binaries;
  readonly user: ServerUser;
  readonly password: string;
  readonly log: (line: string) => void;
  readonly startTimeoutMs: number;
}

/**
 * The local PostgreSQL of a data folder: found when it runs, else started (about two seconds the
 * first time, then half a second). The server outlives this process and every signal sent to it;
 * after a crash of everything the next start recovers it.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const folders = clusterFolders(resolve(options.dataDir));
  const binaries = locateBinaries();
  const user = resolveServerUser();
  const password = await initialiseCluster(folders, binaries, user, log);
  const startTimeoutMs = options.startTimeoutMs ?? 600_000;
  const attempt = { folders, binaries, user, password, log, startTimeoutMs };
  let ownedByUs = false;
  for (let launches = 0; ; launches += 1) {
    const running = await waitUntilReady(attempt, undefined);
    if (running !== undefined) return describe(attempt, running, ownedByUs);
    if (removeStalePidFile(folders.clusterDir))
      log('recovering the local PostgreSQL after a crash');
    const port = await freePort(lastPort(folders));
    writeSettings(folders, port, options.settings ?? {});
    const launch = launchServer(folders, binaries, user);
    const started = await waitUntilReady(attempt, launch);
    ownedByUs = started !== undefined && launch.failure() === undefined;
    if (started !== undefined) return describe(attempt, started, ownedByUs);
    if (launches + 1 >= LAUNCHES_MAX) throw startFailed(folders, launch.failure());
    // Lost a race for the port or the folder, or children of a killed server were still there.
    await pause(200);
  }
}

/** Undefined: nothing is running (any more). Follows whichever server has the folder. */
async function waitUntilReady(
  attempt: Attempt,
  launch: Launch | undefined,
): Promise<RunningServer | undefined> {
  const began = performance.now();
  let reported = began;
  for (;;) {
    const running = findRunningServer(attempt.folders.clusterDir);
    if (running !== undefined && running.port > 0 && (await answers(attempt, running))) {
      return running;
    }
    if (running === undefined && (launch === undefined || launch.failure() !== undefined)) {
      return undefined;
    }
    const now = performance.now();
    if (now - reported > PROGRESS_MS) {
      reported = now;
      attempt.log(`waiting for the local PostgreSQL: ${lastLogLine(attempt.folders)}`);
    }
    if (now - began > attempt.startTimeoutMs)
      throw startFailed(attempt.folders, 'it took too long');
    await pause(POLL_MS);
  }
}

async function answers(attempt: Attempt, server: RunningServer): Promise<boolean> {
  const client = makeClient(urlOf(attempt.password, server.port, 'postgres'), 2000);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: string }>(
      `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
    );
    return Number(rows[0]?.pid) === server.pid;
  } catch {
    // Starting, recovering, shutting down, or somebody else's server on that port.
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function describe(
  attempt: Attempt,
  { pid, port }: RunningServer,
  ownedByUs: boolean,
): EmbeddedPostgres {
  return {
    url: (database) => urlOf(attempt.password, port, database),
    port,
    pid,
    ownedByUs,
    stop: async () => {
      if (findRunningServer(attempt.folders.clusterDir)?.pid !== pid) return;
      await stopServer(attempt.folders, attempt.binaries, attempt.user);
    },
  };
}

function urlOf(password: string, port: number, database: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function startFailed(folders: ClusterFolders, reason: string | undefined): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'START_FAILED',
    `the local PostgreSQL in ${folders.dataDir} did not start: ${reason ?? lastLogLine(folders)}. ` +
      `Its log: ${join(folders.dataDir, 'server.log')}. Set DB_URL to use a server of your own.`,
  );
}
