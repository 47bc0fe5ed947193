import { basename } from 'node:path';
import {
  type Environment,
  loadFleetSettings,
  type Mode,
  readRuntimeFile,
  type RuntimeFile,
  runtimeFilePath,
  SettingsError,
} from '@fleet/config';
import type { Texts } from './texts.ts';

/** Where the fleet's database is, and what else its runtime file tells. */
export interface FleetAddress {
  readonly mode: Mode;
  readonly dbUrl: string;
  readonly schema: string;
  readonly marketClockUrl: string | undefined;
  /** Undefined when DB_URL and DB_SCHEMA named the fleet. */
  readonly file: RuntimeFile | undefined;
}

/** What is asked of the environment: a look at a fleet needs no key of the broker. */
const ASKED = ['DB_URL', 'DB_SCHEMA', 'MARKET_CLOCK_URL', 'LOG_LEVEL'] as const;

/**
 * DB_URL and DB_SCHEMA, else the runtime file of the data folder.
 * @throws SettingsError with one line saying what to do
 */
export function findFleet(environment: Environment, dataDir: string, texts: Texts): FleetAddress {
  const settings = loadFleetSettings(askedOf(environment));
  const { dbUrl, dbSchema, marketClockUrl } = settings;
  if (dbUrl !== undefined) {
    if (dbSchema === undefined) throw new SettingsError([texts.schemaMissing]);
    const mode = modeOf(environment);
    return { mode, dbUrl, schema: dbSchema, marketClockUrl, file: undefined };
  }
  const file = readRuntimeFile(dataDir);
  if (!file) throw new SettingsError([texts.noFleet(runtimeFilePath(dataDir))]);
  return {
    mode: file.mode,
    dbUrl: file.fleetDbUrl,
    schema: file.schema,
    marketClockUrl: file.marketClockUrl,
    file,
  };
}

/** With a mode of its own the whole environment would be checked, keys included. */
function askedOf(environment: Environment): Environment {
  const asked = Object.fromEntries(ASKED.map((name) => [name, environment[name]]));
  return environment['MODE'] ? { ...asked, MODE: 'SIM' } : asked;
}

/** @throws SettingsError */
function modeOf({ MODE: mode }: Environment): Mode {
  if (mode === 'SIM' || mode === 'PAPER' || mode === 'LIVE') return mode;
  throw new SettingsError(['MODE must be SIM, PAPER or LIVE']);
}

/** The fleet's name for a person: no password of its address. */
export function nameOf({ file, schema }: FleetAddress): string {
  return basename(file?.runId ?? schema);
}
