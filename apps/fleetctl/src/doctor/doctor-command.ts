import { LIVE_PROFILE, makeKisProbe, PAPER_PROFILE } from '@fleet/broker-kis';
import { AnchoredMarketClock, systemClock, wallMarketClock } from '@fleet/clock';
import { type Environment, localeOf } from '@fleet/config';
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
  const profile = kis.profile === 'live' ? LIVE_PROFILE : PAPER_PROFILE;
  const over = new AbortController();
  const brokerClock =
    fleet.marketClockUrl === undefined
      ? wallMarketClock
      : await AnchoredMarketClock.follow(fleet.marketClockUrl, over.signal);
  const { restUrl, wsUrl, masterUrl, appKey, appSecret, accountId, htsId, callsPerSecond } = kis;
  const probe = makeKisProbe(
    {
      profile,
      restUrl,
      wsUrl,
      masterUrl,
      appKey,
      appSecret,
      accountId,
      htsId,
      custtype: 'P',
    },
    { clock: systemClock, brokerClock, callsPerSecond },
  );
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
    signal: over.signal,
    onFinding: (finding) => {
      if (!flags.json) for (const line of renderFinding(finding, texts, withColor)) print(line);
    },
  });
  try {
    await doctor.run();
  } finally {
    over.abort();
    await probe.close();
  }
  const { findings, measurements } = doctor;
  const report: DoctorReport = { mode: fleet.mode, profile: kis.profile, findings, measurements };
  if (flags.json) print(JSON.stringify(report, undefined, 2));
  else for (const line of renderRest(report, texts)) print(line);
  return findings.every(({ status }) => status !== 'failed');
}
