import { createHash } from 'node:crypto';
import type { KisAccess } from '@fleet/config';

/** Addresses of a running simulator. */
export interface SimulatorAddresses {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly controlUrl: string;
}

const ACCOUNT = '50012345-01';
const HTS_ID = 'simtrader';
/** What the servers allowed by the notice of 2026-04-20. */
const CALLS_PER_SECOND = { live: 18, paper: 1 } as const;

/**
 * Keys of a run's own simulator, made from the run's id so that a successor knows them. They open
 * nothing but a simulator on loopback.
 */
export function simulatedAccess(
  runId: string,
  addresses: SimulatorAddresses,
  profile: KisAccess['profile'],
): KisAccess {
  const { appKey, appSecret } = simulatedKeys(runId);
  return {
    profile,
    restUrl: addresses.restUrl,
    wsUrl: addresses.wsUrl,
    masterUrl: `${addresses.restUrl}/common/master`,
    appKey,
    appSecret,
    accountId: ACCOUNT,
    htsId: HTS_ID,
    callsPerSecond: CALLS_PER_SECOND[profile],
    quotes: undefined,
    corporate: undefined,
  };
}

export function simulatedKeys(runId: string): { appKey: string; appSecret: string } {
  const digest = (part: string): string =>
    createHash('sha512').update(`${part} of ${runId}`).digest('base64url');
  const appSecret = `${digest('secret 1')}${digest('secret 2')}${digest('secret 3')}`;
  return { appKey: `SIM${digest('key')}`.slice(0, 36), appSecret: appSecret.slice(0, 180) };
}
