import { kstDate, kstInstant } from '@fleet/krx';

/** When KIS renews its master files, every day. */
const UPDATE_TIMES = [
  '06:00',
  '06:55',
  '07:35',
  '07:55',
  '08:45',
  '09:46',
  '10:55',
  '17:10',
  '17:30',
  '17:55',
  '18:10',
  '18:30',
  '18:55',
];

const DAY_MS = 86_400_000;

/** The last renewal before an instant (epoch ms). */
export function lastMasterUpdate(now: number): number {
  const today = kstDate(now);
  const passed = UPDATE_TIMES.map((time) => kstInstant(today, time)).filter((at) => at <= now);
  return passed.at(-1) ?? kstInstant(kstDate(now - DAY_MS), '18:55');
}

/** Whether files read at an instant have been renewed since. */
export function isMasterStale(readAt: number, now: number): boolean {
  return readAt < lastMasterUpdate(now);
}
