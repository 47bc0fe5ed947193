import { v7 as newId } from 'uuid';
import {
  completeParameters,
  findStrategy,
  strategyNames,
  validateParameters,
  won,
  WorkerTerminationError,
} from '@fleet/domain';
import { SettingsError } from '@fleet/config';
import { KRX_CALENDAR, kstDate, type TradeDate } from '@fleet/krx';
import { LagMonitor, type Logger } from '@fleet/observability';
import {
  WorkerLifecycle,
  WorkerLoop,
  type TradingDay,
  type WorkerBoard,
} from '@fleet/service-layer';
import { openAdapters, ownIdentity, type WorkerAdapters } from './bootstrap.ts';
import { makeContext } from './make-context.ts';
import type { WorkerSettings } from './settings.ts';

/** This worker was reaped or lost its lock: whoever started it may start another. */
const EXIT_REPLACED = 3;
const DAY_POLL_MS = 200;
const LAG_SAVE_MS = 2_000;

/**
 * One worker from registration to EXIT (SC-001): waits for an open day, trades it, and ends when told
 * to stop, when the day is over, or when it lost its right to act.
 */
export async function runWorker(
  settings: WorkerSettings,
  log: Logger,
  stop: AbortController,
): Promise<number> {
  const adapters = await openAdapters(settings, newId(), log, stop.signal);
  const lag = new LagMonitor();
  const board: WorkerBoard = { unrealizedPnl: undefined, lastEvent: undefined };
  const lifecycle = new WorkerLifecycle({ ...adapters, lag, board, log });
  const background = new AbortController();
  let replaced = false;
  try {
    await lifecycle.register({
      process: ownIdentity(),
      capitalLimit: won(settings.capital),
      strategyName: settings.strategyName,
    });
    void lifecycle.keepBeating(background.signal, {
      stop: () => stop.abort(new Error('asked to stop')),
      exited: () => {
        replaced = true;
        stop.abort(new Error('reaped'));
      },
    });
    void keepSavingLag(adapters, lag, background.signal);
    const day = await awaitDay(settings, adapters, lifecycle, stop.signal);
    if (day)
      replaced =
        (await tradeDay(settings, adapters, lifecycle, day, { lag, board, log, stop })) || replaced;
    else if (!replaced) await lifecycle.end('IDLE', 'stopped before the day opened');
  } finally {
    background.abort();
    await saveLag(adapters, lag).catch(() => undefined);
    await adapters.close();
  }
  log.info('WorkerStopped', { workerId: adapters.workerId, replaced });
  return replaced ? EXIT_REPLACED : 0;
}

/**
 * Waits until the supervisor has opened a day; undefined when told to stop first.
 * @throws SettingsError when the day is open without this worker's strategy
 */
async function awaitDay(
  settings: WorkerSettings,
  adapters: WorkerAdapters,
  lifecycle: WorkerLifecycle,
  stop: AbortSignal,
): Promise<OpenedDay | undefined> {
  while (!stop.aborted) {
    const { state, tradeDate } = lifecycle.systemNow();
    if (tradeDate && (state === 'READY' || state === 'TRADING')) {
      const day = await readDay(settings, adapters, tradeDate);
      if (day) return day;
      await lifecycle.end('IDLE', 'the fleet does not run its strategy');
      throw new SettingsError([
        `--strategy ${settings.strategyName}: not one of the fleet's strategies of ${tradeDate}`,
      ]);
    }
    await adapters.clock.sleep(DAY_POLL_MS, stop).catch(() => undefined);
  }
  return undefined;
}

/** The day by this worker's strategy, and by the fleet's others for positions that it adopts. */
interface OpenedDay {
  readonly own: TradingDay;
  readonly others: readonly TradingDay[];
}

/** Undefined when the fleet does not run this worker's strategy today. */
async function readDay(
  settings: WorkerSettings,
  adapters: WorkerAdapters,
  tradeDate: TradeDate,
): Promise<OpenedDay | undefined> {
  const read = (name: string) => readDayOf(settings, adapters, tradeDate, name);
  const own = await read(settings.strategyName);
  if (own === undefined) return undefined;
  const names = strategyNames().filter((name) => name !== settings.strategyName);
  const others = await Promise.all(names.map(read));
  return { own, others: others.filter((day) => day !== undefined) };
}

