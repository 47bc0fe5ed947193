export { type ConnectionTarget, parseDatabaseUrl } from './database-url.ts';
export { type Client, makePool, type Pool, type PoolOptions } from './make-pool.ts';
export { migrate, migrationDigest } from './migrate.ts';
export { makePostgresStores, type PostgresStores, type StoresOptions } from './postgres-stores.ts';
export { openRunRegistry } from './registry/postgres-run-registry.ts';
export { StorageError, type StorageErrorCode } from './storage-error.ts';
