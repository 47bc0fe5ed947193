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
 * The settings that the fleet would start with, addresses overridden by flags. A look at the broker
 * needs no database and loses nothing, so LIVE gets by without either here. @throws SettingsError
 */
export function doctorSettings(environment: Environment, flags: DoctorFlags): DoctorSettings {
  const asked: Environment = {
    ...environment,
    DB_URL: environment['DB_URL'] || 'postgresql://not-asked',
    DAILY_LOSS_LIMIT: environment['DAILY_LOSS_LIMIT'] || '0',
    ...(flags.restUrl === undefined ? {} : { KIS_REST_BASE_URL: flags.restUrl }),
    ...(flags.wsUrl === undefined ? {} : { KIS_WS_URL: flags.wsUrl }),
    ...(flags.masterUrl === undefined ? {} : { KIS_MASTER_URL: flags.masterUrl }),
  };
  if (!environment['MODE']) throw new SettingsError(['MODE must be SIM, PAPER or LIVE']);
  const fleet = loadFleetSettings(asked, { needsBroker: true });
  const { kis, mode } = fleet;
  if (kis !== undefined) return { fleet, kis };
  const missing = NEEDED.filter((name) => !environment[name]);
  throw new SettingsError(missing.map((name) => `MODE=${mode} needs ${name}`));
}
