import { parseTradeDate } from '@fleet/krx';
import type { Run, RunRegistry } from '@fleet/service-layer';
import type { Pool } from '../make-pool.ts';

/** Beside the schemas of the runs, not in one of them. */
const SCHEMA = 'fleet_registry';
const MIGRATION_LOCK = 7_401_512;

interface RunRow {
  readonly run_id: string;
  readonly schema_name: string;
  readonly mode: Run['mode'];
  readonly fingerprint: string;
  readonly first_date: string;
  readonly parameters: Record<string, string>;
}

/** Runs of this database; makes its table when it is missing. */
export async function openRunRegistry(pool: Pool): Promise<RunRegistry> {
  await createTable(pool);
  return {
    findUnfinished: (fingerprint) => findUnfinished(pool, fingerprint),
    create: (run) => createRun(pool, run),
    async finish(runId) {
      await pool.query(
        `update ${SCHEMA}.runs set finished_at = clock_timestamp() where run_id = $1 and finished_at is null`,
        [runId],
      );
    },
    async count() {
      const { rows } = await pool.query<{ n: number }>(
        `select count(*)::int as n from ${SCHEMA}.runs`,
      );
      return rows[0]?.n ?? 0;
    },
  };
}

async function createTable(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('set local lock_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`create schema if not exists ${SCHEMA}`);
    await client.query(`create table if not exists ${SCHEMA}.runs (
      run_id text primary key,
      schema_name text not null unique,
      mode text not null check (mode in ('SIM', 'PAPER', 'LIVE')),
      fingerprint text not null,
      first_date date not null,
      parameters jsonb not null,
      created_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz
    )`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function findUnfinished(pool: Pool, fingerprint: string): Promise<Run | undefined> {
  const { rows } = await pool.query<RunRow>(
    `select run_id, schema_name, mode, fingerprint, first_date::text as first_date, parameters
       from ${SCHEMA}.runs where fingerprint = $1 and finished_at is null
       order by created_at desc limit 1`,
    [fingerprint],
  );
  const [row] = rows;
  if (!row) return undefined;
  return {
    runId: row.run_id,
    schema: row.schema_name,
    mode: row.mode,
    fingerprint: row.fingerprint,
    firstDate: parseTradeDate(row.first_date),
    parameters: row.parameters,
  };
}

async function createRun(pool: Pool, run: Run): Promise<void> {
  await pool.query(
    `insert into ${SCHEMA}.runs (run_id, schema_name, mode, fingerprint, first_date, parameters)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      run.runId,
      run.schema,
      run.mode,
      run.fingerprint,
      run.firstDate,
      JSON.stringify(run.parameters),
    ],
  );
}
