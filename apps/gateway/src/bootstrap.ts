import {
  type KisAdapter,
  type KisKeySettings,
  type KisQuoteAccess,
  type KisSettings,
  LIVE_PROFILE,
  makeKisAdapter,
  PAPER_PROFILE,
  profileAt,
} from '@fleet/broker-kis';
import { AnchoredMarketClock, systemClock, wallMarketClock } from '@fleet/clock';
import type { KisKey } from '@fleet/config';
import { identifySelf, judgeProcess } from '@fleet/host';
import type { Logger } from '@fleet/observability';
import type { MarketClock } from '@fleet/service-layer';
import { makePool, makePostgresStores } from '@fleet/storage-postgres';
import { DEFAULT_RESERVE } from './budget/call-pace.ts';
import { Callers } from './budget/caller.ts';
import { PacedCallBudget } from './budget/paced-call-budget.ts';
import { TokenCustodian } from './credentials/token-custodian.ts';
import type { FeedSignals, GatewayOptions, GatewayPorts } from './gateway-ports.ts';
import { LOOKS } from './orders/last-look.ts';
import type { GatewaySettings } from './settings.ts';

/** Where the token of the quotes' own key is kept. */
const QUOTE_TOKEN = 'kis-quote-token';
/** Broker ms between polls of symbols without a slot. */
const POLL_MS = 3_000;

export interface GatewayParts {
  readonly ports: GatewayPorts;
  readonly options: GatewayOptions;
  close(): Promise<void>;
}

/** Opens everything that the gateway stands on. Nothing talks to the broker yet. */
export async function openGatewayParts(
  settings: GatewaySettings,
  log: Logger,
): Promise<GatewayParts> {
  const { dbUrl: url, schema, kis } = settings;
  const following = new AbortController();
  const marketClock: MarketClock = settings.marketClockUrl
    ? await AnchoredMarketClock.follow(settings.marketClockUrl, following.signal)
    : wallMarketClock;
  const onConnectionError = (error: Error): void => log.warn('DatabaseConnectionLost', { error });
  const applicationName = `fleet-gateway-${process.pid}`;
  const pool = makePool({ url, schema, applicationName, onConnectionError });
  const stores = makePostgresStores(pool, { url, schema, onConnectionError });
  const callers = new Callers();
  const budgetOf = (callsPerSecond: number): PacedCallBudget =>
    new PacedCallBudget({
      pace: { callsPerSecond, ...DEFAULT_RESERVE },
      brokerClock: marketClock,
      callers,
      onThrottled: (factor) => log.warn('CallsThrottled', { factor }),
    });
  const budget = budgetOf(kis.callsPerSecond);
  const kisSettings = kisSettingsOf(settings);
  const { quotes } = kis;
  const quoteAccess: KisQuoteAccess | undefined = quotes && {
    settings: keySettingsOf(quotes, settings),
    tokenStore: new TokenCustodian({
      secrets: stores.secrets,
      name: QUOTE_TOKEN,
      appSecret: quotes.appSecret,
      log,
    }),
    budget: budgetOf(quotes.callsPerSecond),
  };
  const adapter = makeKisAdapter(kisSettings, {
    tokenStore: new TokenCustodian({ secrets: stores.secrets, appSecret: kis.appSecret, log }),
    budget,
    ...(quoteAccess === undefined ? {} : { quotes: quoteAccess }),
    clock: systemClock,
    brokerClock: marketClock,
  });
  const ports: GatewayPorts = {
    broker: adapter.broker,
    marketData: adapter.marketData,
    lookup: adapter.lookup,
    feed: feedSignals(adapter),
    closeBroker: () => adapter.close(),
    budget,
    callers,
    orders: stores.orders,
    account: stores.account,
    leases: stores.leases,
    events: stores.events,
    clock: systemClock,
    marketClock,
    identity: identifySelf(),
    judgeProcess,
    log,
  };
  return {
    ports,
    options: gatewayOptionsOf(settings, kisSettings),
    async close() {
      await stores.close();
      await pool.end();
      following.abort();
    },
  };
}

function kisSettingsOf(settings: GatewaySettings): KisSettings {
  const { kis } = settings;
  return { ...keySettingsOf(kis, settings), accountId: kis.accountId };
}

/** Seen from where the orders go; the server that has only KRX sees only that. */
function keySettingsOf(key: KisKey, { fleet, kis }: GatewaySettings): KisKeySettings {
  const { restUrl, wsUrl, masterUrl, appKey, appSecret, htsId } = key;
  const { venue, answerDeadlineMs } = fleet.trading;
  const atVenue = profileAt(key.profile === 'live' ? LIVE_PROFILE : PAPER_PROFILE, venue);
  // After so long an order is an open question: nobody goes on waiting for its answer.
  const profile = { ...atVenue, answerDeadlineMs };
  const { corporate } = kis;
  return { profile, restUrl, wsUrl, masterUrl, appKey, appSecret, htsId, corporate };
}

/** Both feeds as one: a lost one is a gap, whichever it is. */
function feedSignals({ feed, quoteFeed }: KisAdapter): FeedSignals {
  if (quoteFeed === feed) return feed;
  return {
    get isConnected() {
      return feed.isConnected && quoteFeed.isConnected;
    },
    listen(events) {
      feed.listen(events);
      quoteFeed.listen(events);
    },
  };
}

function gatewayOptionsOf(settings: GatewaySettings, { profile }: KisSettings): GatewayOptions {
  const { address, token, tls, kis, fleet } = settings;
  return {
    address,
    token,
    tls,
    accountId: kis.accountId,
    registrations: profile.registrationsMax,
    pollMs: POLL_MS,
    leaseTtlMs: fleet.lock.ttlMs,
    leaseRenewMs: fleet.lock.renewMs,
    leaseMarginMs: fleet.lock.marginMs,
    sendDeadlineMs: fleet.lock.sendDeadlineMs,
    answerDeadlineMs: fleet.trading.answerDeadlineMs,
    looks: LOOKS,
  };
}
