import { KRX_CALENDAR, type Session, type TradeDate, type TradingCalendar } from '@fleet/krx';
import type { Pool } from 'pg';

import type { SimulatorClock } from '../clock/simulator-clock.ts';
import type { DayInput } from '../day/day-data.ts';
import { InputError } from '../day/input-error.ts';
import type { KeyValues } from '../store/key-values.ts';
import type { Arrival, RunParameters, StoredRun } from '../store/rows.ts';
import { SimulatorStore } from '../store/simulator-store.ts';
import { ExchangeRun, PARTICIPATION, startOf } from './exchange-run.ts';
import type { SimulatedExchange } from './simulated-exchange.ts';

export interface ExchangeOptions {
  readonly pool: Pool;
  /** `sim_…`; created when missing, resumed when it holds a run. */
  readonly schema: string;
  readonly day: DayInput;
  readonly clock: SimulatorClock;
  readonly accounts: readonly { readonly account: string; readonly cash: number }[];
  readonly seed: number;
  /** Largest share of a bar's volume that is ours; default 0.2. */
  readonly participation?: number;
  /** Where a new day begins; default: when orders for the opening auction begin (08:30). */
  readonly startAt?: (session: Session) => number;
  readonly calendar?: TradingCalendar;
  /** KRX_FWDG_ORD_ORGNO; default '06010'. */
  readonly branch?: string;
  /** The books can no longer be written: the process must end, memory is ahead of them. */
  readonly onFatal: (error: Error) => void;
}

/** The exchange with what its host process needs. */
export interface RunningExchange {
  readonly exchange: SimulatedExchange;
  readonly clock: SimulatorClock;
  readonly keyValues: KeyValues;
  /** Whether the schema held a run that goes on. */
  readonly isResumed: boolean;
  /** What the day input says about itself (skipped rows, reference prices, …). */
  notes(): readonly string[];
  /** Every order request of the run, accepted or refused, in order of arrival. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Undefined when the day input has no further day. */
  nextDate(): TradeDate | undefined;
  /**
   * Ends the day (what is open expires) and starts the next one at its start instant.
   * @throws InputError when there is no further day
   */
  startNextDay(): Promise<void>;
  /** Stops the market and stores the exact instant. */
  close(): Promise<void>;
}

const LOCK_ATTEMPTS = 50;
const LOCK_PAUSE_MS = 200;

/**
 * Opens the run in the schema, or begins one.
 * @throws InputError when the day input cannot be used or is not the one that the run was begun with
 */
export async function createExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const { clock, pool } = options;
  const store = await SimulatorStore.open({
    pool,
    schema: options.schema,
    onLost: options.onFatal,
    wait: async (attempt) => {
      await clock.sleepReal(LOCK_PAUSE_MS);
      return attempt < LOCK_ATTEMPTS;
    },
  });
  try {
    return await openRun(options, store);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function openRun(options: ExchangeOptions, store: SimulatorStore): Promise<RunningExchange> {
  const stored = await store.load();
  const run = stored ?? (await beginRun(options, store));
  requireSameParameters(run.parameters, parametersOf(options));
  const running = new ExchangeRun({ ...options, store, run, isResumed: stored !== undefined });
  await running.start();
  return running;
}

async function beginRun(options: ExchangeOptions, store: SimulatorStore): Promise<StoredRun> {
  const { day } = options;
  const date = day.firstDate;
  const session = (options.calendar ?? KRX_CALENDAR).sessionOf(date);
  const instant = startOf(options, session);
  const parameters = parametersOf(options);
  await store.create({ parameters, date, instant });
  return { parameters, date, instant, orders: [], fills: [], lastSequence: 0 };
}

function parametersOf(options: ExchangeOptions): RunParameters {
  const { day, seed, accounts, participation = PARTICIPATION } = options;
  return { dayFingerprint: day.fingerprint, seed, participation, accounts };
}

function requireSameParameters(stored: RunParameters, given: RunParameters): void {
  const differing = [
    stored.dayFingerprint === given.dayFingerprint ? undefined : 'day input',
    stored.seed === given.seed ? undefined : 'seed',
    stored.participation === given.participation ? undefined : 'participation',
    sameAccounts(stored, given) ? undefined : 'accounts or cash',
  ].filter((name) => name !== undefined);
  if (differing.length === 0) return;
  throw new InputError(`The run to resume was begun with another ${differing.join(', ')}.`);
}

function sameAccounts(a: RunParameters, b: RunParameters): boolean {
  return spelled(a) === spelled(b);
}

function spelled({ accounts }: RunParameters): string {
  return accounts.map(({ account, cash }) => `${account}=${cash}`).join();
}
