import type { FeedSight, KisProfile } from '../bootstrap.ts';
import type { DoctorTexts } from './doctor-texts.ts';
import type { Measurement } from './finding.ts';

const SECOND_MS = 1000;

/** What a session showed of the points that are open. */
export function feedMeasurements(
  sight: FeedSight,
  profile: KisProfile,
  texts: DoctorTexts,
): readonly Measurement[] {
  const { points, nothingCame } = texts;
  const { trade, book, notice } = profile.feedTrIds;
  const told = [trade, book, profile.marketStateTrId].filter((trId) => trId !== undefined);
  const noticeAnswer = sight.answers.find(({ trId }) => trId === notice);
  const gaps = sight.pingGapsMs.map((gap) => (gap / SECOND_MS).toFixed(1));
  const rejects = [...sight.rejects].map(([reason, count]) => `${reason} ${count}`);
  return [
    ...told.map((trId) => ({
      point: points.columns(trId),
      seen: sight.columns.get(trId)?.join(', ') ?? nothingCame,
    })),
    ...(noticeAnswer === undefined || noticeAnswer.encrypt === ''
      ? []
      : [{ point: points.encrypt, seen: noticeAnswer.encrypt }]),
    { point: points.ping, seen: gaps.length === 0 ? nothingCame : `${gaps.join(', ')} s` },
    ...(rejects.length === 0 ? [] : [{ point: points.rejects, seen: rejects.join(', ') }]),
  ];
}
