export {
  aBaseline,
  aBrokerOrder,
  aCancel,
  anInstrument,
  anIntent,
  anOrder,
  aPosition,
  aProcess,
  aQuote,
  newId,
  TEST_DATE,
  TEST_MARKET_AT,
} from './builders.ts';
export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export { makeTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
export { withDatabase } from './with-database.ts';
