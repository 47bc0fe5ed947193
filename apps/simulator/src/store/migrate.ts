import type { Pool, PoolClient } from 'pg';

/** One migration per entry, forward only; `$schema` stands for the run's schema. */
const MIGRATIONS: readonly string[] = [
  `create table $schema.run (
     only_row boolean primary key default true check (only_row),
     parameters jsonb not null,
     trade_date text not null,
     market_instant bigint not null
   );
   create table $schema.accounts (
     account text primary key,
     opening_cash bigint not null check (opening_cash >= 0)
   );
   create table $schema.orders (
     trade_date text not null,
     number text not null check (number ~ '^[0-9]{10}$'),
     sequence bigint not null unique,
     account text not null references $schema.accounts,
     branch text not null,
     original_number text,
     request text not null check (request in ('NEW', 'AMEND', 'CANCEL')),
     symbol text not null,
     market text not null,
     kind text not null,
     side text not null check (side in ('BUY', 'SELL')),
     type text not null,
     quantity bigint not null check (quantity > 0),
     price bigint,
     working_limit bigint,
     reserve_unit bigint not null,
     accepted_at bigint not null,
     filled_quantity bigint not null,
     filled_amount bigint not null,
     canceled_quantity bigint not null,
     rejected_quantity bigint not null,
     rest_quantity bigint not null check (rest_quantity >= 0),
     primary key (trade_date, number),
     check (filled_quantity + canceled_quantity + rejected_quantity + rest_quantity = quantity)
   );
   create table $schema.fills (
     trade_date text not null,
     number text not null,
     sequence integer not null,
     at bigint not null,
     quantity bigint not null check (quantity > 0),
     price bigint not null check (price > 0),
     primary key (trade_date, number, sequence),
     foreign key (trade_date, number) references $schema.orders
   );
   create table $schema.arrivals (
     sequence bigint primary key,
     trade_date text not null,
     real_ms bigint not null,
     market_ms bigint not null,
     request text not null,
     account text not null,
     symbol text,
     side text,
     type text,
     quantity bigint,
     price bigint,
     original_number text,
     number text,
     refusal text
   );
   create table $schema.key_values (
     key text primary key,
     value jsonb not null
   );`,
  `alter table $schema.orders add column condition_price bigint;`,
];

/** @throws Error when the name is not a plain lower-case identifier beginning with `sim_` */
export function checkedSchema(schema: string): string {
  if (!/^sim_[a-z0-9_]{1,55}$/.test(schema)) {
    throw new Error(
      `a simulator schema is named sim_ and lower-case letters, digits or _: ${schema}`,
    );
  }
  return schema;
}

/** Creates or updates the schema. Several processes may call it at once. */
export async function migrate(pool: Pool, schema: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 1))`, [schema]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migrations (version integer primary key)`,
    );
    await applyMissing(client, schema);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function applyMissing(client: PoolClient, schema: string): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `select coalesce(max(version), 0) as version from ${schema}.migrations`,
  );
  const done = rows[0]?.version ?? 0;
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < done) continue;
    await client.query(sql.replaceAll('$schema', schema));
    await client.query(`insert into ${schema}.migrations values ($1)`, [index + 1]);
  }
}
