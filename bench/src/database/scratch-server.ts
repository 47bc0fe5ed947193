import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDatabase, startEmbeddedPostgres } from '@fleet/embedded-postgres';
import { migrate } from '@fleet/storage-postgres';

export interface ScratchServer {
  readonly url: string;
  readonly schema: string;
  /** An empty database beside the fleet's, for what a yardstick keeps. */
  otherDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

const SCHEMA = 'fleet';

/** A PostgreSQL of its own with the settings of production: every commit is flushed. */
export async function startScratchServer(): Promise<ScratchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fleet-bench-postgres-'));
  const server = await startEmbeddedPostgres({ dataDir });
  const database = async (name: string): Promise<string> => {
    await ensureDatabase(server.url('postgres'), name);
    return server.url(name);
  };
  const url = await database('fleet');
  await migrate(url, SCHEMA);
  return {
    url,
    schema: SCHEMA,
    otherDatabase: database,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
