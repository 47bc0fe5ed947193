import type { Market } from '@fleet/krx';
import type { Clock, MarketClock } from '@fleet/service-layer';
import { KisCredentials } from './credentials/kis-credentials.ts';
import type { KisTokenStore } from './credentials/token-store.ts';
import { KisFeed } from './feed/kis-feed.ts';
import { KisBroker } from './kis-broker.ts';
import { KisMarketData } from './kis-market-data.ts';
import { KisMarketLookup } from './kis-market-lookup.ts';
import { MasterFiles } from './master/master-files.ts';
import { MarketDays } from './quotes/holidays.ts';
import { COMMON_STOCK_ONLY } from './quotes/turnover-rank.ts';
import type { CallBudget } from './rest/call-budget.ts';
import { HttpTransport } from './rest/http-transport.ts';
import { KisReader } from './rest/kis-reader.ts';
import { KisOrderClient, KisRestClient } from './rest/kis-rest-client.ts';
import { MarketReads } from './rest/market-reads.ts';
import type { KisKeySettings, KisSettings } from './settings.ts';
import { SymbolSpelling } from './symbol-spelling.ts';

/** A key of its own for reading the market: live quotes for an account that trades on paper. */
export interface KisQuoteAccess {
  readonly settings: KisKeySettings;
  readonly tokenStore: KisTokenStore;
  readonly budget: CallBudget;
}

export interface KisAdapterDependencies {
  readonly tokenStore: KisTokenStore;
  readonly budget: CallBudget;
  /** Quotes, charts and ticks come with this key instead of the trading one. */
  readonly quotes?: KisQuoteAccess;
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
  readonly lookup: KisMarketLookup;
  /** Of the trading key: notices, and ticks unless quotes have a key of their own. */
  readonly feed: KisFeed;
  /** Where the ticks come from; the same as `feed` unless quotes have a key of their own. */
  readonly quoteFeed: KisFeed;
  /** Leaves the feeds and ends idle connections. */
  close(): Promise<void>;
}

/** One adapter per app key and process: it holds the key's only feed session. */
export function makeKisAdapter(
  settings: KisSettings,
  dependencies: KisAdapterDependencies,
): KisAdapter {
  const { tokenStore, budget, quotes, brokerClock, clock } = dependencies;
  const { markets = ['KOSPI', 'KOSDAQ'], rankExclusions = COMMON_STOCK_ONLY } = dependencies;
  const transport = new HttpTransport();
  const time = { clock, brokerClock };
  const trading = openKey({ settings, tokenStore, budget }, transport, time);
  const { credentials, reader } = trading;
  const feed = new KisFeed({ settings, credentials, ...time });
  const market = quotes === undefined ? trading : openKey(quotes, transport, time);
  const quoteFeed =
    quotes === undefined
      ? feed
      : // The account tells whose notices are wanted; this feed asks for none.
        new KisFeed({
          settings: { ...quotes.settings, accountId: settings.accountId },
          credentials: market.credentials,
          ...time,
        });
  const { masterUrl, profile, htsId } = quotes?.settings ?? settings;
  const masters = new MasterFiles({ masterUrl, markets, transport, brokerClock });
  const spelling = new SymbolSpelling();
  const reads = new MarketReads({ profile, reader: market.reader });
  const looking = {
    reads,
    days: new MarketDays({ reads, brokerClock }),
    spelling,
    brokerClock,
    rankExclusions,
  };
  const client = new KisOrderClient({ settings, transport, credentials, budget });
  const shared = { settings, client, credentials, budget, reader, spelling, ...time };
  return {
    broker: new KisBroker({ ...shared, feed, quoteFeed }),
    marketData: new KisMarketData({ ...looking, feed: quoteFeed, masters }),
    lookup: new KisMarketLookup({ ...looking, htsId }),
    feed,
    quoteFeed,
    close: async () => {
      // A token call under way would be lost with its connection, and the next process would wait for it.
      const feeds = new Set([feed, quoteFeed]);
      const keys = new Set([credentials, market.credentials]);
      await Promise.all([
        ...[...feeds].map((one) => one.disconnect()),
        ...[...keys].map((key) => key.close()),
      ]);
      transport.close();
    },
  };
}

/** A token and a reader of one key. */
function openKey(
  { settings, tokenStore: store, budget }: KisQuoteAccess,
  transport: HttpTransport,
  { brokerClock }: { readonly brokerClock: MarketClock },
): { readonly credentials: KisCredentials; readonly reader: KisReader } {
  const credentials = new KisCredentials({ settings, transport, store, budget, brokerClock });
  const client = new KisRestClient({ settings, transport, credentials, budget });
  return { credentials, reader: new KisReader({ client, credentials, budget, brokerClock }) };
}
