import {
  type FeedSight,
  type KisProbe,
  type KisProfile,
  LIVE_PROFILE,
  makeKisProbe,
  PAPER_PROFILE,
  profileAt,
} from '@fleet/broker-kis';
import { AnchoredMarketClock, systemClock, wallMarketClock } from '@fleet/clock';
import type { KisAccess, KisKey } from '@fleet/config';
import { judgeProcess } from '@fleet/host';
import type { ProcessIdentity } from '@fleet/service-layer';
import { makePool, makePostgresStores, type PostgresStores } from '@fleet/storage-postgres';
import type { FleetAddress } from './fleet-address.ts';

export interface FleetAccess {
  readonly stores: PostgresStores;
  /** Market epoch ms; undefined when the exchange of a simulation does not tell. */
  readonly marketNow: () => Promise<number | undefined>;
  readonly judge: (process: ProcessIdentity) => 'alive' | 'dead' | 'unknown';
  readonly close: () => Promise<void>;
}

/** A stop must not wait for a clock that may be dead. */
const CLOCK_PATIENCE_MS = 1_000;

/** Opens the fleet's database; nothing is connected before the first question. */
export function openFleet(address: FleetAddress): FleetAccess {
  const { dbUrl: url, schema, mode, marketClockUrl } = address;
  const pool = makePool({ url, schema, applicationName: 'fleetctl', max: 2 });
  const stores = makePostgresStores(pool, { url, schema });
  return {
    stores,
    async marketNow() {
      if (mode !== 'SIM') return wallMarketClock.now();
      return marketClockUrl === undefined ? undefined : await simulatedNow(marketClockUrl);
    },
    judge: judgeProcess,
    async close() {
      await stores.close();
      await pool.end();
    },
  };
}

async function simulatedNow(url: string): Promise<number | undefined> {
  const following = new AbortController();
  try {
    return (await AnchoredMarketClock.follow(url, following.signal, CLOCK_PATIENCE_MS)).now();
  } catch {
    // True now: the simulator is not there; the caller records the last instant that is known.
    return undefined;
  } finally {
    following.abort();
  }
}

/** Stands where the probe wants an account; it is never sent. */
const NO_ACCOUNT = '00000000-00';

/** What the doctor looks at the broker with. */
export interface BrokerEyes {
  readonly probe: KisProbe;
  readonly profile: KisProfile;
  readonly close: () => Promise<void>;
}

export type { FeedSight, KisProbe, KisProfile };

/** Whose eyes: a key with an account, or the one that only reads quotes. */
export interface EyesSettings {
  readonly key: KisKey;
  /** Undefined for the quote key; nothing is asked in the name of an account then. */
  readonly accountId: string | undefined;
  readonly corporate: KisAccess['corporate'];
  readonly venue: 'KRX' | 'SOR';
  readonly marketClockUrl: string | undefined;
}

/** Reads only; needs no fleet and no database. @throws when a simulation's clock does not answer */
export async function openBrokerEyes(settings: EyesSettings): Promise<BrokerEyes> {
  const { key, corporate, venue, marketClockUrl } = settings;
  const { restUrl, wsUrl, masterUrl, appKey, appSecret, callsPerSecond } = key;
  const following = new AbortController();
  const brokerClock =
    marketClockUrl === undefined
      ? wallMarketClock
      : await AnchoredMarketClock.follow(marketClockUrl, following.signal, CLOCK_PATIENCE_MS);
  const profile = profileAt(key.profile === 'live' ? LIVE_PROFILE : PAPER_PROFILE, venue);
  const hasAccount = settings.accountId !== undefined;
  const accountId = settings.accountId ?? NO_ACCOUNT;
  const htsId = hasAccount ? key.htsId : '';
  const server = { profile, restUrl, wsUrl, masterUrl };
  const customer = { appKey, appSecret, accountId, htsId, corporate };
  const probe = makeKisProbe(
    { ...server, ...customer },
    { clock: systemClock, brokerClock, callsPerSecond },
  );
  return {
    probe,
    profile,
    async close() {
      following.abort();
      await probe.close();
    },
  };
}
