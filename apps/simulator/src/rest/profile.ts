/** What differs between KIS's two servers, as far as a client can see it. */
export type ProfileName = 'live' | 'paper';

export interface Profile {
  readonly name: ProfileName;
  /** KRX_FWDG_ORD_ORGNO of accepted orders. Live: any branch; paper: always 00950. */
  readonly branch: string;
  /** Calls a second. Configurable: KIS's notices say 20 and 2, later 18 and 1. */
  readonly callsPerSecond: number;
  readonly pageSizes: { readonly balance: number; readonly orders: number; readonly open: number };
  /** Market codes that quotations take. */
  readonly marketCodes: ReadonlySet<string>;
}

const LIVE_PROFILE: Profile = {
  name: 'live',
  branch: '06010',
  callsPerSecond: 20,
  pageSizes: { balance: 50, orders: 100, open: 50 },
  marketCodes: new Set(['J', 'NX', 'UN']),
};

const PAPER_PROFILE: Profile = {
  name: 'paper',
  branch: '00950',
  callsPerSecond: 2,
  pageSizes: { balance: 20, orders: 15, open: 15 },
  marketCodes: new Set(['J']),
};

export function profileOf(name: ProfileName, callsPerSecond?: number): Profile {
  const profile = name === 'live' ? LIVE_PROFILE : PAPER_PROFILE;
  return callsPerSecond === undefined ? profile : { ...profile, callsPerSecond };
}
