import { startEmbeddedPostgres } from '@fleet/embedded-postgres';
import { makePool } from '@fleet/storage-postgres';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { livingUsers, testServerFolder } from './test-server.ts';

// Run as a process of its own by the first test; later ones find the advisory lock taken and end.
const LOCK = 7_311_201;
const POLL_MS = 400;
/** A run has several suites, each a jest of its own: the next one may come within this. */
const QUIET_POLLS = 6;

const folder = testServerFolder();
const server = await startEmbeddedPostgres({ dataDir: join(folder.path, 'data') });
const pool = makePool({
  url: server.url('postgres'),
  schema: 'public',
  applicationName: 'fleet-test-reaper',
  onConnectionError: () => process.exit(0),
});
const client = await pool.connect();
const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
  LOCK,
]);
if (rows[0]?.mine !== true) process.exit(0);

for (let quiet = 0; quiet < QUIET_POLLS; quiet = livingUsers(folder).length > 0 ? 0 : quiet + 1) {
  await wait(POLL_MS);
}
mkdirSync(folder.closing, { recursive: true });
if (livingUsers(folder).length > 0) {
  rmSync(folder.closing, { recursive: true });
} else {
  client.release();
  await pool.end();
  await server.stop();
  rmSync(folder.path, { recursive: true, force: true });
}
process.exit(0);
