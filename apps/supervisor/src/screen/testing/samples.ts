import { won } from '@fleet/domain';
import { kstInstant, parseTradeDate } from '@fleet/krx';
import type { DayReport } from '../../report/day-report.ts';
import type { FleetSnapshot, WorkerLine } from '../fleet-snapshot.ts';

const DATE = parseTradeDate('2026-11-20');

export function at(time: string): number {
  return kstInstant(DATE, time);
}

export function workerLine(over: Partial<WorkerLine> = {}): WorkerLine {
  return {
    workerId: '019a0000-0000-7000-8000-00000000a1c3',
    pid: 12_345,
    state: 'SCAN',
    symbol: undefined,
    instrumentName: undefined,
    unrealizedPnl: undefined,
    trades: 0,
    realizedPnl: won(0),
    lastEvent: undefined,
    ...over,
  };
}

export function holding(over: Partial<WorkerLine> = {}): WorkerLine {
  return workerLine({
    state: 'HOLD',
    symbol: '900001',
    instrumentName: '가나다라전자',
    unrealizedPnl: won(-12_300),
    trades: 4,
    realizedPnl: won(33_210),
    lastEvent: 'PositionEnteredEvent',
    ...over,
  });
}

export function snapshot(over: Partial<FleetSnapshot> = {}): FleetSnapshot {
  return {
    mode: 'SIM',
    runId: 'run-1',
    tradeDate: DATE,
    marketAt: at('10:23:41'),
    speed: 60,
    phase: 'CONTINUOUS',
    state: 'TRADING',
    gate: 'OPEN',
    gateReason: undefined,
    workers: [holding()],
    openPositions: 1,
    openOrders: 0,
    trades: 12,
    realizedPnl: won(123_456),
    winRate: '0.5833',
    candidates: { looked: 312, signals: 4 },
    gatewayAlive: true,
    alarms: [],
    ...over,
  };
}

export function dayReport(over: Partial<DayReport> = {}): DayReport {
  return {
    runId: 'run-1',
    tradeDate: DATE,
    mode: 'SIM',
    seed: 7,
    workers: [
      { workerId: 'a1c3', pid: 12_345, capital: 10_000_000, trades: 14, realizedPnl: 150_000 },
      { workerId: 'b2d4', pid: 12_346, capital: 10_000_000, trades: 10, realizedPnl: -26_544 },
    ],
    orders: { total: 60, filled: 48, partial: 0, canceled: 11, rejected: 1, unknown: 0 },
    fills: 70,
    trades: 24,
    realizedPnl: 123_456,
    commission: 3_210,
    transactionTax: 40_120,
    winRate: 14 / 24,
    maxLoss: -41_000,
    tieOut: { cashDifference: 0, holdingsDifferences: [], ok: true, findings: [] },
    openPositions: [],
    openOrders: 0,
    stockLocks: 0,
    unsellable: [],
    events: {},
    lag: {},
    ...over,
  };
}
