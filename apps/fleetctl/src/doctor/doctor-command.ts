import { type Environment, localeOf } from '@fleet/config';
import { openBrokerEyes } from '../bootstrap.ts';
import { type DoctorFlags, doctorSettings } from './doctor-settings.ts';
import { doctorTexts } from './doctor-texts.ts';
import type { DoctorReport } from './finding.ts';
import { renderFinding, renderRest } from './render-doctor.ts';
import { Doctor } from './run-doctor.ts';

export interface DoctorSurroundings {
  readonly environment: Environment;
  readonly nodeVersion: string;
  readonly withColor: boolean;
  readonly print: (line: string) => void;
}

/** Looks at the broker through read-only eyes. True when nothing failed. @throws SettingsError */
export async function doctorCommand(
  flags: DoctorFlags,
  surroundings: DoctorSurroundings,
): Promise<boolean> {
  const { environment, nodeVersion, print, withColor } = surroundings;
  const { fleet, kis } = doctorSettings(environment, flags);
  const texts = doctorTexts(localeOf(environment));
  const { probe, profile, close } = await openBrokerEyes(kis, fleet.marketClockUrl);
  if (!flags.json) print(texts.title(kis.profile, kis.restUrl));
  const doctor = new Doctor({
    probe,
    profile,
    kis,
    mode: fleet.mode,
    texts,
    nodeVersion,
    symbol: flags.symbol,
    watchMs: flags.watchSeconds * 1000,
    signal: new AbortController().signal,
    onFinding: (finding) => {
      if (!flags.json) for (const line of renderFinding(finding, texts, withColor)) print(line);
    },
  });
  try {
    await doctor.run();
  } finally {
    await close();
  }
  const { findings, measurements } = doctor;
  const report: DoctorReport = { mode: fleet.mode, profile: kis.profile, findings, measurements };
  if (flags.json) print(JSON.stringify(report, undefined, 2));
  else for (const line of renderRest(report, texts)) print(line);
  return findings.every(({ status }) => status !== 'failed');
}
