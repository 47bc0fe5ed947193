import { type EmbeddedPostgres, startEmbeddedPostgres } from '@fleet/embedded-postgres';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * One PostgreSQL for all test processes of a checkout, in a fixed folder. Each process that uses it
 * leaves its pid in `users/`; a reaper process stops the server and removes the folder soon after
 * the last of them has gone, however it went.
 */
export interface TestServerFolder {
  readonly path: string;
  readonly users: string;
  /** Made by the reaper while it takes the server down. */
  readonly closing: string;
}

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
const CLOSING_MS_MAX = 30_000;

/** The data are thrown away, so crash safety is off; what a session sees and locks is the same. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  shared_buffers: '64MB',
};

export function testServerFolder(): TestServerFolder {
  const checkout = createHash('sha256').update(CHECKOUT).digest('hex').slice(0, 12);
  const path = join(tmpdir(), `fleet-test-postgres-${userInfo().username}-${checkout}`);
  return { path, users: join(path, 'users'), closing: join(path, 'closing') };
}

/** Starts or joins the test server. */
export async function startTestServer(): Promise<EmbeddedPostgres> {
  const folder = testServerFolder();
  await register(folder);
  const server = await startEmbeddedPostgres({
    dataDir: join(folder.path, 'data'),
    settings: SETTINGS,
  });
  const reaper = fileURLToPath(new URL('reap-test-server.ts', import.meta.url));
  spawn(process.execPath, ['--no-warnings', reaper], {
    cwd: CHECKOUT,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: '' },
  }).unref();
  return server;
}

/** Both sides write first and look then, so at least one sees the other. */
async function register(folder: TestServerFolder): Promise<void> {
  const began = performance.now();
  for (;;) {
    mkdirSync(folder.users, { recursive: true });
    for (const pid of userPids()) writeFileSync(join(folder.users, String(pid)), '');
    if (!existsSync(folder.closing)) return;
    if (performance.now() - began > CLOSING_MS_MAX) rmSync(folder.path, { recursive: true });
    await wait(50);
  }
}

/** A jest worker is replaced from time to time; the run that forked it is the one that ends. */
function userPids(): readonly number[] {
  return process.send === undefined ? [process.pid] : [process.pid, process.ppid];
}

export function livingUsers(folder: TestServerFolder): readonly number[] {
  if (!existsSync(folder.users)) return [];
  return readdirSync(folder.users)
    .map(Number)
    .filter((pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    });
}
