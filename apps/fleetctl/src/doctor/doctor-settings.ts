import {
  type Environment,
  type FleetSettings,
  type KisAccess,
  loadFleetSettings,
  SettingsError,
} from '@fleet/config';

export interface DoctorFlags {
  readonly json: boolean;
  readonly symbol: string | undefined;
  /** Real seconds that the feed is listened to. */
  readonly watchSeconds: number;
  readonly restUrl: string | undefined;
  readonly wsUrl: string | undefined;
  readonly masterUrl: string | undefined;
}

export interface DoctorSettings {
  readonly fleet: FleetSettings;
  readonly kis: KisAccess;
}

const NEEDED = ['KIS_APP_KEY', 'KIS_APP_SECRET', 'KIS_ACCOUNT'] as const;

/**
 * The fleet's own settings, addresses overridden by flags. A look at the broker needs no database,
 * so LIVE gets by without one here. @throws SettingsError
 */
export function doctorSettings(environment: Environment, flags: DoctorFlags): DoctorSettings {
  const asked: Environment = {
    ...environment,
    DB_URL: environment['DB_URL'] || 'postgresql://not-asked',
    ...(flags.restUrl === undefined ? {} : { KIS_REST_BASE_URL: flags.restUrl }),
    ...(flags.wsUrl === undefined ? {} : { KIS_WS_URL: flags.wsUrl }),
    ...(flags.masterUrl === undefined ? {} : { KIS_MASTER_URL: flags.masterUrl }),
  };
  if (!environment['MODE']) throw new SettingsError(['MODE must be SIM, PAPER or LIVE']);
  const missing = NEEDED.filter((name) => !environment[name]);
  if (missing.length > 0) throw new SettingsError(missing.map((name) => `${name} is missing`));
  const fleet = loadFleetSettings(asked);
  if (fleet.kis === undefined) throw new SettingsError(['the KIS settings are not complete']);
  return { fleet, kis: fleet.kis };
}
