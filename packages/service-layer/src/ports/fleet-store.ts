import type {
  Gate,
  KillBreach,
  RecoveryStatus,
  SystemState,
  SystemStateName,
  WorkerState,
  Won,
} from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';

/** Identity of a process on its host: pid alone may be reused. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly hostId: string;
  /** Boot id of the host. */
  readonly bootId: string;
  /** Start time of the process as the host tells it. */
  readonly startedAt: string;
}

export interface WorkerRow {
  readonly workerId: string;
  readonly process: ProcessIdentity;
  readonly status: WorkerState;
  readonly capitalLimit: Won;
  readonly strategyName: string;
  readonly currentSymbol: string | undefined;
  readonly unrealizedPnl: Won | undefined;
  readonly lastEvent: string | undefined;
  /** Real epoch ms. */
  readonly heartbeatAt: number;
  readonly stopRequested: boolean;
}

export interface WorkerHeartbeat {
  readonly workerId: string;
  readonly unrealizedPnl: Won | undefined;
  readonly lastEvent: string | undefined;
}

/** Workers (SC-001). Each state change writes WorkerStateChangedEvent in the same transaction. */
export interface WorkerStore {
  /** Registers as IDLE and writes WorkerStartedEvent. */
  register(worker: {
    workerId: string;
    process: ProcessIdentity;
    capitalLimit: Won;
    strategyName: string;
    marketAt: number;
  }): Promise<void>;
  /** Compare-and-set; false when the row is in another state (a reaped worker must stop). */
  changeState(change: {
    workerId: string;
    from: WorkerState;
    to: WorkerState;
    currentSymbol: string | undefined;
    reason: string;
    marketAt: number;
  }): Promise<boolean>;
  /** Tells whether the worker was asked to stop, or is EXIT (reaped). */
  heartbeat(beat: WorkerHeartbeat): Promise<{ stopRequested: boolean; exited: boolean }>;
  requestStop(workerIds: readonly string[]): Promise<void>;
  /** All that are not EXIT. */
  getLiving(): Promise<readonly WorkerRow[]>;
  getAll(): Promise<readonly WorkerRow[]>;
}

export type LeaseName = 'supervisor' | 'gateway';

export interface Lease {
  readonly name: LeaseName;
  readonly holder: string;
  /** Grows with each new holder. */
  readonly term: number;
}

/** Leases of services (not stocks). */
export interface LeaseStore {
  /** Undefined while somebody else's lease runs. A holder whose process is proved dead is passed over. */
  acquire(request: {
    name: LeaseName;
    holder: string;
    process: ProcessIdentity;
    ttlMs: number;
    /** Term of a holder that the caller has proved dead. */
    deadTerm?: number;
  }): Promise<Lease | undefined>;
  /** False: lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  read(
    name: LeaseName,
  ): Promise<{ lease: Lease; process: ProcessIdentity; expired: boolean } | undefined>;
}

/** An event as it is written; `type` ends in Event, for example LockAcquiredEvent. */
export interface FleetEvent {
  readonly type: string;
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly workerId?: string;
  readonly symbol?: string;
  readonly orderId?: string;
  readonly marketAt: number;
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface StoredEvent extends FleetEvent {
  /** Commit-ordered cursor. */
  readonly cursor: string;
  /** Real epoch ms. */
  readonly recordedAt: number;
}

export interface EventStore {
  append(events: readonly FleetEvent[]): Promise<void>;
  /**
   * Rows that can no longer be overtaken, after the cursor ('' = from the start), by transaction. One that
   * waited has its number from before: a claim may come ahead of the release that it waited for, and the
   * story of one stock is told by its fences.
   */
  readAfter(cursor: string, limit: number): Promise<readonly StoredEvent[]>;
  /** Count by type of the trade date. */
  countByType(tradeDate: TradeDate): Promise<Readonly<Record<string, number>>>;
}

/** The one system_state row. Writes are fenced by the supervisor's term and write their event. */
export interface SystemStore {
  read(): Promise<SystemState>;
  /** Validated by the domain's state machine and the database's trigger. */
  changeState(change: {
    term: number;
    to: SystemStateName;
    tradeDate: TradeDate;
    marketAt: number;
    reason: string;
    event: FleetEvent;
  }): Promise<SystemState>;
  /** A new term starts its own walk from OFFLINE. */
  startTerm(term: number, tradeDate: TradeDate, marketAt: number): Promise<SystemState>;
  recordRecovery(record: {
    term: number;
    status: RecoveryStatus;
    details: Readonly<Record<string, unknown>>;
    marketAt: number;
  }): Promise<void>;
  /** Anyone may close the gate further; only `by: 'person'` may open it after STOPPED. Writes GateChangedEvent. */
  setGate(change: {
    gate: Gate;
    reason: string;
    by: 'system' | 'person';
    marketAt: number;
  }): Promise<{ changed: boolean; gate: Gate }>;
  /** Closes the gate to EXIT_ONLY, never opens it, and writes KillConditionEvent, in one transaction. */
  tripKill(trip: {
    breach: KillBreach;
    workerId?: string;
    symbol?: string;
    marketAt: number;
  }): Promise<{ changed: boolean; gate: Gate }>;
  /** Real epoch ms by the database's own clock. */
  readDatabaseClock(): Promise<number>;
}
