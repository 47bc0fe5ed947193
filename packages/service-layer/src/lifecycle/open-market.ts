import {
  checkLockTiming,
  MarketOpenError,
  StateRecoveryError,
  type LockTiming,
  type RiskLimits,
} from '@fleet/domain';
import { chooseUniverse, type UniverseRules } from '../market/choose-universe.ts';
import type { PinnedStrategy } from '../market/judge-stocks.ts';
import { retryRead } from '../reads/retry-read.ts';
import {
  BrokerError,
  type BrokerAccount,
  type BrokerBalance,
  type BrokerPort,
} from '../ports/broker.ts';
import type { GatewayControl } from '../ports/order-feed.ts';
import type { SystemStore } from '../ports/fleet-store.ts';
import type { Instrument, MarketDataPort } from '../ports/market-data.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { SettlementStore } from '../ports/trading-store.ts';
import { runStep, type StepDependencies } from './day-steps.ts';
import { loadParameters, type LoadParametersDependencies } from './load-parameters.ts';
import { StateRecoveryService, type RecoveryResult } from './recover-state.ts';
import { changeSystemState } from './change-system-state.ts';

export interface OpenMarketDependencies extends StepDependencies, LoadParametersDependencies {
  readonly term: number;
  readonly accountId: string;
  readonly broker: BrokerPort;
  readonly gateway: GatewayControl;
  readonly marketData: MarketDataPort;
  readonly system: SystemStore;
  readonly orders: OrderStore;
  readonly settlement: SettlementStore;
  readonly limits: RiskLimits;
  readonly lockTiming: LockTiming;
  readonly universeRules: UniverseRules;
}

export interface OpenedMarket {
  readonly recovery: RecoveryResult;
  readonly strategies: readonly (PinnedStrategy & { readonly paramsVersion: number })[];
  readonly universe: readonly Instrument[];
}

/**
 * The nine steps of the open, in order (ED-001, WT-001). Repeatable: a restart in mid-day walks them
 * again and keeps the morning's parameters and baseline. A failed recovery ends in STOPPED (WT-003).
 * @throws LifecycleError of the step that failed
 */
export async function openMarket(deps: OpenMarketDependencies): Promise<OpenedMarket> {
  const step = <T>(name: Parameters<typeof runStep>[2], work: () => Promise<T>): Promise<T> =>
    runStep(deps, 'open', name, work);
  await changeSystemState(deps, {
    to: 'INITIALIZING',
    event: 'MarketOpenEvent',
    reason: 'the market day begins',
  });
  await step('LOAD_SETTINGS', () => checkSettings(deps));
  await step('AUTHENTICATE', () => deps.broker.login());
  await step('CHECK_ACCOUNT', () => checkAccount(deps));
  const strategies = await step('LOAD_PARAMETERS', () => loadParameters(deps));
  const recovery = await step('RECOVER_STATE', () => recoverOrStop(deps));
  await step('SET_RISK_LIMITS', () => setRiskLimits(deps, recovery));
  const universe = await step('CHOOSE_UNIVERSE', () => fixUniverse(deps));
  await step('SUBSCRIBE', () => checkFeed(deps));
  await step('READY', () =>
    changeSystemState(deps, {
      to: 'READY',
      event: 'MarketReadyEvent',
      reason: 'all steps are done',
    }),
  );
  return { recovery, strategies, universe };
}

/** Step 1. Sessions come from the calendar; timings that contradict each other must not trade. */
async function checkSettings(deps: OpenMarketDependencies): Promise<void> {
  const problems = checkLockTiming(deps.lockTiming);
  if (problems.length > 0) throw new MarketOpenError(problems.join('; '));
  if (deps.session.date !== deps.tradeDate)
    throw new MarketOpenError('the session is of another day');
  const isOver = deps.marketClock.now() > deps.session.closingAuction.to;
  // A day that was opened is settled, also by a supervisor that starts after the close.
  if (isOver && !(await deps.settlement.getBaseline(deps.tradeDate))) {
    throw new MarketOpenError('the market of today has closed');
  }
}

/** Step 3. A wrong account observes only; it never trades. */
async function checkAccount(deps: OpenMarketDependencies): Promise<void> {
  const { accountId, system, marketClock } = deps;
  const accounts = await readAccounts(deps);
  if (!accounts.some((account) => account.accountId === accountId)) {
    const reason = 'WRONG_ACCOUNT';
    await system.setGate({ gate: 'OBSERVE', reason, by: 'system', marketAt: marketClock.now() });
  }
}

async function readAccounts(deps: OpenMarketDependencies): Promise<readonly BrokerAccount[]> {
  try {
    const read = () => deps.broker.getAccounts({ lane: 'reconcile' });
    return await retryRead(deps, 'accounts', read);
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'WRONG_ACCOUNT') return [];
    throw error;
  }
}

