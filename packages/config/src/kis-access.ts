import { z } from 'zod';
import { givenWholeNumber, url } from './fields.ts';

/** A server of KIS's and a key to it. */
export interface KisKey {
  readonly profile: 'live' | 'paper';
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly masterUrl: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly htsId: string;
  /** REST calls a second; 18 live and 1 paper by the notice of 2026-04-20, 20 and 2 before. */
  readonly callsPerSecond: number;
}

/** A corporation's identity; a person has none. */
export interface CorporateAccess {
  readonly personalSecretKey: string;
  readonly phoneNumber: string | undefined;
  readonly ipAddress: string | undefined;
  readonly macAddress: string | undefined;
}

/** How the fleet reaches KIS; read by the gateway alone. */
export interface KisAccess extends KisKey {
  /** CANO-PRDT, for example 50012345-01. */
  readonly accountId: string;
  /** Live quotes for an account that trades on paper; undefined: the trading key reads them. */
  readonly quotes: KisKey | undefined;
  /** Undefined: the account is a person's. */
  readonly corporate: CorporateAccess | undefined;
}

const HOSTS = {
  LIVE: {
    rest: 'https://openapi.koreainvestment.com:9443',
    ws: 'ws://ops.koreainvestment.com:21000/tryitout',
  },
  PAPER: {
    rest: 'https://openapivts.koreainvestment.com:29443',
    ws: 'ws://ops.koreainvestment.com:31000/tryitout',
  },
} as const;

const MASTER_URL = 'https://new.real.download.dws.co.kr/common/master';
const CALLS_PER_SECOND = { live: 18, paper: 1 } as const;

const appKey = () => z.string().length(36, 'must have 36 characters').optional();
const appSecret = () => z.string().length(180, 'must have 180 characters').optional();
const restUrl = () => url(['https:', 'http:']).optional();
const wsUrl = () => url(['ws:', 'wss:']).optional();
const text = () => z.string().trim().min(1, 'must not be blank').optional();

export const kisVariables = {
  KIS_APP_KEY: appKey(),
  KIS_APP_SECRET: appSecret(),
  KIS_ACCOUNT: z
    .string()
    .regex(/^\d{8}-\d{2}$/, 'must look like 50012345-01')
    .optional(),
  KIS_HTS_ID: text(),
  KIS_PROFILE: z.enum(['live', 'paper'], 'must be live or paper').optional(),
  KIS_REST_BASE_URL: restUrl(),
  KIS_WS_URL: wsUrl(),
  KIS_MASTER_URL: restUrl(),
  KIS_CALLS_PER_SECOND: givenWholeNumber(1, 100).optional(),
  KIS_QUOTE_APP_KEY: appKey(),
  KIS_QUOTE_APP_SECRET: appSecret(),
  KIS_QUOTE_HTS_ID: text(),
  KIS_QUOTE_REST_BASE_URL: restUrl(),
  KIS_QUOTE_WS_URL: wsUrl(),
  KIS_QUOTE_CALLS_PER_SECOND: givenWholeNumber(1, 100).optional(),
  KIS_CUSTOMER_TYPE: z.enum(['P', 'B'], 'must be P (person) or B (corporation)').default('P'),
  KIS_PERSONAL_SECKEY: text(),
  KIS_PHONE_NUMBER: text(),
  KIS_IP_ADDRESS: text(),
  KIS_MAC_ADDRESS: text(),
};

const Variables = z.object(kisVariables);
type KisVariables = z.infer<typeof Variables> & { readonly MODE: 'SIM' | 'PAPER' | 'LIVE' };

const SECRET_NAMES = ['KIS_APP_KEY', 'KIS_APP_SECRET', 'KIS_ACCOUNT'] as const;

/** Undefined without keys. What is wrong is added to `problems`. */
export function kisAccess(
  v: KisVariables,
  needsBroker: boolean,
  problems: string[],
): KisAccess | undefined {
  if (v.MODE !== 'SIM' && needsBroker) {
    for (const name of SECRET_NAMES) if (!v[name]) problems.push(`MODE=${v.MODE} needs ${name}`);
    // Without it KIS tells of no fill, and the fleet would learn of each by reading the list.
    if (!v.KIS_HTS_ID) problems.push(`MODE=${v.MODE} needs KIS_HTS_ID: notices of fills go to it`);
  }
  if (!v.KIS_APP_KEY || !v.KIS_APP_SECRET || !v.KIS_ACCOUNT) return undefined;
  const profile =
    v.MODE === 'SIM' ? (v.KIS_PROFILE ?? 'live') : v.MODE === 'LIVE' ? 'live' : 'paper';
  const hosts = v.MODE === 'SIM' ? undefined : HOSTS[v.MODE];
  const rest = v.KIS_REST_BASE_URL ?? hosts?.rest;
  const ws = v.KIS_WS_URL ?? hosts?.ws;
  if (!rest || !ws) {
    problems.push('MODE=SIM with KIS keys needs KIS_REST_BASE_URL and KIS_WS_URL of the simulator');
    return undefined;
  }
  if (v.MODE === 'LIVE' && (rest !== HOSTS.LIVE.rest || ws !== HOSTS.LIVE.ws)) {
    problems.push('MODE=LIVE takes only the live hosts: unset KIS_REST_BASE_URL and KIS_WS_URL');
  }
  return {
    profile,
    restUrl: rest,
    wsUrl: ws,
    masterUrl: v.KIS_MASTER_URL ?? MASTER_URL,
    appKey: v.KIS_APP_KEY,
    appSecret: v.KIS_APP_SECRET,
    accountId: v.KIS_ACCOUNT,
    htsId: v.KIS_HTS_ID ?? '',
    callsPerSecond: v.KIS_CALLS_PER_SECOND ?? CALLS_PER_SECOND[profile],
    quotes: quoteKey(v, problems),
    corporate: corporateAccess(v, problems),
  };
}

