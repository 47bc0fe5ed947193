import { type ClientConfig, Pool as PgPool, type PoolClient } from 'pg';
import { parseDatabaseUrl } from './database-url.ts';
import { StorageError } from './storage-error.ts';
import { valueTypes } from './value-parsers.ts';

export type Pool = PgPool;
/** A connection taken from the pool. */
export type Client = PoolClient;

export interface PoolOptions {
  readonly url: string;
  /** One fleet, one account, one schema. */
  readonly schema: string;
  /** Seen in pg_stat_activity, for example `fleet-worker-3`. */
  readonly applicationName: string;
  readonly max?: number;
  /** Server side; a client-side limit alone would leave the query running. */
  readonly statementTimeoutMs?: number;
  /** The only wait for a row lock. */
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  readonly connectionTimeoutMs?: number;
  /** Told when the server drops a connection; the next query fails or gets a new one. */
  readonly onConnectionError?: (error: Error) => void;
}

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * A pool whose sessions live in the fleet's schema. Without error handlers on the pool and on each
 * checked-out client a restart of the server would end this process.
 */
export function makePool(options: PoolOptions): Pool {
  const onError = options.onConnectionError ?? (() => {});
  const pool = new PgPool({ ...clientConfig(options), max: options.max ?? 6 });
  pool.on('error', onError);
  pool.on('connect', (client) => {
    client.on('error', onError);
  });
  return pool;
}

/** The settings of one connection, for clients outside of a pool. */
export function clientConfig(options: PoolOptions): ClientConfig {
  const { connectionString, ssl } = parseDatabaseUrl(options.url);
  const settings = {
    search_path: checkedSchema(options.schema),
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    // A session setting, so that no server default can forget a grant that it has confirmed.
    synchronous_commit: 'on',
    default_transaction_isolation: 'read\\ committed',
    statement_timeout: String(options.statementTimeoutMs ?? 5000),
    lock_timeout: String(options.lockTimeoutMs ?? 250),
    idle_in_transaction_session_timeout: String(options.idleInTransactionTimeoutMs ?? 5000),
    tcp_user_timeout: '5000',
  };
  return {
    connectionString,
    ssl,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectionTimeoutMs ?? 2000,
    keepAlive: true,
    types: valueTypes,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
}

/** @throws StorageError BAD_URL unless a plain lower-case identifier */
export function checkedSchema(schema: string): string {
  if (!SCHEMA_NAME.test(schema)) {
    throw new StorageError('BAD_URL', `not a schema name (a-z, 0-9, _): ${schema}`);
  }
  return schema;
}
