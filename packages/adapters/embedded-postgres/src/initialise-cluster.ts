import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { Binaries } from './locate-binaries.ts';
import { grantAccess, type ServerUser } from './server-user.ts';

export interface ClusterFolders {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly passwordFile: string;
  readonly logFile: string;
}

export function clusterFolders(dataDir: string): ClusterFolders {
  return {
    dataDir,
    clusterDir: join(dataDir, 'cluster'),
    passwordFile: join(dataDir, 'password'),
    logFile: join(dataDir, 'server.log'),
  };
}

/**
 * Makes the cluster on first use and returns its password. Built in a folder of its own and
 * renamed into place, so that a crash half way leaves nothing and two first starts make one.
 */
export async function initialiseCluster(
  folders: ClusterFolders,
  binaries: Binaries,
  user: ServerUser,
  log: (line: string) => void,
): Promise<string> {
  mkdirSync(folders.dataDir, { recursive: true });
  const reached = [binaries.postgres];
  grantAccess(user, { owned: [folders.dataDir], reached }, log);
  const password = keptPassword(folders.passwordFile);
  if (existsSync(join(folders.clusterDir, 'PG_VERSION'))) return password;
  log('creating the local PostgreSQL');
  const scratch = join(folders.dataDir, `cluster.${process.pid}.${randomBytes(4).toString('hex')}`);
  const passwordCopy = `${scratch}.password`;
  mkdirSync(scratch, { mode: 0o700 });
  writeFileSync(passwordCopy, `${password}\n`, { mode: 0o600 });
  try {
    grantAccess(user, { owned: [scratch, passwordCopy], reached: [] }, log);
    await runInitdb(binaries.initdb, scratch, passwordCopy, user);
    appendFileSync(join(scratch, 'postgresql.conf'), "\ninclude_if_exists 'fleet.conf'\n");
    moveIntoPlace(scratch, folders.clusterDir);
  } finally {
    rmSync(passwordCopy, { force: true });
    rmSync(scratch, { recursive: true, force: true });
  }
  return password;
}

/** First writer wins, whoever else starts at the same time; linked, so that it is never half there. */
function keptPassword(file: string): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  if (!existsSync(file)) {
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if (!existsSync(file)) throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

function moveIntoPlace(scratch: string, clusterDir: string): void {
  try {
    renameSync(scratch, clusterDir);
  } catch (error) {
    if (!existsSync(join(clusterDir, 'PG_VERSION'))) throw error;
    // Another process was first; its cluster has the same password.
  }
}

async function runInitdb(
  initdb: string,
  folder: string,
  passwordFile: string,
  user: ServerUser,
): Promise<void> {
  // One locale and encoding everywhere: sort order must not depend on the host.
  const args = ['-D', folder, '-U', 'postgres', '--pwfile', passwordFile, '-A', 'scram-sha-256'];
  args.push('--locale=C', '--encoding=UTF8', '--no-instructions');
  const child = spawn(initdb, args, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? undefined : errors.trim()));
  });
  if (failure !== undefined) {
    throw new EmbeddedPostgresError(
      'INIT_FAILED',
      `the local PostgreSQL could not be created in ${folder}: ${failure}`,
    );
  }
}
