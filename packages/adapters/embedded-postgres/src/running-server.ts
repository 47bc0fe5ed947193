import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/**
 * What postmaster.pid tells, as long as that process is a PostgreSQL. After a crash the file is
 * left behind and its pid may belong to somebody else by now.
 */
export function findRunningServer(clusterDir: string): RunningServer | undefined {
  const lines = readPidFile(clusterDir);
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isServerOf(clusterDir, pid)) {
    return undefined;
  }
  return { pid, port: Number.isSafeInteger(port) ? port : 0 };
}

/**
 * Removes a pid file whose process is gone or is not a PostgreSQL: the server would believe that
 * stranger. A living server is safe even so: it also looks for attached shared memory of this
 * folder.
 */
export function removeStalePidFile(clusterDir: string): boolean {
  if (readPidFile(clusterDir) === undefined || findRunningServer(clusterDir)) return false;
  rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
  return true;
}

function readPidFile(clusterDir: string): string[] | undefined {
  try {
    return readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
}

/** The pid may belong to anybody by now, even to another PostgreSQL: the folder tells. */
function isServerOf(clusterDir: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  const command = commandOf(pid);
  // A platform that cannot tell: believe the pid, as the server itself would.
  if (command === undefined) return true;
  if (process.platform === 'win32') return command.includes('postgres.exe');
  return command.includes('postgres') && command.includes(clusterDir);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function commandOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // A zombie has an empty command line: it is dead for our purposes.
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
  const [tool, args] =
    process.platform === 'win32'
      ? (['tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']] as const)
      : (['ps', ['-p', String(pid), '-o', 'command=']] as const);
  const { status, stdout } = spawnSync(tool, args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
