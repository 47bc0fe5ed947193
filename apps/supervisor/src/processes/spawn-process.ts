import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifyProcess } from '../bootstrap/adapters.ts';
import type { ProcessIdentity } from '@fleet/service-layer';

export type ProcessRole = 'simulator' | 'gateway' | 'worker' | 'idle-probe';

export interface SpawnRequest {
  readonly role: ProcessRole;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly logName: string;
}

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

const ENTRIES: Readonly<Record<ProcessRole, string>> = {
  simulator: 'apps/simulator/src/main.ts',
  gateway: 'apps/gateway/src/main.ts',
  worker: 'apps/worker/src/main.ts',
  'idle-probe': 'apps/supervisor/src/bootstrap/idle-probe.ts',
};

/**
 * Starts one process of the fleet in a session of its own: it outlives this supervisor, gets no
 * Ctrl-C of the terminal, and writes to a log file instead of a pipe that could break.
 * @throws when the process did not start at all
 */
export function spawnProcess(request: SpawnRequest): ProcessIdentity {
  mkdirSync(request.logFolder, { recursive: true });
  const log = openSync(join(request.logFolder, `${request.logName}.log`), 'a');
  try {
    const child = spawn(
      process.execPath,
      ['--no-warnings', join(ROOT, ENTRIES[request.role]), ...request.args],
      {
        cwd: ROOT,
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...request.env },
        windowsHide: true,
      },
    );
    child.on('error', () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (!identity) throw new Error(`${request.role} did not start; see ${request.logName}.log`);
    return identity;
  } finally {
    closeSync(log);
  }
}
