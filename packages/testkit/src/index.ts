export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export { makeTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
export { withDatabase } from './with-database.ts';
