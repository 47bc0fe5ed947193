export { describeBrokerPort } from './broker-port-contract.ts';
export { describeMarketDataPort } from './market-data-port-contract.ts';
export type { PortsUnderTest } from './under-test.ts';
