import type { Pool } from 'pg';

/** What the protocol front keeps over a restart: tokens, approval keys, app keys. JSON values. */
export interface KeyValues {
  get(key: string): Promise<unknown>;
  /** All entries whose key begins with the prefix. */
  list(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  /** Durable when the promise resolves. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

export function makeKeyValues(pool: Pool, schema: string): KeyValues {
  const table = `${schema}.key_values`;
  return {
    get: async (key) => {
      const { rows } = await pool.query<{ readonly value: unknown }>(
        `select value from ${table} where key = $1`,
        [key],
      );
      return rows[0]?.value;
    },
    list: async (prefix) => {
      const { rows } = await pool.query<{ readonly key: string; readonly value: unknown }>(
        `select key, value from ${table} where starts_with(key, $1) order by key`,
        [prefix],
      );
      return new Map(rows.map(({ key, value }) => [key, value]));
    },
    set: async (key, value) => {
      await pool.query(
        `insert into ${table} (key, value) values ($1, $2)
         on conflict (key) do update set value = excluded.value`,
        [key, JSON.stringify(value)],
      );
    },
    delete: async (key) => {
      await pool.query(`delete from ${table} where key = $1`, [key]);
    },
  };
}
