import { LIVE_PROFILE, makeKisAdapter, PAPER_PROFILE, type KisSettings } from '@fleet/broker-kis';
import { AnchoredMarketClock, systemClock, wallMarketClock } from '@fleet/clock';
import { identifySelf, judgeProcess } from '@fleet/host';
import type { Logger } from '@fleet/observability';
import type { MarketClock } from '@fleet/service-layer';
import { makePool, makePostgresStores } from '@fleet/storage-postgres';
import { DEFAULT_RESERVE } from './budget/call-pace.ts';
import { Callers } from './budget/caller.ts';
import { PacedCallBudget } from './budget/paced-call-budget.ts';
import { TokenCustodian } from './credentials/token-custodian.ts';
import type { GatewayOptions, GatewayPorts } from './gateway-ports.ts';
import { LOOKS } from './orders/last-look.ts';
import type { GatewaySettings } from './settings.ts';

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
  const budget = new PacedCallBudget({
    pace: { callsPerSecond: kis.callsPerSecond, ...DEFAULT_RESERVE },
    brokerClock: marketClock,
    callers,
    onThrottled: (factor) => log.warn('CallsThrottled', { factor }),
  });
  const kisSettings = kisSettingsOf(settings);
  const adapter = makeKisAdapter(kisSettings, {
    tokenStore: new TokenCustodian({ secrets: stores.secrets, appSecret: kis.appSecret, log }),
    budget,
    clock: systemClock,
    brokerClock: marketClock,
  });
  const ports: GatewayPorts = {
    broker: adapter.broker,
    marketData: adapter.marketData,
    feed: adapter.feed,
    closeBroker: () => adapter.close(),
    budget,
    callers,
    orders: stores.orders,
    account: stores.account,
    leases: stores.leases,
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

function kisSettingsOf({ kis }: GatewaySettings): KisSettings {
  const profile = kis.profile === 'live' ? LIVE_PROFILE : PAPER_PROFILE;
  const { restUrl, wsUrl, masterUrl, appKey, appSecret, accountId, htsId } = kis;
  return {
    profile,
    restUrl,
    wsUrl,
    masterUrl,
    appKey,
    appSecret,
    accountId,
    htsId,
    custtype: 'P',
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
