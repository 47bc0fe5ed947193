import { createHash } from 'node:crypto';
import type { FleetSettings } from '@fleet/config';
import { KRX_CALENDAR, kstDate, parseTradeDate, type TradeDate } from '@fleet/krx';
import type { Clock, Run, RunRegistry } from '@fleet/service-layer';
import type { SupervisorFlags } from '../flags.ts';

export interface ChosenRun {
  readonly run: Run;
  readonly resumed: boolean;
}

/** SIM parameters of a run, enough to start its exchange again on the same day. */
export interface SimulatedDay {
  readonly day: string;
  readonly seed: string;
  readonly daily: string | undefined;
  /** Undefined: the simulator takes it from the day file. */
  readonly from: string | undefined;
  readonly days: string;
  readonly at: string | undefined;
  readonly cash: string;
  /** Which of KIS's servers the simulator plays. */
  readonly profile: 'live' | 'paper';
}

const CASH_MIN = 100_000_000n;

/** The same command resumes its unfinished run; after a finished one it starts a new one. */
export async function chooseRun(
  registry: RunRegistry,
  settings: FleetSettings,
  flags: SupervisorFlags,
  clock: Clock,
): Promise<ChosenRun> {
  const fingerprint = fingerprintOf(settings, flags);
  const unfinished = await registry.findUnfinished(fingerprint);
  if (unfinished) return { run: unfinished, resumed: true };
  const number = (await registry.count()) + 1;
  const run = newRun(settings, flags, clock, number, fingerprint);
  await registry.create(run);
  return { run, resumed: false };
}

function fingerprintOf(settings: FleetSettings, flags: SupervisorFlags): string {
  const { day, daily, from, days, at, capital } = flags;
  const parts =
    settings.mode === 'SIM'
      ? { mode: 'SIM', day, daily, from, days, at, capital, profile: paperOnly(settings) }
      : { mode: settings.mode, schema: schemaOutsideSim(settings) };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Undefined leaves the fingerprint of a live-like run as it is without the setting. */
function paperOnly({ simProfile }: FleetSettings): 'paper' | undefined {
  return simProfile === 'paper' ? simProfile : undefined;
}

function schemaOutsideSim(settings: FleetSettings): string {
  return settings.dbSchema ?? `fleet_${settings.mode.toLowerCase()}`;
}

function newRun(
  settings: FleetSettings,
  flags: SupervisorFlags,
  clock: Clock,
  number: number,
  fingerprint: string,
): Run {
  const today = kstDate(clock.now());
  if (settings.mode !== 'SIM') {
    const schema = schemaOutsideSim(settings);
    return {
      runId: schema,
      schema,
      mode: settings.mode,
      fingerprint,
      firstDate: today,
      parameters: {},
    };
  }
  const firstDate = flags.from ?? dateInName(flags.day) ?? newestTradingDay(today);
  const runId = `sim-${firstDate.replaceAll('-', '')}-${String(number).padStart(4, '0')}`;
  // Containers that start beside this one know the schema by its name.
  const schema = settings.dbSchema ?? runId.replaceAll('-', '_');
  const parameters = Object.fromEntries(
    Object.entries(simulatedDay(settings, flags, firstDate, number)).filter(
      ([, value]) => value !== undefined,
    ),
  ) as Record<string, string>;
  return { runId, schema, mode: 'SIM', fingerprint, firstDate, parameters };
}

/** Each new generated day is another one, and each can be had again by its seed. */
function simulatedDay(
  settings: FleetSettings,
  flags: SupervisorFlags,
  firstDate: TradeDate,
  number: number,
): SimulatedDay {
  const generated = flags.day.startsWith('generated');
  const seed = /^generated:(\d+)$/.exec(flags.day)?.[1] ?? String(number);
  const invested = BigInt(flags.capital) * BigInt(flags.workers) * 3n;
  return {
    day: generated ? `generated:${seed}` : flags.day,
    seed,
    daily: flags.daily,
    from: generated ? firstDate : flags.from,
    days: String(flags.days),
    at: flags.at,
    cash: String(invested > CASH_MIN ? invested : CASH_MIN),
    profile: settings.simProfile,
  };
}

function dateInName(day: string): TradeDate | undefined {
  const digits = /(20\d{6})/.exec(day.split(/[\\/]/).at(-1) ?? '')?.[1];
  return digits === undefined ? undefined : parseTradeDate(digits);
}

function newestTradingDay(today: TradeDate): TradeDate {
  return KRX_CALENDAR.isTradingDay(today) ? today : KRX_CALENDAR.previous(today);
}

/** @throws nothing: a run's parameters were written by this module */
export function simulatedDayOf(run: Run): SimulatedDay {
  const { day, seed, daily, from, days, at, cash, profile } = run.parameters;
  return {
    day: day ?? 'generated',
    seed: seed ?? '1',
    daily,
    from,
    days: days ?? '1',
    at,
    cash: cash ?? String(CASH_MIN),
    profile: profile === 'paper' ? 'paper' : 'live',
  };
}