async function readDayOf(
  settings: WorkerSettings,
  adapters: WorkerAdapters,
  tradeDate: TradeDate,
  strategyName: string,
): Promise<TradingDay | undefined> {
  const strategy = findStrategy(strategyName);
  if (!strategy) throw new WorkerTerminationError(`no strategy ${strategyName}`);
  const stored = await adapters.trading.getPinnedParams(tradeDate, strategyName);
  if (!stored) return undefined;
  const checked = validateParameters(strategy, completeParameters(strategy, stored));
  if (!checked.ok) throw new WorkerTerminationError(checked.problems.join('; '));
  const session = KRX_CALENDAR.sessionOf(tradeDate);
  return {
    tradeDate,
    session,
    liquidationAt: session.regular.to - settings.fleet.trading.liquidationMinutes * 60_000,
    strategy,
    params: checked.values,
    paramsVersion: stored.paramsVersion,
  };
}

/** True when the worker was replaced. */
async function tradeDay(
  settings: WorkerSettings,
  adapters: WorkerAdapters,
  lifecycle: WorkerLifecycle,
  { own: day, others }: OpenedDay,
  run: { lag: LagMonitor; board: WorkerBoard; log: Logger; stop: AbortController },
): Promise<boolean> {
  const { log, stop } = run;
  const context = makeContext(settings, adapters, lifecycle, run);
  const renewing = new AbortController();
  await lifecycle.startScanning();
  void context.lockKeeper.keepRenewing(renewing.signal, (symbols) => {
    stop.abort(new WorkerTerminationError(`locks lost: ${symbols.join(', ')}`));
  });
  const loop = new WorkerLoop(context, day, others);
  void endWithTheDay(adapters, lifecycle, day, stop);
  try {
    await loop.run(stop.signal);
    if (stop.signal.reason instanceof WorkerTerminationError) throw stop.signal.reason;
    await handOver(context.lockKeeper, adapters, log);
    await lifecycle.end(loop.state, 'stopped in order');
    return false;
  } catch (error) {
    if (!(error instanceof WorkerTerminationError)) throw error;
    log.error('WorkerReplaced', { workerId: adapters.workerId, error });
    await lifecycle.end(loop.state, 'lost its right to act');
    return true;
  } finally {
    renewing.abort();
  }
}

/** Held stocks go to whoever is free: a position is handed over, never dumped. */
async function handOver(
  lockKeeper: {
    heldSymbols(): readonly string[];
    abandon(symbol: string, reason: string): Promise<void>;
    release(symbol: string, reason: string): Promise<string>;
  },
  adapters: WorkerAdapters,
  log: Logger,
): Promise<void> {
  for (const symbol of lockKeeper.heldSymbols()) {
    const released = await lockKeeper.release(symbol, 'worker stops');
    if (released === 'NOT_FLAT')
      await lockKeeper.abandon(symbol, 'worker stops, position handed over');
    log.info('StockHandedOver', { symbol, workerId: adapters.workerId, released });
  }
}

/** The worker's day ends when the system leaves it for good. */
async function endWithTheDay(
  adapters: WorkerAdapters,
  lifecycle: WorkerLifecycle,
  day: TradingDay,
  stop: AbortController,
): Promise<void> {
  while (!stop.signal.aborted) {
    const { state, tradeDate } = lifecycle.systemNow();
    const over = state === 'CLOSING' || state === 'CLOSED' || tradeDate !== day.tradeDate;
    if (over) stop.abort(new Error('the day is over'));
    await adapters.clock.sleep(DAY_POLL_MS, stop.signal).catch(() => undefined);
  }
}

async function keepSavingLag(
  adapters: WorkerAdapters,
  lag: LagMonitor,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await adapters.clock.sleep(LAG_SAVE_MS, signal).catch(() => undefined);
    await saveLag(adapters, lag).catch(() => undefined);
  }
}

async function saveLag(adapters: WorkerAdapters, lag: LagMonitor): Promise<void> {
  const { encoded, skipped } = lag.encode();
  const date = kstDate(adapters.marketClock.now());
  await adapters.lags.save(`worker-${adapters.workerId}@${date}`, encoded, skipped);
}
