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
export { describeBrokerPort } from './contracts/broker-port-contract.ts';
export { describeMarketDataPort } from './contracts/market-data-port-contract.ts';
export type { PortsUnderTest } from './contracts/under-test.ts';
export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export {
  brokenRules,
  openBooks,
  type Query,
  type Row,
  type RunBooks,
  withBooks,
} from './fleet/fleet-database.ts';
export { FleetFolder, type FleetRole, kill, type RuntimeView } from './fleet/fleet-folder.ts';
export { AFTER_THE_CLOSE, ALWAYS, type LedgerInvariant } from './fleet/ledger-invariants.ts';
export type { ReportView } from './fleet/report-view.ts';
export { readSettledDay, type SettledDay } from './fleet/settled-day.ts';
export { StartedCommand } from './fleet/started-command.ts';
export { Failures } from './fakes/failures.ts';
export { FakeEventStore } from './fakes/fake-event-store.ts';
export { FakeSystemStore, FakeWorkerStore } from './fakes/fake-fleet-stores.ts';
export { FakeFleet } from './fakes/fake-fleet.ts';
export { FakeGateway, type Reaction } from './fakes/fake-gateway.ts';
export { FakeLockStore } from './fakes/fake-lock-store.ts';
export { FakeMarketData } from './fakes/fake-market-data.ts';
export { FakeMarketLookup } from './fakes/fake-market-lookup.ts';
export { FakeAccountStore } from './fakes/fake-account-store.ts';
export { FakeOrderStore } from './fakes/fake-order-store.ts';
export { EMPTY_LEDGER, FakeSettlementStore } from './fakes/fake-settlement-store.ts';
export { FakeTradingStore } from './fakes/fake-trading-store.ts';
export { aSellSignal, ScriptedStrategy } from './fakes/scripted-strategy.ts';
export { aHolding, TIED_DATE, tieTheDay } from './fakes/tied-day.ts';
export { RecordingLag, RecordingLog, type LogLine } from './fakes/recording-log.ts';
export { makeTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
export { withDatabase } from './with-database.ts';
