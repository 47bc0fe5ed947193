import { resolve } from 'node:path';
import { type Environment, localeOf } from '@fleet/config';
import type { TradeDate } from '@fleet/krx';
import { type Credentials, inventCredentials } from '../auth/credentials.ts';
import type { MarketEvents } from '../day/market-events.ts';
import type { FaultScript } from '../faults/fault-rule.ts';
import { type Profile, type ProfileName, profileOf } from '../rest/profile.ts';
import { type DaySource, OptionChecks, type TlsFiles } from './option-checks.ts';

/** Everything the simulator was asked for; checked, nothing left to guess. */
export interface SimulatorSettings {
  /** Undefined: an embedded server under `dataDir`. */
  readonly dbUrl: string | undefined;
  /** Undefined: a new run in a schema of its own. */
  readonly schema: string | undefined;
  readonly dataDir: string;
  readonly host: string;
  /** REST speaks https with them. */
  readonly tls: TlsFiles | undefined;
  readonly ports: { readonly rest: number; readonly ws: number; readonly control: number };
  readonly day: DaySource;
  readonly daily: string | undefined;
  readonly from: TradeDate | undefined;
  /** How many trading days the run may have; undefined: as many as the source. */
  readonly days: number | undefined;
  /** 'HH:MM' at which a day begins. */
  readonly at: string | undefined;
  readonly speed: number;
  /** Wait at speed 1 until the control port says go. */
  readonly hold: boolean;
  readonly profile: Profile;
  readonly credentials: Credentials;
  readonly areInvented: boolean;
  readonly otherAppKey: string;
  /** Ten digits. */
  readonly account: string;
  readonly htsId: string;
  readonly cash: number;
  readonly seed: number;
  readonly participation: number;
  readonly slotLingerMs: number;
  readonly bookWidth: 59 | 62;
  readonly noticeWidth: 23 | 26;
  readonly marketEvents: MarketEvents | undefined;
  readonly faults: FaultScript | undefined;
  readonly json: boolean;
}

/** What commander hands over: texts as they were typed. */
export interface RawOptions {
  readonly dbUrl?: string;
  readonly schema?: string;
  readonly dataDir: string;
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly restPort: string;
  readonly wsPort: string;
  readonly controlPort: string;
  readonly day: string;
  readonly daily?: string;
  readonly from?: string;
  readonly days?: string;
  readonly at?: string;
  readonly speed: string;
  readonly hold?: boolean;
  readonly profile: string;
  readonly appKey?: string;
  readonly appSecret?: string;
  readonly account: string;
  readonly htsId: string;
  readonly cash: string;
  readonly seed: string;
  readonly participation: string;
  readonly rateLimit?: string;
  readonly slotLinger: string;
  readonly bookColumns: string;
  readonly noticeColumns: string;
  readonly marketEvents?: string;
  readonly faults?: string;
  readonly admin?: boolean;
  readonly json?: boolean;
}

/** @throws SettingsError with one line for each wrong option */
export function readSettings(raw: RawOptions, environment: Environment): SimulatorSettings {
  const check = new OptionChecks(localeOf(environment));
  const profileName = check.oneOf('--profile', raw.profile, ['live', 'paper']);
  const seed = check.whole('--seed', raw.seed, { min: 0 });
  const settings: SimulatorSettings = {
    dbUrl: raw.dbUrl ?? environment['SIM_DB_URL'],
    schema: check.matching('--schema', raw.schema, /^sim_[a-z0-9_]{1,50}$/, 'sim_ and letters'),
    dataDir: resolve(raw.dataDir),
    host: check.given('--host', raw.host),
    tls: check.tls(raw.tlsCert, raw.tlsKey),
    ports: {
      rest: check.whole('--rest-port', raw.restPort, { min: 0, max: 65_535 }),
      ws: check.whole('--ws-port', raw.wsPort, { min: 0, max: 65_535 }),
      control: check.whole('--control-port', raw.controlPort, { min: 0, max: 65_535 }),
    },
    day: check.day(raw.day),
    daily: raw.daily === undefined ? undefined : check.file('--daily', raw.daily),
    from: check.date(raw.from),
    days: raw.days === undefined ? undefined : check.whole('--days', raw.days, { min: 1 }),
    at: check.matching('--at', raw.at, /^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM'),
    speed: check.decimal('--speed', raw.speed, 600),
    hold: raw.hold === true,
    profile: profileOf(profileName, check.rate(raw.rateLimit)),
    ...keysOf(raw, environment, profileName, seed),
    account: check.account(raw.account),
    htsId: check.given('--hts-id', raw.htsId),
    cash: check.whole('--cash', raw.cash, { min: 0 }),
    seed,
    participation: check.decimal('--participation', raw.participation, 1),
    slotLingerMs: check.decimal('--slot-linger', raw.slotLinger, 86_400) * 1000,
    bookWidth: check.oneOf('--book-columns', raw.bookColumns, ['59', '62']) === '59' ? 59 : 62,
    noticeWidth:
      check.oneOf('--notice-columns', raw.noticeColumns, ['23', '26']) === '23' ? 23 : 26,
    marketEvents: check.marketEvents(raw.marketEvents),
    faults: check.faults(raw.faults) ?? (raw.admin === true ? { seed, rules: [] } : undefined),
    json: raw.json === true,
  };
  check.done();
  return settings;
}

function keysOf(
  raw: RawOptions,
  environment: Environment,
  profile: ProfileName,
  seed: number,
): Pick<SimulatorSettings, 'credentials' | 'areInvented' | 'otherAppKey'> {
  const invented = inventCredentials(profile, String(seed));
  const appKey = raw.appKey ?? environment['SIM_APP_KEY'];
  const appSecret = raw.appSecret ?? environment['SIM_APP_SECRET'];
  const other = profile === 'live' ? 'paper' : 'live';
  return {
    credentials: {
      appKey: appKey ?? invented.appKey,
      appSecret: appSecret ?? invented.appSecret,
    },
    areInvented: appKey === undefined || appSecret === undefined,
    otherAppKey: inventCredentials(other, String(seed)).appKey,
  };
}
