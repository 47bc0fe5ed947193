import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../src/index.ts';

const database = withDatabase();

describe('withDatabase', () => {
  it('gives a migrated database with the production settings', async () => {
    const { rows } = await database.pool.query<Record<string, string>>(
      `SELECT current_schema() AS schema, current_setting('synchronous_commit') AS commit,
              current_setting('lock_timeout') AS lock, to_regclass('schema_migrations') AS migrated`,
    );
    expect(rows).toEqual([
      { schema: 'fleet', commit: 'on', lock: '250ms', migrated: 'schema_migrations' },
    ]);
  });

  it('names a transaction that is left open', async () => {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 41 + 1');
    expect(await database.busySessions()).toEqual(['fleet-test idle in transaction SELECT 41 + 1']);
    await client.query('ROLLBACK');
    client.release();
  });
});
