import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { checkedSchema, clientConfig } from './make-pool.ts';
import { StorageError } from './storage-error.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly digest: string;
}

const FOLDER = fileURLToPath(new URL('migrations/', import.meta.url));
const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/**
 * Brings the fleet's schema to this program's version: forward only, each file in one transaction,
 * under an advisory lock, so that any number of processes starting at once do it once.
 * @throws StorageError SCHEMA_NEWER, SCHEMA_CHANGED, MIGRATION_FAILED
 */
export async function migrate(url: string, schema: string): Promise<void> {
  const client = new Client({
    ...clientConfig({
      url,
      schema,
      applicationName: 'fleet-migrate',
      // Another process may hold the lock for as long as its migrations take.
      statementTimeoutMs: 120_000,
      lockTimeoutMs: 120_000,
      connectionTimeoutMs: 10_000,
    }),
  });
  client.on('error', () => {});
  await client.connect();
  try {
    // Session lock: freed with the connection whatever happens.
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`migrate ${schema}`]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${checkedSchema(schema)}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         version int PRIMARY KEY, name text NOT NULL, digest text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
    );
    const applied = await readApplied(client);
    const known = listMigrations();
    refuseForeign(applied, known);
    for (const migration of known) {
      if (!applied.has(migration.version)) await apply(client, migration);
    }
  } finally {
    await client.end();
  }
}

/** Changes with any migration; names template databases in tests. */
export function migrationDigest(): string {
  const all = listMigrations().map(({ digest }) => digest);
  return createHash('sha256').update(all.join()).digest('hex').slice(0, 16);
}

function listMigrations(): readonly Migration[] {
  return readdirSync(FOLDER)
    .filter((file) => FILE.test(file))
    .toSorted()
    .map((name) => {
      const text = readFileSync(`${FOLDER}${name}`, 'utf8');
      // A checkout with other line ends is the same migration.
      const digest = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
      return { version: Number(name.slice(0, 4)), name, text, digest };
    });
}

async function readApplied(client: Client): Promise<Map<number, string>> {
  const { rows } = await client.query<{ version: number; digest: string }>(
    'SELECT version, digest FROM schema_migrations',
  );
  return new Map(rows.map((row) => [row.version, row.digest]));
}

function refuseForeign(applied: Map<number, string>, known: readonly Migration[]): void {
  for (const [version, digest] of applied) {
    const mine = known.find((migration) => migration.version === version);
    if (mine === undefined) {
      throw new StorageError(
        'SCHEMA_NEWER',
        `the database has migration ${version}, which this program does not know: update the program`,
        { version },
      );
    }
    if (mine.digest !== digest) {
      throw new StorageError(
        'SCHEMA_CHANGED',
        `migration ${mine.name} is not the one that made this database: ` +
          'restore the file, or start with a new database or data folder',
        { version },
      );
    }
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.text);
    await client.query(
      'INSERT INTO schema_migrations (version, name, digest) VALUES ($1, $2, $3)',
      [migration.version, migration.name, migration.digest],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    const message = error instanceof Error ? error.message : String(error);
    throw new StorageError(
      'MIGRATION_FAILED',
      `migration ${migration.name}: ${message}`,
      { version: migration.version },
      error,
    );
  }
}
