import { KRX_CALENDAR, phaseAt, type TradeDate } from '@fleet/krx';
import type { DayCounts } from '@fleet/service-layer';
import { clock } from '../bootstrap/adapters.ts';
import type { RunningFleet } from '../running-fleet.ts';
import type { FleetSnapshot, WorkerLine } from '../screen/fleet-snapshot.ts';
import type { SupervisorContext } from '../supervisor-context.ts';

export interface DayView {
  candidates: { looked: number; signals: number } | undefined;
}

const SHOW_EVERY_MS = 500;
const ALARMS_KEPT = 5;

/** Shows the day as it goes, until the signal aborts. */
export async function keepShowing(
  context: SupervisorContext,
  fleet: RunningFleet,
  tradeDate: TradeDate,
  view: DayView,
  signal: AbortSignal,
): Promise<void> {
  const names = new Map<string, string>();
  const alarms = new Alarms(fleet);
  while (!signal.aborted) {
    try {
      context.screen.show(await takeSnapshot(fleet, tradeDate, view, names, await alarms.read()));
    } catch (error) {
      context.log.warn('ScreenNotRefreshed', { error });
    }
    await clock.sleep(SHOW_EVERY_MS, signal).catch(() => undefined);
  }
}

async function takeSnapshot(
  fleet: RunningFleet,
  tradeDate: TradeDate,
  view: DayView,
  names: Map<string, string>,
  alarms: readonly string[],
): Promise<FleetSnapshot> {
  const { stores, marketClock, run } = fleet;
  const system = await stores.system.read();
  const counts = await stores.report.readCounts(tradeDate);
  const summary = await stores.settlement.getSummary(tradeDate);
  const marketAt = marketClock.now();
  return {
    mode: run.mode,
    runId: run.runId,
    tradeDate,
    marketAt,
    speed: marketClock.speed(),
    phase: phaseAt(KRX_CALENDAR.sessionOf(tradeDate), marketAt),
    state: system.state,
    gate: system.gate,
    gateReason: system.gateReason,
    workers: await workerLines(fleet, tradeDate, counts, names),
    openPositions: counts.openPositions,
    openOrders: counts.openOrders,
    trades: counts.trades,
    realizedPnl: counts.realizedPnl,
    winRate: summary?.winRate,
    candidates: view.candidates,
    gatewayAlive: fleet.gatewayAlive(),
    alarms,
  };
}

async function workerLines(
  fleet: RunningFleet,
  tradeDate: TradeDate,
  counts: DayCounts,
  names: Map<string, string>,
): Promise<WorkerLine[]> {
  const results = new Map(counts.workers.map((worker) => [worker.workerId, worker]));
  const lines: WorkerLine[] = [];
  for (const worker of await fleet.stores.workers.getLiving()) {
    const result = results.get(worker.workerId);
    if (!result) continue;
    lines.push({
      workerId: worker.workerId,
      pid: worker.process.pid,
      state: worker.status,
      symbol: worker.currentSymbol,
      instrumentName: await nameOf(fleet, tradeDate, worker.currentSymbol, names),
      unrealizedPnl: worker.unrealizedPnl,
      trades: result.trades,
      realizedPnl: result.realizedPnl,
      lastEvent: worker.lastEvent,
    });
  }
  return lines;
}

async function nameOf(
  fleet: RunningFleet,
  tradeDate: TradeDate,
  symbol: string | undefined,
  names: Map<string, string>,
): Promise<string | undefined> {
  if (symbol === undefined) return undefined;
  const known = names.get(symbol);
  if (known !== undefined) return known;
  const name = (await fleet.stores.trading.getInstrument(tradeDate, symbol))?.name;
  if (name !== undefined) names.set(symbol, name);
  return name;
}

/** ERROR events of the run, newest last. */
class Alarms {
  readonly #fleet: RunningFleet;
  readonly #kept: string[] = [];
  #cursor = '';

  constructor(fleet: RunningFleet) {
    this.#fleet = fleet;
  }

  async read(): Promise<readonly string[]> {
    const events = await this.#fleet.stores.events.readAfter(this.#cursor, 500);
    this.#cursor = events.at(-1)?.cursor ?? this.#cursor;
    for (const { type, level, symbol } of events) {
      if (level === 'ERROR') this.#kept.push(symbol === undefined ? type : `${type} ${symbol}`);
    }
    this.#kept.splice(0, Math.max(0, this.#kept.length - ALARMS_KEPT));
    return [...this.#kept];
  }
}
