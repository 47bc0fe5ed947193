import { spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { ClusterFolders } from './initialise-cluster.ts';
import type { Binaries } from './locate-binaries.ts';
import type { ServerUser } from './server-user.ts';

export interface Launch {
  /** The exit text once the server has ended; undefined while it runs. */
  failure(): string | undefined;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "'127.0.0.1'",
  // A socket path has a length limit and rights of its own; TCP on loopback works everywhere.
  unix_socket_directories: "''",
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '200',
  timezone: "'UTC'",
  log_timezone: "'UTC'",
  log_line_prefix: "'%m [%p] %a '",
  // Ends sessions of killed clients, and with them the locks they hold.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
};

/** Written at each start, so that new defaults reach an old cluster. */
export function writeSettings(
  folders: ClusterFolders,
  port: number,
  overrides: Readonly<Record<string, string>>,
): void {
  const settings = { ...SETTINGS, ...overrides, port: String(port) };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const file = join(folders.clusterDir, 'fleet.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o644);
}

/** The port of the last start, where clients may still be looking. */
export function lastPort(folders: ClusterFolders): number | undefined {
  try {
    const text = readFileSync(join(folders.clusterDir, 'fleet.conf'), 'utf8');
    const port = Number(/^port = (\d+)$/m.exec(text)?.[1]);
    return Number.isSafeInteger(port) && port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}

/** A session of its own and a log file for its output: nothing ties the server to this process. */
export function launchServer(
  folders: ClusterFolders,
  binaries: Binaries,
  user: ServerUser,
): Launch {
  let failure: string | undefined;
  const logFrom = sizeOf(folders.logFile);
  const output = openSync(folders.logFile, 'a', 0o600);
  // On Windows pg_ctl drops administrator rights, with which the server refuses to run.
  const windows = process.platform === 'win32';
  const [program, args] = windows
    ? [binaries.pgCtl, ['start', '-W', '-D', folders.clusterDir, '-l', folders.logFile]]
    : [binaries.postgres, ['-D', folders.clusterDir]];
  const child = spawn(program, args, {
    ...user,
    cwd: folders.clusterDir,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', windows ? 'ignore' : output, windows ? 'ignore' : output],
    env: { ...process.env, LC_ALL: 'C' },
  });
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => {
    if (windows && code === 0) return;
    failure = lastErrors(folders.logFile, logFrom) || `it ended with ${signal ?? `code ${code}`}`;
  });
  child.unref();
  closeSync(output);
  return { failure: () => failure };
}

/** Fast stop: sessions are ended, everything is written, nothing needs recovery. */
export async function stopServer(
  folders: ClusterFolders,
  binaries: Binaries,
  user: ServerUser,
): Promise<void> {
  const args = ['stop', '-m', 'fast', '-w', '-t', '60', '-D', folders.clusterDir];
  const child = spawn(binaries.pgCtl, args, {
    ...user,
    cwd: folders.clusterDir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      errors = error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new EmbeddedPostgresError(
      'STOP_FAILED',
      `the local PostgreSQL did not stop: ${errors.trim()} (log: ${folders.logFile})`,
    );
  }
}

export function lastLogLine(folders: ClusterFolders): string {
  const text = tail(folders.logFile, Math.max(0, sizeOf(folders.logFile) - 2000));
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^.*?\] /, '')
      .trim() ?? ''
  );
}

const REASON = /FATAL|PANIC|HINT|could not|error while|unrecognized|invalid|No space/;

function lastErrors(file: string, from: number): string {
  const lines = tail(file, from).split('\n');
  return lines.filter((line) => REASON.test(line)).join('; ');
}

function tail(file: string, from: number): string {
  try {
    return readFileSync(file).subarray(from).toString();
  } catch {
    return '';
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
