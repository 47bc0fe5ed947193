import type { KisProfile } from './profile.ts';

/** What a corporation says of itself with every call; a person says nothing. */
export interface CorporateIdentity {
  /** personalseckey */
  readonly personalSecretKey: string;
  readonly phoneNumber: string | undefined;
  readonly ipAddress: string | undefined;
  readonly macAddress: string | undefined;
}

/** A server and a key to it. There is no account in it: what is made of it reads and never orders. */
export interface KisKeySettings {
  readonly profile: KisProfile;
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly masterUrl: string;
  readonly appKey: string;
  readonly appSecret: string;
  /**
   * Key of the notice registration, where a wrong one makes KIS drop the socket without a word; also
   * whose saved conditions are read.
   */
  readonly htsId: string;
  /** Undefined: a person. */
  readonly corporate: CorporateIdentity | undefined;
}

/** custtype of every call and every feed message: P person, B corporation. */
export function customerType({ corporate }: KisKeySettings): 'P' | 'B' {
  return corporate === undefined ? 'P' : 'B';
}

/** What the adapter must be told to trade. */
export interface KisSettings extends KisKeySettings {
  /** CANO-PRDT, for example 50012345-01. */
  readonly accountId: string;
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
