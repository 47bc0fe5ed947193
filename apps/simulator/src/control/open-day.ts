import { KRX_CALENDAR, kstDate, type TradeDate } from '@fleet/krx';
import type { DayInput } from '../day/day-data.ts';
import { openDayFile } from '../day/day-file.ts';
import { generateDays } from '../day/generated/generated-days.ts';
import type { SimulatorSettings } from './simulator-settings.ts';

/**
 * Where the days come from. A generated day without a date is today's for a run that stands alone
 * (clients of others ask for "today" by their own clock), and the generator's fixed one for a run
 * with a name, which must find the same day again when it is resumed.
 * @throws InputError
 */
export function openDay(settings: SimulatorSettings, realMs: number): DayInput {
  const { day, daily, from, schema } = settings;
  const calendar = KRX_CALENDAR;
  if (day.kind === 'FILE') return openDayFile({ file: day.file, daily, from, calendar });
  const standsAlone = schema === undefined;
  const first = from ?? (standsAlone ? presentTradingDay(realMs) : undefined);
  return generateDays({ seed: day.seed, from: first, calendar });
}

/** Today, or the next trading day; undefined where the calendar ends. */
function presentTradingDay(realMs: number): TradeDate | undefined {
  const today = kstDate(realMs);
  if (!KRX_CALENDAR.covers(today)) return undefined;
  return KRX_CALENDAR.isTradingDay(today) ? today : KRX_CALENDAR.next(today);
}
