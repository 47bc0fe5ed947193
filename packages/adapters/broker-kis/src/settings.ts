import type { KisProfile } from './profile.ts';

/** What the adapter must be told; hosts default to the profile's. */
export interface KisSettings {
  readonly profile: KisProfile;
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly masterUrl: string;
  readonly appKey: string;
  readonly appSecret: string;
  /** CANO-PRDT, for example 50012345-01. */
  readonly accountId: string;
  /** Key of the notice registration; a wrong one makes KIS drop the socket without a word. */
  readonly htsId: string;
  /** P person, B corporation. */
  readonly custtype: 'P' | 'B';
}

export interface AccountParts {
  /** CANO, eight digits. */
  readonly number: string;
  /** ACNT_PRDT_CD, two digits. */
  readonly product: string;
}

const ACCOUNT = /^(\d{8})-?(\d{2})$/;

/** @throws RangeError unless eight digits, a dash and two digits */
export function accountParts(accountId: string): AccountParts {
  const match = ACCOUNT.exec(accountId);
  const [, number, product] = match ?? [];
  if (number === undefined || product === undefined) {
    throw new RangeError('the account must look like 50012345-01 (CANO-PRDT)');
  }
  return { number, product };
}
