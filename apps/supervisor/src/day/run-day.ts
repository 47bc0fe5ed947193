import { KRX_CALENDAR, type Session, type TradeDate } from '@fleet/krx';
import {
  DEFAULT_COST_RATES,
  findStrategy,
  quantity,
  strategyNames,
  won,
  type RiskLimits,
  type Strategy,
  type Won,
} from '@fleet/domain';
import { SettingsError, type FleetSettings } from '@fleet/config';
import {
  closeMarket,
  FixedSchedule,
  MarketScanner,
  openMarket,
  changeSystemState,
  type Clock,
  type DaySettlement,
  type DayStep,
  type EventStore,
  type GatewayControl,
  type BrokerPort,
  type MarketDataPort,
  type LagRecorder,
  type Log,
  type MarketClock,
  type OpenedMarket,
  type UniverseRules,
} from '@fleet/service-layer';
import type { PostgresStores } from '../bootstrap/adapters.ts';
import { v7 as newId } from 'uuid';

export interface DayDependencies {
  readonly settings: FleetSettings;
  readonly tradeDate: TradeDate;
  readonly term: number;
  readonly accountId: string;
  readonly stores: PostgresStores;
  readonly gateway: BrokerPort & MarketDataPort & GatewayControl;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly lag: LagRecorder;
  readonly log: Log;
  readonly events: EventStore;
  readonly onStep: (step: DayStep, number: number, of: number) => void;
  readonly onScan: (scan: { looked: number; signals: number }) => void;
  /** All processes are READY: SIM's day may run at its speed. */
  readonly onReady: () => Promise<void>;
  /** The session is over: workers that end now are not replaced. */
  readonly onClosing: () => void;
  /** The gateway is not needed any more today. */
  readonly onFeedDone: () => Promise<void>;
  readonly until: number | undefined;
  /** The strategies that this fleet's workers run. */
  readonly strategies: readonly string[];
  /** Capital of all workers that were asked for, won. */
  readonly investable: Won;
}

export type DayEnd =
  | { readonly kind: 'SETTLED'; readonly settlement: DaySettlement }
  /** `--until` or a wish to stop: the same command goes on from here. */
  | { readonly kind: 'PAUSED' };

const MINUTE_MS = 60_000;
/** After the closing auction workers may still be hearing its result, market ms. */
const AUCTION_RESULT_MS = 150_000;
const LOOK_MS = 200;
const RETRY_SCAN_MS = 5_000;

/** One market day from the first opening step to CLOSED. */
export async function runDay(deps: DayDependencies, signal: AbortSignal): Promise<DayEnd> {
  const session = KRX_CALENDAR.sessionOf(deps.tradeDate);
  const liquidationAt = session.regular.to - deps.settings.trading.liquidationMinutes * MINUTE_MS;
  const opened = await openUnlessStopped(deps, session, signal);
  await deps.onReady();
  const scanning = new AbortController();
  const stopScan = AbortSignal.any([signal, scanning.signal]);
  const scans = keepScanning(
    deps,
    opened,
    { openAt: session.continuous.from, liquidationAt },
    { signal, stop: stopScan },
  );
  try {
    await waitFor(deps, session.continuous.from, signal);
    if (pausedBy(deps, signal)) return { kind: 'PAUSED' };
    await startTrading(deps);
    const dayOver = session.closingAuction.to + session.randomEndMsMax + AUCTION_RESULT_MS;
    await waitFor(deps, dayOver, signal);
    if (pausedBy(deps, signal)) return { kind: 'PAUSED' };
    await awaitFlatWorkers(deps, signal);
    deps.onClosing();
  } finally {
    scanning.abort();
    await scans;
  }
  if (signal.aborted) return { kind: 'PAUSED' };
  return { kind: 'SETTLED', settlement: await closeMarket(closingOf(deps)) };
}

/**
 * Ctrl-C ends an opening too: before its next step, or while the broker makes it wait for a token (one
 * a minute). A step under way otherwise ends first, so that no recovery is broken off and called failed.
 * @throws the signal's reason
 */
