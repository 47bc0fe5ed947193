import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The ids to run the server as; empty when we are an ordinary user and it runs as ourselves. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

const NAME = 'postgres';
const OTHERS_MAY_PASS = 0o001;

/** PostgreSQL refuses to run as root: root uses (and at first creates) the user `postgres`. */
export function resolveServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  return lookUp() ?? create();
}

/**
 * Gives the data folder to the server's user and makes sure it can get there and to the binaries:
 * root's folders (`mktemp -d` makes them 0700) must let others pass, not read.
 */
export function grantAccess(
  user: ServerUser,
  paths: { owned: readonly string[]; reached: readonly string[] },
  log: (line: string) => void,
): void {
  if (user.uid === undefined || user.gid === undefined) return;
  for (const path of paths.owned) chownSync(path, user.uid, user.gid);
  for (const path of [...paths.owned, ...paths.reached]) letPass(dirname(resolve(path)), user, log);
}

function letPass(folder: string, user: ServerUser, log: (line: string) => void): void {
  const { mode, uid } = statSync(folder);
  if (uid !== user.uid && (mode & OTHERS_MAY_PASS) === 0) {
    log(`letting the user ${NAME} pass through ${folder}`);
    try {
      chmodSync(folder, (mode & 0o7777) | OTHERS_MAY_PASS);
    } catch (error) {
      throw new EmbeddedPostgresError(
        'UNREACHABLE',
        `the user ${NAME}, as which PostgreSQL runs, cannot enter ${folder}: ` +
          'choose another --data-dir, or run as an ordinary user',
        error,
      );
    }
  }
  if (dirname(folder) !== folder) letPass(dirname(folder), user, log);
}

function lookUp(): ServerUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

function create(): ServerUser {
  spawnSync('groupadd', [NAME]);
  const added = spawnSync('useradd', ['-g', NAME, NAME], { encoding: 'utf8' });
  // Alpine and other busybox systems.
  if (added.status !== 0) spawnSync('adduser', ['-D', '-H', NAME]);
  const user = lookUp();
  if (user === undefined) {
    throw new EmbeddedPostgresError(
      'NO_USER',
      `PostgreSQL does not run as root and the user ${NAME} could not be created ` +
        `(${added.stderr?.trim() || added.error?.message || 'useradd failed'}): ` +
        'create it, run as an ordinary user, or set DB_URL',
    );
  }
  return user;
}
