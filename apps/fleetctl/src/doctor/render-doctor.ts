import { createColors } from 'picocolors';
import type { DoctorTexts } from './doctor-texts.ts';
import type { DoctorReport, Finding, FindingStatus } from './finding.ts';

const MARK: Readonly<Record<FindingStatus, string>> = { ok: '✓', failed: '✗', skipped: '–' };

/** One line, and below a failure what to do. */
export function renderFinding(
  { id, status, detail, advice }: Finding,
  texts: DoctorTexts,
  withColor: boolean,
): readonly string[] {
  const colors = createColors(withColor);
  const paint = { ok: colors.green, failed: colors.red, skipped: colors.dim }[status];
  return [
    `${paint(MARK[status])} ${texts.names[id]}: ${detail}`,
    ...(advice === undefined ? [] : [`  → ${advice}`]),
  ];
}

export function renderRest(report: DoctorReport, texts: DoctorTexts): readonly string[] {
  const count = (status: FindingStatus): number =>
    report.findings.filter((finding) => finding.status === status).length;
  const seen = report.measurements.map(
    (measurement) => `  ${measurement.point}: ${measurement.seen}`,
  );
  return [
    ...(seen.length === 0 ? [] : ['', texts.measured, ...seen]),
    '',
    texts.summary(count('ok'), count('failed'), count('skipped')),
  ];
}
