import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { platform } from 'node:process';
import type { ProcessIdentity } from '@fleet/service-layer';

/**
 * A pid alone may be reused: boot id + pid + start time name one process for good. Undefined when no
 * such process lives.
 */
export function identifyProcess(pid: number = process.pid): ProcessIdentity | undefined {
  const startedAt = platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
  if (startedAt === undefined) return undefined;
  return { pid, hostId: hostname(), bootId: bootId(), startedAt };
}

/** @throws when this very process cannot be read: nothing can be proved on such a host */
export function identifySelf(): ProcessIdentity {
  const identity = identifyProcess();
  if (!identity) throw new Error('this host does not tell when its processes started');
  return identity;
}

/**
 * `alive`, or `dead` for certain; `unknown` when it ran on another host, where only its lease's end
 * can tell.
 */
export function judgeProcess(known: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (known.hostId !== hostname()) return 'unknown';
  if (known.bootId !== bootId()) return 'dead';
  const now = identifyProcess(known.pid);
  return now?.startedAt === known.startedAt ? 'alive' : 'dead';
}

/** Field 22 of /proc/PID/stat, counted after the command name, which may hold blanks and brackets. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; it only waits for its parent to notice.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return fields[19];
  } catch {
    return undefined;
  }
}

function startElsewhere(pid: number): string | undefined {
  try {
    const [command, ...args] =
      platform === 'win32'
        ? ['powershell', '-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`]
        : ['ps', '-o', 'lstart=', '-p', String(pid)];
    const text = execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

function bootId(): string {
  knownBootId ??= readBootId();
  return knownBootId;
}

function readBootId(): string {
  try {
    if (platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (platform === 'darwin')
      return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
  } catch {
    // True now: the host does not tell; start times alone must do.
  }
  return 'unknown-boot';
}