/** Step 5. WT-003: what cannot be recovered is not traded. */
async function recoverOrStop(deps: OpenMarketDependencies): Promise<RecoveryResult> {
  const { system, term, marketClock } = deps;
  try {
    const result = await new StateRecoveryService(deps).recover();
    const details = {
      unfilledOrders: result.unfilledOrders,
      mismatches: result.mismatches,
      positionsCorrected: result.positionsCorrected,
      openQuestions: result.openQuestions,
    };
    await system.recordRecovery({
      term,
      status: result.status,
      details,
      marketAt: marketClock.now(),
    });
    return result;
  } catch (error) {
    const marketAt = marketClock.now();
    const details = {
      error: String(error),
      ...(error instanceof StateRecoveryError ? error.context : {}),
    };
    // The stop comes first: whatever fails after it, nothing is traded.
    await stopTrading(deps, 'RECOVERY_FAILED', details);
    await system.recordRecovery({ term, status: 'FAILED', details, marketAt });
    throw error;
  }
}

/** UB-004: no order leaves any more; feed and recording go on; a person restarts. */
export async function stopTrading(
  deps: Pick<OpenMarketDependencies, 'system' | 'term' | 'tradeDate' | 'marketClock'>,
  reason: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { system, term, tradeDate, marketClock } = deps;
  const marketAt = marketClock.now();
  await system.setGate({ gate: 'STOPPED', reason, by: 'system', marketAt });
  const event = {
    type: 'StopModeEvent',
    level: 'ERROR',
    marketAt,
    payload: { reason, ...details },
  } as const;
  await system.changeState({ term, to: 'STOPPED', tradeDate, marketAt, reason, event });
}

/** Step 6. Limits and the baseline by which the day is judged; the morning's win over a restart's. */
async function setRiskLimits(
  deps: OpenMarketDependencies,
  recovery: RecoveryResult,
): Promise<void> {
  const { settlement, tradeDate, accountId, limits, marketClock } = deps;
  const { balance } = recovery;
  await settlement.saveBaseline(
    {
      tradeDate,
      accountId,
      openingCashD2: balance.settledCashD2,
      openingBoughtAmount: balance.boughtTodayAmount,
      openingSoldAmount: balance.soldTodayAmount,
      openingCosts: balance.costsToday,
      limits,
      foreignHoldings: foreignHoldings(balance, recovery),
    },
    marketClock.now(),
  );
}

function foreignHoldings(balance: BrokerBalance, recovery: RecoveryResult): Record<string, number> {
  const ours = new Map(recovery.positions.map((p) => [p.symbol, p.quantity as number]));
  const foreign: Record<string, number> = {};
  for (const { symbol, quantity } of balance.holdings) {
    const rest = quantity - (ours.get(symbol) ?? 0);
    if (rest > 0) foreign[symbol] = rest;
  }
  return foreign;
}

/** Step 7. */
async function fixUniverse(deps: OpenMarketDependencies): Promise<readonly Instrument[]> {
  const { marketData, trading, tradeDate, universeRules, marketClock, log } = deps;
  const read = () => marketData.getInstruments({ lane: 'reconcile' });
  const instruments = await retryRead(deps, 'instruments', read);
  const { chosen, leftOut } = chooseUniverse(instruments, tradeDate, universeRules);
  if (chosen.length === 0)
    throw new MarketOpenError('the universe is empty', { context: { leftOut } });
  await trading.saveUniverse(tradeDate, chosen, marketClock.now());
  await pruneCandidates(deps);
  log.info('UniverseChosen', { chosen: chosen.length, leftOut });
  return chosen;
}

/** About 4,000 rows a day, which nothing reads once the day is over; a month of them answers questions. */
const KEEP_CANDIDATES_DAYS = 30;

async function pruneCandidates({ trading, tradeDate, log }: OpenMarketDependencies): Promise<void> {
  try {
    const pruned = await trading.pruneCandidates(tradeDate, KEEP_CANDIDATES_DAYS);
    if (pruned > 0) log.info('OldCandidatesPruned', { pruned, keptDays: KEEP_CANDIDATES_DAYS });
  } catch (error) {
    // True now: some old rows are left, for tomorrow. No reason not to trade.
    log.warn('OldCandidatesNotPruned', { error });
  }
}

/** Step 8. Execution notices are registered by the gateway at login; quotes follow the workers. */
async function checkFeed(deps: OpenMarketDependencies): Promise<void> {
  const { feedConnected } = await deps.gateway.getStatus();
  if (!feedConnected) throw new MarketOpenError('the feed of execution notices is not connected');
}
