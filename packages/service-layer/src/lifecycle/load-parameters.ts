import {
  completeParameters,
  defaultParameters,
  MarketOpenError,
  validateParameters,
  type Strategy,
} from '@fleet/domain';
import { KRX_CALENDAR, type Session, type TradeDate } from '@fleet/krx';
import type { PinnedStrategy } from '../market/judge-stocks.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StrategyParams, TradingStore } from '../ports/trading-store.ts';

export interface LoadParametersDependencies {
  readonly trading: TradingStore;
  readonly tradeDate: TradeDate;
  readonly session: Session;
  readonly strategies: readonly Strategy[];
  /** Without ACTIVE parameters: fail, take the last pinned ones, or wait for a person to activate some. */
  readonly noParamsPolicy: 'stop' | 'previous' | 'wait';
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly log: Log;
}

/** How far back `previous` looks, trading days. */
const PREVIOUS_DAYS_MAX = 20;
/** Between looks while waiting for a person, real ms: the market of a simulation stands still then. */
const LOOK_EVERY_MS = 1_000;

/**
 * Step 4 of the open. Pinned for the day: a restart gets what the morning had.
 * @throws MarketOpenError without parameters, or with some that are out of their ranges
 */
export async function loadParameters(
  deps: LoadParametersDependencies,
): Promise<readonly (PinnedStrategy & { readonly paramsVersion: number })[]> {
  const pinned: (PinnedStrategy & { paramsVersion: number })[] = [];
  await showLastDay(deps);
  for (const strategy of deps.strategies) {
    const found = await storedParameters(deps, strategy);
    const stored = { ...found, values: completeParameters(strategy, found) };
    const checked = validateParameters(strategy, stored.values);
    if (!checked.ok) {
      throw new MarketOpenError(`parameters of ${strategy.name}: ${checked.problems.join('; ')}`);
    }
    await deps.trading.pinParams(deps.tradeDate, stored);
    pinned.push({ strategy, params: checked.values, paramsVersion: stored.paramsVersion });
  }
  return pinned;
}

/** SC-011: what the last day taught, beside the parameters that are pinned now. */
async function showLastDay({ trading, tradeDate, log }: LoadParametersDependencies): Promise<void> {
  const review = await trading.getDayReview(tradeDate);
  if (review === undefined) return;
  const { pnl, ...rest } = review;
  log.info('LastDayReviewed', { ...rest, pnl: pnl.toFixed() });
}

async function storedParameters(
  deps: LoadParametersDependencies,
  strategy: Strategy,
): Promise<StrategyParams> {
  const { trading, tradeDate } = deps;
  const { name, version: strategyVersion } = strategy;
  const morning = await trading.getPinnedParams(tradeDate, name);
  if (morning) return morning;
  // A fleet that never had parameters starts with the strategy's own as its ACTIVE version 1.
  const values = defaultParameters(strategy);
  await trading.seedParams(
    { strategyName: name, strategyVersion, paramsVersion: 1, values },
    tradeDate,
  );
  const found =
    (await trading.getActiveParams(tradeDate, name)) ?? (await bySomePolicy(deps, name));
  if (found) return found;
  throw new MarketOpenError(`no ACTIVE parameters of ${name} for ${tradeDate}`);
}

async function bySomePolicy(
  deps: LoadParametersDependencies,
  name: string,
): Promise<StrategyParams | undefined> {
  switch (deps.noParamsPolicy) {
    case 'stop':
      return undefined;
    case 'previous':
      return await previousParameters(deps, name);
    case 'wait':
      return await awaitParameters(deps, name);
  }
}

async function previousParameters(
  { trading, tradeDate, log }: LoadParametersDependencies,
  name: string,
): Promise<StrategyParams | undefined> {
  let date = tradeDate;
  for (let back = 1; back <= PREVIOUS_DAYS_MAX; back += 1) {
    date = KRX_CALENDAR.previous(date);
    const found = await trading.getPinnedParams(date, name);
    if (!found) continue;
    log.warn('PreviousParametersTaken', { name, date, paramsVersion: found.paramsVersion });
    return found;
  }
  return undefined;
}

async function awaitParameters(
  deps: LoadParametersDependencies,
  name: string,
): Promise<StrategyParams | undefined> {
  const { trading, tradeDate, clock, marketClock, session, log } = deps;
  log.warn('WaitingForParameters', { name, tradeDate });
  while (marketClock.now() < session.closingAuction.from) {
    const found = await trading.getActiveParams(tradeDate, name);
    if (found) return found;
    await clock.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}
