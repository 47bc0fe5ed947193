import { type Environment, localeOf, problemInKorean, SettingsError } from '@fleet/config';
import { openBrokerEyes } from '../bootstrap.ts';
import { type DoctorFlags, type DoctorSettings, doctorSettings } from './doctor-settings.ts';
import { doctorTexts, type DoctorTexts } from './doctor-texts.ts';
import type { DoctorReport, Finding, Measurement } from './finding.ts';
import { renderFinding, renderRest } from './render-doctor.ts';
import { Doctor } from './run-doctor.ts';

export interface DoctorSurroundings {
  readonly environment: Environment;
  readonly nodeVersion: string;
  readonly withColor: boolean;
  readonly print: (line: string) => void;
}

/** Looks at the broker through read-only eyes. True when nothing failed. */
export async function doctorCommand(
  flags: DoctorFlags,
  surroundings: DoctorSurroundings,
): Promise<boolean> {
  const { environment, print, withColor } = surroundings;
  const texts = doctorTexts(localeOf(environment));
  const findings: Finding[] = [];
  const measurements: Measurement[] = [];
  const onFinding = (finding: Finding): void => {
    findings.push(finding);
    if (!flags.json) for (const line of renderFinding(finding, texts, withColor)) print(line);
  };
  const settings = settingsOrFindings(flags, environment, texts, onFinding);
  if (settings !== undefined) {
    for (const key of ['trading', 'quotes'] as const) {
      measurements.push(
        ...(await examine(key, settings, flags, { surroundings, texts, onFinding })),
      );
    }
  }
  const { MODE: mode = '' } = environment;
  const profile = settings?.kis.profile ?? '';
  const report: DoctorReport = { mode, profile, findings, measurements };
  if (flags.json) print(JSON.stringify(report, undefined, 2));
  else for (const line of renderRest(report, texts)) print(line);
  return findings.every(({ status }) => status !== 'failed');
}

/** Undefined: nothing can be asked with these; each thing that is wrong has been told. */
function settingsOrFindings(
  flags: DoctorFlags,
  environment: Environment,
  texts: DoctorTexts,
  onFinding: (finding: Finding) => void,
): DoctorSettings | undefined {
  try {
    return doctorSettings(environment, flags);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) {
      const detail = localeOf(environment) === 'ko' ? problemInKorean(problem) : problem;
      onFinding({ id: 'settings', status: 'failed', detail, advice: texts.advice.settings });
    }
    return undefined;
  }
}

/** All that one key is for. A quote key has no account: what an account has is not asked of it. */
async function examine(
  key: 'trading' | 'quotes',
  { fleet, kis }: DoctorSettings,
  flags: DoctorFlags,
  out: {
    readonly surroundings: DoctorSurroundings;
    readonly texts: DoctorTexts;
    readonly onFinding: (finding: Finding) => void;
  },
): Promise<readonly Measurement[]> {
  const access = key === 'trading' ? kis : kis.quotes;
  if (access === undefined) return [];
  const { texts, onFinding } = out;
  const { print, nodeVersion } = out.surroundings;
  const { probe, profile, close } = await openBrokerEyes({
    key: access,
    accountId: key === 'trading' ? kis.accountId : undefined,
    corporate: kis.corporate,
    venue: fleet.trading.venue,
    marketClockUrl: fleet.marketClockUrl,
  });
  if (!flags.json) print(texts.title(key, access.profile, access.restUrl));
  const doctor = new Doctor({
    probe,
    profile,
    key,
    access,
    kis,
    mode: fleet.mode,
    texts,
    nodeVersion,
    symbol: flags.symbol,
    watchMs: flags.watchSeconds * 1000,
    signal: new AbortController().signal,
    onFinding: (finding) => onFinding(key === 'trading' ? finding : { ...finding, key }),
  });
  try {
    return await doctor.run();
  } finally {
    await close();
  }
}
