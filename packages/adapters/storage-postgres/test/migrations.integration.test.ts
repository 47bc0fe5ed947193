import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '@fleet/testkit';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { migrate, migrationDigest } from '../src/index.ts';

const database = withDatabase({ migrated: false });
const FOLDER = new URL('../src/migrations/', import.meta.url);
const DOOR = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** Databases out there were made by these: they are never edited, a change is a new file. */
const RELEASED: Readonly<Record<string, string>> = {
  '0001-instants.sql': '6127c08307c39438',
  '0002-events.sql': '1b592a35a906da48',
  '0003-fleet.sql': 'd7bd5c1e36acd83b',
  '0004-stock-locks.sql': 'd4d309ae7ed9db71',
  '0005-orders.sql': 'fab4eb975886341f',
  '0006-ledger.sql': 'b52d3990f89d86ec',
  '0007-strategy.sql': 'd427545c2f338191',
  '0008-lock-functions.sql': '46bd1f7da66ed59b',
  '0009-order-functions.sql': 'f75b84b7b99d7b2f',
  '0010-order-truth.sql': 'a112f109c65e7111',
  '0011-risk-and-signals.sql': '3efc712b65785a1f',
  '0012-lock-functions.sql': '66cc90fadac3c5c0',
};

/** A process of its own that migrates, as a worker does at its start. */
function migrateInProcess(schema: string): Promise<number | null> {
  const code = `import { migrate } from ${JSON.stringify(DOOR)}; await migrate(${JSON.stringify(database.url)}, '${schema}');`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return new Promise((resolve) => child.once('close', resolve));
}

async function tables(schema: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1',
    [schema],
  );
  return rows.map((row) => row.name);
}

describe('migrations', () => {
  it('run once when four processes start at once', async () => {
    const codes = await Promise.all(Array.from({ length: 4 }, () => migrateInProcess('crowd')));
    expect(codes).toEqual([0, 0, 0, 0]);
    const { rows } = await database.pool.query(
      'SELECT version, count(*) FROM crowd.schema_migrations GROUP BY version HAVING count(*) <> 1',
    );
    expect(rows).toEqual([]);
    const states = await database.pool.query('SELECT count(*) AS n FROM crowd.system_state');
    expect(states.rows).toEqual([{ n: 1 }]);
  });

  it('make every table of the spec, in each schema its own', async () => {
    await migrate(database.url, 'one');
    await migrate(database.url, 'two');
    const expected = [
      'ai_job_runs',
      'candidates',
      'daily_settlements',
      'daily_summaries',
      'events',
      'fills',
      'orders',
      'positions',
      'stock_locks',
      'strategies',
      'strategy_param_drafts',
      'strategy_params',
      'system_state',
      'trade_journals',
      'workers',
    ];
    expect(await tables('one')).toEqual(expect.arrayContaining(expected));
    expect(await tables('two')).toEqual(await tables('one'));
    const one = database.newPool({ schema: 'one' });
    await one.query(`UPDATE system_state SET gate = 'STOPPED'`);
    const { rows } = await database.pool.query('SELECT gate FROM two.system_state');
    expect(rows).toEqual([{ gate: 'OPEN' }]);
  });

  it('refuse a database that is newer than the program, or made by other migrations', async () => {
    await migrate(database.url, 'later');
    await database.pool.query(
      `INSERT INTO later.schema_migrations (version, name, digest) VALUES (9999, 'x', 'y')`,
    );
    await expect(migrate(database.url, 'later')).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
    await migrate(database.url, 'changed');
    await database.pool.query(
      `UPDATE changed.schema_migrations SET digest = 'z' WHERE version = 1`,
    );
    await expect(migrate(database.url, 'changed')).rejects.toMatchObject({
      code: 'SCHEMA_CHANGED',
    });
  });

  it('are never edited once they are released', () => {
    const digests = readdirSync(FOLDER).map((file) => {
      const text = readFileSync(new URL(file, FOLDER));
      return [file, createHash('sha256').update(text).digest('hex').slice(0, 16)];
    });
    expect(Object.fromEntries(digests)).toEqual(RELEASED);
  });

  it('have a digest that names them', () => {
    expect(migrationDigest()).toMatch(/^[0-9a-f]{16}$/);
  });
});
