import { describeBrokerPort, describeMarketDataPort, type PortsUnderTest } from '@fleet/testkit';
import { type KisProfile, LIVE_PROFILE, PAPER_PROFILE, profileAt } from '../src/index.ts';
import { startSimulatorKit } from './support/running-simulator.ts';

async function start(profile: KisProfile): Promise<PortsUnderTest> {
  const kit = await startSimulatorKit(profile);
  const { broker, marketData, lookup } = kit.adapter;
  const { orders, balance } = profile.pageSizes;
  return {
    broker,
    marketData,
    lookup,
    market: kit.market,
    accountId: '50012345-01',
    pageSizes: { orders, holdings: balance },
    store: () => undefined,
    stop: () => kit.stop(),
  };
}

for (const profile of [LIVE_PROFILE, PAPER_PROFILE]) {
  const name = `the adapter at a ${profile.name} server`;
  describeBrokerPort(name, () => start(profile));
  describeMarketDataPort(name, profile.name, () => start(profile));
}

// Merged quotes and ticks; there is no other market behind the simulator than KRX.
describeMarketDataPort('the adapter seen from SOR', 'live', () =>
  start(profileAt(LIVE_PROFILE, 'SOR')),
);
