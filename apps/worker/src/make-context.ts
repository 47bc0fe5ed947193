import { v7 as newId } from 'uuid';
import type { EntrySettings } from '@fleet/config';
import { won, type SizingPolicy } from '@fleet/domain';
import type { LagMonitor, Logger } from '@fleet/observability';
import {
  LockKeeper,
  OrderService,
  type WorkerBoard,
  type WorkerContext,
  type WorkerLifecycle,
} from '@fleet/service-layer';
import type { WorkerAdapters } from './bootstrap.ts';
import type { WorkerSettings } from './settings.ts';

const SECOND_MS = 1_000;

/** Wires the adapters into the use cases of one worker. */
export function makeContext(
  settings: WorkerSettings,
  adapters: WorkerAdapters,
  lifecycle: WorkerLifecycle,
  run: { lag: LagMonitor; board: WorkerBoard; log: Logger },
): WorkerContext {
  const { workerId, locks, orders, marketClock, clock, gateway } = adapters;
  const { lag, log, board } = run;
  const timing = settings.fleet.lock;
  return {
    workerId,
    capital: won(settings.capital),
    venue: settings.fleet.trading.venue,
    entry: entryPolicy(settings.fleet.entry),
    pollMs: settings.fleet.trading.pollSeconds * SECOND_MS,
    timing,
    watchLimits: settings.fleet.kill,
    broker: gateway,
    marketData: gateway,
    orderFeed: gateway,
    orderService: new OrderService({
      orders,
      broker: gateway,
      feed: gateway,
      marketClock,
      newId,
      log,
    }),
    lockKeeper: new LockKeeper({ workerId, locks, timing, clock, marketClock, lag, log }),
    orders,
    lockStore: locks,
    workers: adapters.workers,
    trading: adapters.trading,
    system: adapters.system,
    systemNow: () => lifecycle.systemNow(),
    events: adapters.events,
    clock,
    marketClock,
    lag,
    log,
    newId,
    board,
  };
}

function entryPolicy(entry: EntrySettings): WorkerContext['entry'] {
  return { sizing: sizingPolicy(entry), order: entry.entryOrder };
}

function sizingPolicy(entry: EntrySettings): SizingPolicy {
  switch (entry.sizing) {
    case 'ALL_IN':
      return { kind: 'ALL_IN' };
    case 'FIXED_FRACTION':
      return { kind: 'FIXED_FRACTION', fraction: entry.sizingFraction };
    case 'VOLATILITY_SCALED':
      return {
        kind: 'VOLATILITY_SCALED',
        riskFraction: entry.sizingRiskFraction,
        rangeMultiple: String(entry.sizingRanges),
      };
  }
}
