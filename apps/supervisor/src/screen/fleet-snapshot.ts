import type { Gate, SystemStateName, WorkerState, Won } from '@fleet/domain';
import type { MarketPhase } from '@fleet/krx';

/** One worker as a person sees it. */
export interface WorkerLine {
  readonly workerId: string;
  readonly pid: number;
  readonly state: WorkerState;
  readonly symbol: string | undefined;
  readonly instrumentName: string | undefined;
  readonly unrealizedPnl: Won | undefined;
  /** Round trips and realised won of the day so far. */
  readonly trades: number;
  readonly realizedPnl: Won;
  /** Type of the newest event, for example PositionEnteredEvent. */
  readonly lastEvent: string | undefined;
}

/** What the screen shows at one instant. */
export interface FleetSnapshot {
  readonly mode: 'SIM' | 'PAPER' | 'LIVE';
  readonly runId: string;
  readonly tradeDate: string;
  /** Market epoch ms and its pace. */
  readonly marketAt: number;
  readonly speed: number;
  readonly phase: MarketPhase;
  readonly state: SystemStateName;
  readonly gate: Gate;
  readonly gateReason: string | undefined;
  readonly workers: readonly WorkerLine[];
  readonly openPositions: number;
  readonly openOrders: number;
  readonly trades: number;
  readonly realizedPnl: Won;
  readonly winRate: string | undefined;
  readonly candidates: { readonly looked: number; readonly signals: number } | undefined;
  readonly gatewayAlive: boolean;
  /** Last lines worth a person's attention (alarms), newest last. */
  readonly alarms: readonly string[];
}