/** A live key that only reads. Where one key trades live already, a second would change nothing. */
function quoteKey(v: KisVariables, problems: string[]): KisKey | undefined {
  const { KIS_QUOTE_APP_KEY: key, KIS_QUOTE_APP_SECRET: secret } = v;
  if (!key && !secret) return undefined;
  if (!key || !secret) {
    problems.push('KIS_QUOTE_APP_KEY and KIS_QUOTE_APP_SECRET go together');
    return undefined;
  }
  if (v.MODE === 'LIVE') {
    problems.push('MODE=LIVE reads quotes with its trading key: unset KIS_QUOTE_APP_KEY');
    return undefined;
  }
  const hosts = v.MODE === 'PAPER' ? HOSTS.LIVE : undefined;
  const rest = v.KIS_QUOTE_REST_BASE_URL ?? hosts?.rest;
  const ws = v.KIS_QUOTE_WS_URL ?? hosts?.ws;
  if (!rest || !ws) {
    problems.push('MODE=SIM with a quote key needs KIS_QUOTE_REST_BASE_URL and KIS_QUOTE_WS_URL');
    return undefined;
  }
  return {
    profile: 'live',
    restUrl: rest,
    wsUrl: ws,
    masterUrl: v.KIS_MASTER_URL ?? MASTER_URL,
    appKey: key,
    appSecret: secret,
    htsId: v.KIS_QUOTE_HTS_ID ?? v.KIS_HTS_ID ?? '',
    callsPerSecond: v.KIS_QUOTE_CALLS_PER_SECOND ?? CALLS_PER_SECOND.live,
  };
}

function corporateAccess(v: KisVariables, problems: string[]): CorporateAccess | undefined {
  if (v.KIS_CUSTOMER_TYPE === 'P') return undefined;
  if (!v.KIS_PERSONAL_SECKEY) {
    problems.push('KIS_CUSTOMER_TYPE=B needs KIS_PERSONAL_SECKEY');
    return undefined;
  }
  return {
    personalSecretKey: v.KIS_PERSONAL_SECKEY,
    phoneNumber: v.KIS_PHONE_NUMBER,
    ipAddress: v.KIS_IP_ADDRESS,
    macAddress: v.KIS_MAC_ADDRESS,
  };
}

/** The variables that say so: for who starts the gateway. */
export function kisEnvironment(access: KisAccess): Record<string, string> {
  const { quotes, corporate } = access;
  const variables: Readonly<Record<string, string | undefined>> = {
    KIS_PROFILE: access.profile,
    KIS_APP_KEY: access.appKey,
    KIS_APP_SECRET: access.appSecret,
    KIS_ACCOUNT: access.accountId,
    KIS_HTS_ID: access.htsId,
    KIS_REST_BASE_URL: access.restUrl,
    KIS_WS_URL: access.wsUrl,
    KIS_MASTER_URL: access.masterUrl,
    KIS_CALLS_PER_SECOND: String(access.callsPerSecond),
    KIS_QUOTE_APP_KEY: quotes?.appKey,
    KIS_QUOTE_APP_SECRET: quotes?.appSecret,
    KIS_QUOTE_HTS_ID: quotes?.htsId,
    KIS_QUOTE_REST_BASE_URL: quotes?.restUrl,
    KIS_QUOTE_WS_URL: quotes?.wsUrl,
    KIS_QUOTE_CALLS_PER_SECOND: quotes === undefined ? undefined : String(quotes.callsPerSecond),
    KIS_CUSTOMER_TYPE: corporate === undefined ? undefined : 'B',
    KIS_PERSONAL_SECKEY: corporate?.personalSecretKey,
    KIS_PHONE_NUMBER: corporate?.phoneNumber,
    KIS_IP_ADDRESS: corporate?.ipAddress,
    KIS_MAC_ADDRESS: corporate?.macAddress,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
