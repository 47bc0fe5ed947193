import type {
  EntryOrderPolicy,
  LockTiming,
  ParameterValues,
  SizingPolicy,
  Strategy,
  SystemState,
  WatchLimits,
  Won,
} from '@fleet/domain';
import type { Session, TradeDate, Venue } from '@fleet/krx';
import type { LockKeeper } from '../locks/lock-keeper.ts';
import type { OrderService } from '../orders/order-service.ts';
import type { BrokerPort } from '../ports/broker.ts';
import type { Clock, MarketClock } from '../ports/clock.ts';
import type { EventStore, FleetEvent, SystemStore, WorkerStore } from '../ports/fleet-store.ts';
import type { LockStore } from '../ports/lock-store.ts';
import type { LagRecorder, Log } from '../ports/log.ts';
import type { MarketDataPort } from '../ports/market-data.ts';
import type { OrderFeed } from '../ports/order-feed.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TradingStore } from '../ports/trading-store.ts';

/** The day's facts, pinned at the open. */
export interface TradingDay {
  readonly tradeDate: TradeDate;
  readonly session: Session;
  /** When the fleet must start to be flat at the latest, market ms. */
  readonly liquidationAt: number;
  readonly strategy: Strategy;
  readonly params: ParameterValues;
  readonly paramsVersion: number;
}

export interface EntryPolicy {
  readonly sizing: SizingPolicy;
  readonly order: EntryOrderPolicy;
}

/** All that one worker's use cases need; built once by the worker's bootstrap. */
export interface WorkerContext {
  readonly workerId: string;
  readonly capital: Won;
  readonly venue: Venue;
  /** How much and how an entry is ordered. */
  readonly entry: EntryPolicy;
  readonly pollMs: number;
  readonly timing: LockTiming;
  readonly watchLimits: WatchLimits;
  readonly broker: BrokerPort;
  readonly marketData: MarketDataPort;
  readonly orderFeed: OrderFeed;
  readonly orderService: OrderService;
  readonly lockKeeper: LockKeeper;
  readonly orders: OrderStore;
  readonly lockStore: LockStore;
  readonly workers: WorkerStore;
  readonly trading: TradingStore;
  readonly system: SystemStore;
  /** The system row as of the last heartbeat; the intent transaction reads it again. */
  readonly systemNow: () => SystemState;
  readonly events: EventStore;
  readonly clock: Clock;
  readonly marketClock: MarketClock;
  readonly lag: LagRecorder;
  readonly log: Log;
  readonly newId: () => string;
  /** What the heartbeat shows of this worker. */
  readonly board: WorkerBoard;
}

/** What a person sees of a worker; written by the loop, sent with the heartbeat. */
export interface WorkerBoard {
  unrealizedPnl: Won | undefined;
  lastEvent: string | undefined;
}

/** Records an event that no transaction writes by itself; its loss is logged, never fatal. */
export async function tell(
  ctx: WorkerContext,
  event: Omit<FleetEvent, 'workerId' | 'marketAt'>,
): Promise<void> {
  ctx.board.lastEvent = event.type;
  try {
    await ctx.events.append([
      { ...event, workerId: ctx.workerId, marketAt: ctx.marketClock.now() },
    ]);
  } catch (error) {
    ctx.log.warn('EventNotStored', { type: event.type, error });
  }
}
