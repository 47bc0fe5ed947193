import { startEmbeddedPostgres } from '@fleet/embedded-postgres';
import { makePool } from '@fleet/storage-postgres';
import { join } from 'node:path';
import type { LedgerInvariant } from './ledger-invariants.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** Both sides' books of one run. */
export interface RunBooks {
  readonly runId: string;
  readonly query: Query;
  /** The exchange's own tables: another program's idea of the same day. */
  readonly simulator: Query;
  /** What a select gives after a change that is undone at once. */
  afterChange(change: string, select: string): Promise<readonly Row[]>;
}

/** One statement on a session of its own: servers come and go under a scenario. */
export async function queryOnce(
  url: string,
  schema: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const pool = makePool({
    url,
    schema,
    applicationName: 'fleet-scenario',
    statementTimeoutMs: 30_000,
    onConnectionError: () => undefined,
  });
  try {
    const { rows } = await pool.query<Row>(sql, [...values]);
    return rows;
  } finally {
    await pool.end();
  }
}

/** Opens the books of the folder's newest run after its fleet is down. */
export async function openBooks(dataDir: string): Promise<RunBooks & { close(): Promise<void> }> {
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  const fleetUrl = server.url('fleet');
  const [run] = await queryOnce(
    fleetUrl,
    'fleet_registry',
    'select run_id, schema_name from runs order by created_at desc limit 1',
  );
  if (!run) throw new Error('no run was ever started here');
  const schema = String(run['schema_name']);
  return {
    runId: String(run['run_id']),
    query: (sql, values) => queryOnce(fleetUrl, schema, sql, values),
    simulator: (sql, values) => queryOnce(server.url('simulator'), schema, sql, values),
    afterChange: (change, select) => readAfterChange({ url: fleetUrl, schema, change, select }),
    close: () => server.stop(),
  };
}

/** Opens the books, reads, and puts the server away again. */
export async function withBooks<T>(
  dataDir: string,
  work: (books: RunBooks) => Promise<T>,
): Promise<T> {
  const books = await openBooks(dataDir);
  try {
    return await work(books);
  } finally {
    await books.close();
  }
}

/** What a select gives after a change that no trigger prevents; then the change is undone. */
async function readAfterChange(request: {
  readonly url: string;
  readonly schema: string;
  readonly change: string;
  readonly select: string;
}): Promise<readonly Row[]> {
  const { url, schema, change, select } = request;
  const pool = makePool({ url, schema, applicationName: 'fleet-scenario' });
  const session = await pool.connect();
  try {
    await session.query('begin; set local session_replication_role = replica');
    await session.query(change);
    const { rows } = await session.query<Row>(select);
    return rows;
  } finally {
    await session.query('rollback');
    session.release();
    await pool.end();
  }
}

/** The rules that do not hold, each with the first rows that break it. */
export async function brokenRules(
  query: Query,
  rules: readonly LedgerInvariant[],
): Promise<readonly { readonly name: string; readonly rows: readonly Row[] }[]> {
  const broken: { name: string; rows: readonly Row[] }[] = [];
  for (const { name, violations } of rules) {
    const rows = await query(violations);
    if (rows.length > 0) broken.push({ name, rows: rows.slice(0, 3) });
  }
  return broken;
}
