import { KRX_CALENDAR } from '@fleet/krx';
import { InputError } from '../control/input-error.ts';
import type { RunParameters, StoredRun } from '../store/rows.ts';
import { SimulatorStore } from '../store/simulator-store.ts';
import type { ExchangeOptions, RunningExchange } from './running-exchange.ts';
import { ExchangeRun, PARTICIPATION, startOf } from './exchange-run.ts';

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
    stored.dayFingerprint === given.dayFingerprint ? undefined : ['day input', '날(--day)'],
    stored.seed === given.seed ? undefined : ['seed', '씨앗(--seed)'],
    stored.participation === given.participation ? undefined : ['participation', '참여율'],
    sameAccounts(stored, given) ? undefined : ['accounts or cash', '계좌나 예수금'],
  ].filter((names) => names !== undefined);
  if (differing.length === 0) return;
  const [english, korean] = [0, 1].map((at) => differing.map((names) => names[at]).join(', '));
  throw new InputError({
    en: `The run to resume was begun with another ${english}.`,
    ko: `이어서 할 실행은 다른 조건으로 시작했습니다: ${korean}.`,
  });
}

function sameAccounts(a: RunParameters, b: RunParameters): boolean {
  return spelled(a) === spelled(b);
}

function spelled({ accounts }: RunParameters): string {
  return accounts.map(({ account, cash }) => `${account}=${cash}`).join();
}
