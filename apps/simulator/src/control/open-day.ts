import { KRX_CALENDAR, kstDate, type TradeDate, type TradingCalendar } from '@fleet/krx';
import type { DayInput } from '../day/day-data.ts';
import { openDayFile } from '../day/day-file.ts';
import { generateDays } from '../day/generated/generated-days.ts';
import { withMarketEvents } from '../day/market-events.ts';
import { withFamiliarCodes } from './familiar-codes.ts';
import type { SimulatorSettings } from './simulator-settings.ts';

/**
 * Where the days come from. A generated day without a date is today's for a run that stands alone
 * (clients of others ask for "today" by their own clock), and the generator's fixed one for a run
 * with a name, which must find the same day again when it is resumed. A run that stands alone also
 * lists codes that clients of others ask for.
 * @throws InputError
 */
export function openDay(settings: SimulatorSettings, realMs: number): DayInput {
  const { marketEvents } = settings;
  const calendar = marketEvents?.calendar ?? KRX_CALENDAR;
  const input = openSource(settings, calendar, realMs);
  return marketEvents === undefined ? input : withMarketEvents(input, marketEvents);
}

function openSource(
  { day, daily, from, schema }: SimulatorSettings,
  calendar: TradingCalendar,
  realMs: number,
): DayInput {
  if (day.kind === 'FILE') return openDayFile({ file: day.file, daily, from, calendar });
  const standsAlone = schema === undefined;
  const first = from ?? (standsAlone ? presentTradingDay(realMs) : undefined);
  const generated = generateDays({ seed: day.seed, from: first, calendar });
  return standsAlone ? withFamiliarCodes(generated) : generated;
}

/** Today, or the next trading day; undefined where the calendar ends. */
function presentTradingDay(realMs: number): TradeDate | undefined {
  const today = kstDate(realMs);
  if (!KRX_CALENDAR.covers(today)) return undefined;
  return KRX_CALENDAR.isTradingDay(today) ? today : KRX_CALENDAR.next(today);
}
