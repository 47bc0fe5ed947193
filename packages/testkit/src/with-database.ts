import { makeTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';

type Hook = (run: () => Promise<void>, timeoutMs?: number) => void;

/**
 * Called at the top of a test file (or a describe): one database for it, dropped at its end. Each
 * test must leave no transaction open; the file must leave no connection. Use the handle inside
 * tests only.
 */
export function withDatabase(options: TestDatabaseOptions = {}): TestDatabase {
  // jest's globals: importing them would tie this package to jest, and benches use it too.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- absent ones are refused below
  const { afterAll, afterEach, beforeAll } = globalThis as unknown as Record<string, Hook>;
  if (!beforeAll || !afterEach || !afterAll) throw new Error('withDatabase() is for test files');
  let database: TestDatabase | undefined;
  const get = (): TestDatabase => {
    if (!database) throw new Error('the test database exists inside tests and hooks only');
    return database;
  };
  beforeAll(async () => {
    database = await makeTestDatabase(options);
  }, 60_000);
  afterEach(async () => {
    const busy = await get().busySessions();
    if (busy.length > 0) throw new Error(`the test left transactions open:\n${busy.join('\n')}`);
  });
  afterAll(async () => {
    await database?.drop();
  }, 30_000);
  return {
    get pool() {
      return get().pool;
    },
    get url() {
      return get().url;
    },
    get serverUrl() {
      return get().serverUrl;
    },
    get schema() {
      return get().schema;
    },
    newPool: (poolOptions) => get().newPool(poolOptions),
    onDrop: (cleanUp) => get().onDrop(cleanUp),
    busySessions: () => get().busySessions(),
    drop: () => get().drop(),
  };
}
