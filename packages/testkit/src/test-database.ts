import {
  type Client,
  makePool,
  migrate,
  migrationDigest,
  type Pool,
  type PoolOptions,
} from '@fleet/storage-postgres';
import { randomBytes } from 'node:crypto';
import { startTestServer } from './test-server.ts';

/** A database of its own, cloned from a migrated template. */
export interface TestDatabase {
  /** Sessions in the fleet's schema with the production settings. */
  readonly pool: Pool;
  readonly url: string;
  /** A database on the same server without any schema, for what is not the fleet's. */
  readonly serverUrl: string;
  readonly schema: string;
  /** Further pools, ended with the database. */
  newPool(options?: Partial<PoolOptions>): Pool;
  /** Runs before the pools end, newest first: jest runs afterAll hooks in the order they were made. */
  onDrop(cleanUp: () => Promise<void>): void;
  /** Sessions in a transaction or statement right now, by others than this handle's own query. */
  busySessions(): Promise<readonly string[]>;
  /** Ends the pools. @throws when somebody else is still connected */
  drop(): Promise<void>;
}

const SCHEMA = 'fleet';

export interface TestDatabaseOptions {
  /** False: an empty database. Default true. */
  readonly migrated?: boolean;
  readonly schema?: string;
}

export async function makeTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await startTestServer();
  const schema = options.schema ?? SCHEMA;
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const adminPool = makePool({
    url: server.url('postgres'),
    schema: 'public',
    applicationName: 'fleet-test-admin',
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 60_000,
  });
  const admin = await adminPool.connect();
  if (options.migrated === false) await admin.query(`CREATE DATABASE ${name}`);
  else await cloneTemplate(admin, name, schema, (database) => server.url(database));
  const url = server.url(name);
  const pools: Pool[] = [];
  const cleanUps: (() => Promise<void>)[] = [];
  const newPool = (poolOptions: Partial<PoolOptions> = {}): Pool => {
    const pool = makePool({ url, schema, applicationName: 'fleet-test', ...poolOptions });
    pools.push(pool);
    return pool;
  };
  const sessions = async (condition: string): Promise<readonly string[]> => {
    const { rows } = await admin.query<{ line: string }>(
      `SELECT concat_ws(' ', application_name, state, query) AS line FROM pg_stat_activity
       WHERE datname = $1 AND backend_type = 'client backend' AND ${condition}`,
      [name],
    );
    return rows.map(({ line }) => line);
  };
  const drop = async (): Promise<void> => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
    await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()));
    const left = await settled(() => sessions('true'));
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    admin.release();
    await adminPool.end();
    if (left.length > 0) throw new Error(`connections left open:\n${left.join('\n')}`);
  };
  return {
    pool: newPool(),
    url,
    serverUrl: server.url('postgres'),
    schema,
    newPool,
    onDrop: (cleanUp) => void cleanUps.push(cleanUp),
    busySessions: () => settled(() => sessions("state <> 'idle'")),
    drop,
  };
}

/** The list once it is empty, or what is still in it after a second: endings take their time. */
async function settled(read: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let lines = await read();
  for (let tries = 0; lines.length > 0 && tries < 50; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    lines = await read();
  }
  return lines;
}

async function cloneTemplate(
  admin: Client,
  name: string,
  schema: string,
  url: (database: string) => string,
): Promise<void> {
  const template = `template_${schema}_${migrationDigest()}`;
  await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [template]);
  try {
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount === 0) {
      const draft = `draft_${template}`;
      await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${draft}`);
      await migrate(url(draft), schema);
      await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
    }
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [template]);
  }
}
