import type { Market } from '@fleet/krx';
import type { Clock, MarketClock } from '@fleet/service-layer';
import { KisCredentials } from './credentials/kis-credentials.ts';
import type { KisTokenStore } from './credentials/token-store.ts';
import { KisFeed } from './feed/kis-feed.ts';
import { KisBroker } from './kis-broker.ts';
import { KisMarketData } from './kis-market-data.ts';
import { MasterFiles } from './master/master-files.ts';
import type { CallBudget } from './rest/call-budget.ts';
import { HttpTransport } from './rest/http-transport.ts';
import { KisReader } from './rest/kis-reader.ts';
import { KisRestClient } from './rest/kis-rest-client.ts';
import type { KisSettings } from './settings.ts';
import { SymbolSpelling } from './symbol-spelling.ts';

export interface KisAdapterDependencies {
  readonly tokenStore: KisTokenStore;
  readonly budget: CallBudget;
  /** Real time: socket timeouts. */
  readonly clock: Clock;
  /** Broker time: token minute, pauses, reconnect delays; market time in a simulation. */
  readonly brokerClock: MarketClock;
  /** Whose master files are read; KOSPI and KOSDAQ by default. */
  readonly markets?: readonly Market[];
  /** FID_TRGT_EXLS_CLS_CODE of the turnover rank; see COMMON_STOCK_ONLY. */
  readonly rankExclusions?: string;
}

export interface KisAdapter {
  readonly broker: KisBroker;
  readonly marketData: KisMarketData;
  /** Registrations and events of the feed, for who shares out the slots. */
  readonly feed: KisFeed;
  /** Leaves the feed, lets a running token call end, and ends idle connections. */
  close(): Promise<void>;
}

/** One adapter per app key and process: it holds the key's only feed session. */
export function makeKisAdapter(
  settings: KisSettings,
  dependencies: KisAdapterDependencies,
): KisAdapter {
  const { budget, brokerClock, clock, markets = ['KOSPI', 'KOSDAQ'] } = dependencies;
  const { profile, masterUrl } = settings;
  const transport = new HttpTransport();
  const credentials = new KisCredentials({
    settings,
    transport,
    store: dependencies.tokenStore,
    budget,
    brokerClock,
  });
  const client = new KisRestClient({ settings, transport, credentials, budget });
  const reader = new KisReader({ client, credentials, budget, brokerClock });
  const feed = new KisFeed({ settings, credentials, clock, brokerClock });
  const masters = new MasterFiles({ masterUrl, markets, transport, brokerClock });
  const spelling = new SymbolSpelling();
  const shared = { settings, client, credentials, budget, reader, feed, spelling };
  return {
    broker: new KisBroker({ ...shared, clock, brokerClock }),
    marketData: new KisMarketData({
      profile,
      reader,
      feed,
      masters,
      spelling,
      brokerClock,
      ...(dependencies.rankExclusions === undefined
        ? {}
        : { rankExclusions: dependencies.rankExclusions }),
    }),
    feed,
    close: async () => {
      await Promise.all([feed.disconnect(), credentials.close()]);
      transport.close();
    },
  };
}