async function openUnlessStopped(
  deps: DayDependencies,
  session: Session,
  signal: AbortSignal,
): Promise<OpenedMarket> {
  const stopped = Promise.withResolvers<never>();
  let current: DayStep | undefined;
  const endWaiting = (): void => {
    if (current === 'AUTHENTICATE') stopped.reject(signal.reason);
  };
  signal.addEventListener('abort', endWaiting);
  const onStep: DayDependencies['onStep'] = (step, number, of) => {
    signal.throwIfAborted();
    current = step;
    deps.onStep(step, number, of);
  };
  const opening = openMarket({ ...openingOf(deps), session, onStep });
  // When nobody waits for it any more it fails with the gateway, which is being taken down.
  opening.catch(() => undefined);
  try {
    return await Promise.race([opening, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', endWaiting);
  }
}

function openingOf(deps: DayDependencies) {
  const { settings, stores, gateway } = deps;
  return {
    ...deps,
    ...stores,
    broker: gateway,
    gateway,
    marketData: gateway,
    strategies: deps.strategies.map(strategyOf),
    noParamsPolicy: settings.trading.noParamsPolicy,
    limits: limitsOf(settings, deps.investable),
    lockTiming: settings.lock,
    universeRules: universeOf(settings),
  };
}

function universeOf({ trading }: FleetSettings): UniverseRules {
  const { symbols, size } = trading.universe;
  return { extraKinds: [], symbols, mostTraded: size };
}

function strategyOf(name: string): Strategy {
  const strategy = findStrategy(name);
  if (strategy) return strategy;
  throw new SettingsError([`STRATEGY ${name}: no such strategy (${strategyNames().join(', ')})`]);
}

/** Without a limit of the owner's: a tenth of what the workers may invest. */
const LOSS_SHARE = '0.1';

function limitsOf(settings: FleetSettings, investable: Won): RiskLimits {
  const { risk } = settings;
  const dailyLossLimit = risk.dailyLossLimit ?? investable.times(LOSS_SHARE).floor();
  return {
    dailyLossLimit: won(dailyLossLimit),
    lossBasis: risk.lossBasis,
    maxPositions: risk.maxPositions,
    maxExposurePerSymbol: won(risk.maxExposurePerSymbol),
    maxQuantityPerSymbol:
      risk.maxSharesPerSymbol === undefined ? undefined : quantity(risk.maxSharesPerSymbol),
    maxConsecutiveLosses: risk.maxConsecutiveLosses,
    coolDownMs: risk.coolDownMinutes * MINUTE_MS,
    maxStockRangeRate: risk.maxStockRangeRate,
    maxMarketMoveRate: risk.maxMarketMoveRate,
    markAgeMsMax: risk.markAgeSeconds * 1_000,
  };
}

function closingOf(deps: DayDependencies) {
  const { settings, stores, gateway } = deps;
  return {
    ...deps,
    ...stores,
    broker: gateway,
    gateway,
    marketData: gateway,
    calendar: KRX_CALENDAR,
    costRates: { ...DEFAULT_COST_RATES, commissionRate: settings.trading.commissionRate },
    costTolerance: won(settings.trading.costTolerance),
    disconnect: deps.onFeedDone,
  };
}

async function startTrading(deps: DayDependencies): Promise<void> {
  await changeSystemState(
    { ...deps, system: deps.stores.system },
    { to: 'TRADING', event: 'MarketTradingEvent', reason: 'the regular session has started' },
  );
}

async function waitFor(deps: DayDependencies, instant: number, signal: AbortSignal): Promise<void> {
  const until = deps.until === undefined ? instant : Math.min(instant, deps.until);
  await deps.marketClock.sleepUntil(until, signal).catch(() => undefined);
}

function pausedBy(deps: DayDependencies, signal: AbortSignal): boolean {
  return signal.aborted || (deps.until !== undefined && deps.marketClock.now() >= deps.until);
}

/** Workers let go of what could not be sold a little after the close; then nobody holds anything. */
async function awaitFlatWorkers(deps: DayDependencies, signal: AbortSignal): Promise<void> {
  const giveUpAt = deps.marketClock.now() + 5 * MINUTE_MS;
  while (!signal.aborted && deps.marketClock.now() < giveUpAt) {
    const locked = await deps.stores.locks.getLockedSymbols();
    if (locked.length === 0) return;
    await deps.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

async function keepScanning(
  deps: DayDependencies,
  opened: OpenedMarket,
  hours: { openAt: number; liquidationAt: number },
  { signal, stop }: { readonly signal: AbortSignal; readonly stop: AbortSignal },
): Promise<void> {
  const { marketClock, lag, log, stores, tradeDate, gateway, settings } = deps;
  const scanner = new MarketScanner({
    marketData: gateway,
    trading: stores.trading,
    marketClock,
    newId,
    log,
    tradeDate,
    universe: opened.universe,
    strategies: opened.strategies,
    rotatedStocks: settings.trading.scanRotation,
    ...hours,
  });
  // A start in mid-day has missed nothing that was its own.
  const startAt = Math.max(hours.openAt, marketClock.now());
  await marketClock.sleepUntil(hours.openAt, stop).catch(() => undefined);
  if (stop.aborted) return;
  if (marketClock.now() > hours.openAt + MINUTE_MS) {
    await scanner.warmUp(signal).catch((error: unknown) => log.warn('WarmUpFailed', { error }));
  }
  const schedule = new FixedSchedule({
    periodMs: settings.trading.scanSeconds * 1_000,
    marketClock,
    lag,
    startAt,
  });
  while (marketClock.now() < hours.liquidationAt && (await schedule.next(stop))) {
    try {
      // With the day's own signal: at the close a scan under way ends first.
      deps.onScan(await scanner.scan(signal));
    } catch (error) {
      if (stop.aborted) break;
      // EC-001: the next scan tries again.
      log.error('ScanFailed', { error });
      await marketClock.sleep(RETRY_SCAN_MS, stop).catch(() => undefined);
    }
  }
  if (marketClock.now() >= hours.liquidationAt) schedule.endAt(hours.liquidationAt);
}
