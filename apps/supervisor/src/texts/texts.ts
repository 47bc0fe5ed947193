import type { Gate, SystemStateName, WorkerState } from '@fleet/domain';
import type { MarketPhase } from '@fleet/krx';
import type { DayStep } from '@fleet/service-layer';
import type { EventType } from './event-types.ts';

export type Mode = 'SIM' | 'PAPER' | 'LIVE';

/** Why a gate stands where it stands, as the fleet writes it into the row. */
export type GateReason =
  | 'DAILY_LOSS_LIMIT'
  | 'CONSECUTIVE_LOSSES'
  | 'MANDATORY_LIQUIDATION'
  | 'AMBIGUOUS_ORDER'
  | 'POSITION_MISMATCH'
  | 'ORDER_RATE'
  | 'REJECT_STREAK'
  | 'PRICE_GAP'
  | 'FEED_STALE'
  | 'CLOCK_SKEW'
  | 'DATABASE_SLOW'
  | 'WRONG_ACCOUNT'
  | 'RECOVERY_FAILED'
  | 'TIE_OUT_FAILED'
  | 'FLATTEN'
  | 'FLATTENED';

export type UnsellableReason = 'LOWER_LIMIT' | 'HALTED' | 'NO_TRADES' | 'UNSELLABLE';

export type LineKind =
  | 'progress'
  | 'standby'
  | 'closing'
  | 'stopping'
  | 'died'
  | 'failure'
  | 'note'
  | 'closedToday'
  | 'waitingForOpen';

/** All words that the supervisor shows to a person, in one language. Won come formatted. */
export interface Texts {
  readonly modes: Readonly<Record<Mode, string>>;
  readonly phases: Readonly<Record<MarketPhase, string>>;
  readonly states: Readonly<Record<SystemStateName, string>>;
  readonly workerStates: Readonly<Record<WorkerState, string>>;
  /** What the gate lets pass. */
  readonly gates: Readonly<Record<Gate, string>>;
  readonly gateReasons: Readonly<Record<GateReason, string>>;
  readonly unsellable: Readonly<Record<UnsellableReason, string>>;
  readonly steps: Readonly<Record<DayStep, string>>;
  readonly events: Readonly<Record<EventType, string>>;
  readonly lines: Readonly<Record<LineKind, (text: string) => string>>;
  readonly weekdays: readonly string[];
  readonly banner: (facts: { mode: string; dataDir: string }) => string;
  readonly run: (facts: { runId: string; tradeDate: string; resumed: boolean }) => string;
  readonly opening: string;
  readonly closing: string;
  readonly step: (name: string, number: number, of: number) => string;
  readonly won: (amount: string) => string;
  readonly screen: ScreenTexts;
  readonly changes: ChangeTexts;
  readonly card: CardTexts;
}

/** The live block. */
export interface ScreenTexts {
  readonly gate: string;
  readonly held: (count: number) => string;
  readonly openOrders: (count: number) => string;
  readonly trades: (count: number) => string;
  readonly winRate: (percent: string) => string;
  readonly pnl: string;
  readonly candidates: (scan: { looked: number; signals: number }) => string;
  readonly gatewayDead: string;
  readonly noWorkers: string;
  readonly moreWorkers: (count: number) => string;
  readonly columns: {
    readonly worker: string;
    readonly state: string;
    readonly stock: string;
    readonly unrealized: string;
    readonly trades: string;
    readonly realized: string;
    readonly last: string;
  };
}

/** Plain lines: one for each change that matters. */
export interface ChangeTexts {
  readonly state: (name: string) => string;
  readonly gate: (name: string, reason: string | undefined) => string;
  readonly joined: (worker: string) => string;
  readonly left: (worker: string) => string;
  readonly entered: (worker: string, stock: string) => string;
  readonly exited: (worker: string, stock: string, result: string) => string;
  readonly gatewayDead: string;
  readonly gatewayBack: string;
  readonly alarm: (text: string) => string;
}

/** The card at the end of the day. */
export interface CardTexts {
  readonly title: (date: string, mode: string) => string;
  readonly realized: string;
  readonly commission: string;
  readonly tax: string;
  readonly trades: (trades: number, winRate: string) => string;
  readonly noTrades: string;
  readonly best: string;
  readonly worst: string;
  readonly orders: (orders: {
    total: number;
    filled: number;
    partial: number;
    canceled: number;
    rejected: number;
    unknown: number;
  }) => string;
  readonly columns: {
    readonly worker: string;
    readonly capital: string;
    readonly trades: string;
    readonly realized: string;
  };
  readonly tied: string;
  readonly notTied: string;
  readonly cashDifference: (amount: string) => string;
  readonly holdingDifference: (row: { symbol: string; ours: number; broker: number }) => string;
  readonly flat: string;
  readonly unsellable: string;
  readonly unexplained: string;
  readonly position: (row: { symbol: string; quantity: number }, why: string) => string;
  readonly noReason: string;
  readonly leftovers: (openOrders: number, stockLocks: number) => string;
  readonly report: (file: string) => string;
  readonly noReport: string;
  readonly next: string;
  readonly nextNotTied: string;
  readonly nextUnsellable: string;
  readonly nextRun: Readonly<Record<Mode, string>>;
}
