import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SettingsError } from '@fleet/config';
import { findStrategy, strategyNames } from '@fleet/domain';
import { KRX_CALENDAR, KrxRuleError, parseTradeDate, type TradeDate } from '@fleet/krx';

/** What the owner asked for on the command line; checked, nothing guessed. */
export interface SupervisorFlags {
  readonly workers: number;
  /** How many workers run which strategy; undefined: all run the configured one. */
  readonly strategies: readonly StrategyShare[] | undefined;
  /** Whole won, per worker. */
  readonly capital: string;
  /** `generated`, `generated:SEED`, or an absolute path of a day file. */
  readonly day: string;
  readonly daily: string | undefined;
  readonly from: TradeDate | undefined;
  readonly days: number;
  readonly at: string | undefined;
  readonly until: string | undefined;
  readonly speed: number;
  /** Rehearsal: faults of the run's own simulator, an absolute path. */
  readonly simFaults: string | undefined;
  readonly dataDir: string;
  readonly report: string | undefined;
}

export interface StrategyShare {
  readonly name: string;
  readonly workers: number;
}

interface RawFlags {
  readonly workers: string;
  readonly strategies?: string;
  readonly capital: string;
  readonly day: string;
  readonly daily?: string;
  readonly from?: string;
  readonly days: string;
  readonly at?: string;
  readonly until?: string;
  readonly speed: string;
  readonly simFaults?: string;
  readonly dataDir: string;
  readonly report?: string;
}

const CLOCK_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const SPEED_MAX = 600;
const WORKERS_MAX = 64;

/** @throws SettingsError with a line for each wrong flag; CommanderError for unknown ones and --help */
export function parseSupervisorFlags(argv: readonly string[]): SupervisorFlags {
  const command = makeCommand().parse(argv, { from: 'user' });
  const raw = command.opts<RawFlags>();
  const problems: string[] = [];
  const strategies = strategiesOf(raw.strategies, problems);
  const workers = wholeNumber('--workers', raw.workers, 0, WORKERS_MAX, problems);
  const shared = strategies?.reduce((sum, share) => sum + share.workers, 0);
  if (shared !== undefined && command.getOptionValueSource('workers') === 'cli') {
    problems.push('--workers and --strategies: the latter says how many workers there are');
  }
  const flags: SupervisorFlags = {
    workers: shared ?? workers,
    strategies,
    capital: wonText(raw.capital, problems),
    day: dayOf(raw.day, problems),
    daily: fileOf('--daily', raw.daily, problems),
    from: dateOf(raw.from, problems),
    days: wholeNumber('--days', raw.days, 1, 250, problems),
    at: timeOf('--at', raw.at, problems),
    until: timeOf('--until', raw.until, problems),
    speed: wholeNumber('--speed', raw.speed, 1, SPEED_MAX, problems),
    simFaults: fileOf('--sim-faults', raw.simFaults, problems),
    dataDir: resolve(raw.dataDir),
    report: raw.report === undefined ? undefined : resolve(raw.report),
  };
  if (flags.at !== undefined && flags.until !== undefined && flags.until <= flags.at) {
    problems.push(`--until ${flags.until}: must be later than --at ${flags.at}`);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return flags;
}

function makeCommand(): Command {
  return new Command('supervisor')
    .description(
      'Runs the market day: opens, recovers, watches, closes, settles. Without settings: SIM.',
    )
    .option('--workers <n>', 'worker processes to spawn', '3')
    .option(
      '--strategies <list>',
      'workers per strategy instead of --workers, for example momentum-breakout:3,pullback-rebound:1',
    )
    .option('--capital <won>', 'the most that each worker may have in one position', '10000000')
    .option(
      '--day <day>',
      'generated[:SEED] or a file of one-minute bars (.csv, .csv.gz); SIM',
      'generated',
    )
    .option('--daily <file>', 'daily bars to take the previous closes from; SIM')
    .option('--from <date>', 'the (first) trade date, YYYY-MM-DD; SIM')
    .option('--days <n>', 'trading days in a row; SIM', '1')
    .option('--at <HH:MM>', 'market time to begin at; SIM')
    .option(
      '--until <HH:MM>',
      'market time to stop at, in order; the same command goes on from there',
    )
    .option('--speed <n>', `market seconds per second, up to ${SPEED_MAX}; SIM`, '60')
    .option('--sim-faults <file>', 'rehearse: faults that the simulated broker shows (JSON); SIM')
    .option('--data-dir <folder>', 'database, logs and runtime file', '.data')
    .option('--report <file>', 'write the day as JSON')
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) });
}

function wholeNumber(
  flag: string,
  text: string,
  min: number,
  max: number,
  problems: string[],
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    problems.push(`${flag} ${text}: a whole number from ${min} to ${max}`);
  }
  return value;
}

function strategiesOf(
  text: string | undefined,
  problems: string[],
): readonly StrategyShare[] | undefined {
  if (text === undefined) return undefined;
  const shares = text.split(',').map((part) => {
    const [name = '', workers = ''] = part.split(':');
    return { name, workers: Number(/^\d{1,2}$/.test(workers) ? workers : 'NaN') };
  });
  const names = new Set(shares.map(({ name }) => name));
  const workers = shares.reduce((sum, share) => sum + share.workers, 0);
  const isWrong = shares.some(({ name, workers: count }) => name === '' || !(count >= 1));
  if (isWrong || names.size < shares.length || workers > WORKERS_MAX) {
    problems.push(
      `--strategies ${text}: name:workers, each name once, ${WORKERS_MAX} workers at most`,
    );
  }
  for (const name of names) {
    if (name !== '' && findStrategy(name) === undefined) {
      problems.push(`--strategies ${name}: no such strategy (${strategyNames().join(', ')})`);
    }
  }
  return shares;
}

function wonText(text: string, problems: string[]): string {
  if (!/^[1-9]\d{0,14}$/.test(text)) {
    problems.push(`--capital ${text}: whole won, for example --capital 10000000`);
  }
  return text;
}

function dayOf(text: string, problems: string[]): string {
  if (/^generated(:\d{1,9})?$/.test(text)) return text;
  if (text.startsWith('generated')) {
    problems.push(
      `--day ${text}: generated or generated:SEED with a whole number, for example generated:7`,
    );
    return text;
  }
  return fileOf('--day', text, problems) ?? text;
}

function fileOf(flag: string, text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined) return undefined;
  const path = resolve(text);
  if (!existsSync(path)) problems.push(`${flag} ${text}: no such file`);
  return path;
}

function dateOf(text: string | undefined, problems: string[]): TradeDate | undefined {
  if (text === undefined) return undefined;
  try {
    const date = parseTradeDate(text);
    const closure = KRX_CALENDAR.closureOf(date);
    if (closure) problems.push(`--from ${text}: the exchange is closed that day (${closure.note})`);
    return date;
  } catch (error) {
    if (!(error instanceof KrxRuleError)) throw error;
    problems.push(`--from ${text}: a date such as 2026-03-12`);
    return undefined;
  }
}

function timeOf(flag: string, text: string | undefined, problems: string[]): string | undefined {
  if (text !== undefined && !CLOCK_TIME.test(text))
    problems.push(`${flag} ${text}: a time such as 10:30`);
  return text;
}
