import {
  mayChangeGate,
  narrowerGate,
  transitionSystem,
  type Gate,
  type SystemState,
  type WorkerState,
} from '@fleet/domain';
import type {
  ProcessIdentity,
  SystemStore,
  WorkerHeartbeat,
  WorkerRow,
  WorkerStore,
} from '@fleet/service-layer';
import { Failures } from './failures.ts';
import type { FakeEventStore } from './fake-event-store.ts';

/** The workers table: compare-and-set, and an event with each change. */
export class FakeWorkerStore implements WorkerStore {
  readonly failures = new Failures();
  readonly rows = new Map<string, WorkerRow>();
  readonly #events: FakeEventStore;

  constructor(events: FakeEventStore) {
    this.#events = events;
  }

  async register(worker: Parameters<WorkerStore['register']>[0]): Promise<void> {
    const { workerId, process, capitalLimit, strategyName, marketAt } = worker;
    this.put(workerId, 'IDLE', { process, capitalLimit, strategyName });
    this.#events.write({ type: 'WorkerStartedEvent', level: 'INFO', workerId, marketAt });
  }

  put(
    workerId: string,
    status: WorkerState,
    known: Pick<WorkerRow, 'capitalLimit' | 'strategyName'> & { process: ProcessIdentity },
  ): void {
    this.rows.set(workerId, {
      workerId,
      status,
      ...known,
      currentSymbol: undefined,
      unrealizedPnl: undefined,
      lastEvent: undefined,
      heartbeatAt: 0,
      stopRequested: false,
    });
  }

  async changeState(change: Parameters<WorkerStore['changeState']>[0]): Promise<boolean> {
    this.failures.throwIfDue('changeState');
    const { workerId, from, to, currentSymbol, reason, marketAt } = change;
    const row = this.rows.get(workerId);
    if (row?.status !== from) return false;
    this.rows.set(workerId, { ...row, status: to, currentSymbol });
    const payload = { from, to, reason };
    this.#events.write({
      type: 'WorkerStateChangedEvent',
      level: 'INFO',
      workerId,
      ...(currentSymbol === undefined ? {} : { symbol: currentSymbol }),
      marketAt,
      payload,
    });
    return true;
  }

  async heartbeat(beat: WorkerHeartbeat): Promise<{ stopRequested: boolean; exited: boolean }> {
    this.failures.throwIfDue('heartbeat');
    const row = this.rows.get(beat.workerId);
    if (!row) return { stopRequested: false, exited: true };
    this.rows.set(beat.workerId, { ...row, ...beat });
    return { stopRequested: row.stopRequested, exited: row.status === 'EXIT' };
  }

  async requestStop(workerIds: readonly string[]): Promise<void> {
    for (const id of workerIds) {
      const row = this.rows.get(id);
      if (row) this.rows.set(id, { ...row, stopRequested: true });
    }
  }

  async getLiving(): Promise<readonly WorkerRow[]> {
    return [...this.rows.values()].filter(({ status }) => status !== 'EXIT');
  }

  async getAll(): Promise<readonly WorkerRow[]> {
    return [...this.rows.values()];
  }
}

/** The one system row, by the domain's machines. */
export class FakeSystemStore implements SystemStore {
  readonly failures = new Failures();
  readonly #events: FakeEventStore;
  /** What the database's clock says, epoch ms. */
  databaseClock: () => number = () => 0;
  state: SystemState = {
    state: 'OFFLINE',
    gate: 'OPEN',
    gateReason: undefined,
    term: 1,
    tradeDate: undefined,
    marketOpenAt: undefined,
    marketClosedAt: undefined,
    lastRecoveryAt: undefined,
    recoveryStatus: undefined,
    recoveryDetails: {},
  };

  constructor(events: FakeEventStore) {
    this.#events = events;
  }

  async read(): Promise<SystemState> {
    this.failures.throwIfDue('read');
    return this.state;
  }

  async changeState(change: Parameters<SystemStore['changeState']>[0]): Promise<SystemState> {
    this.failures.throwIfDue('changeState');
    this.#requireTerm(change.term);
    const state = transitionSystem(this.state.state, change.to);
    this.state = { ...this.state, state, tradeDate: change.tradeDate };
    this.#events.write(change.event);
    return this.state;
  }

  async startTerm(
    term: number,
    tradeDate: Parameters<SystemStore['startTerm']>[1],
  ): Promise<SystemState> {
    this.state = { ...this.state, state: 'OFFLINE', term, tradeDate };
    return this.state;
  }

  async recordRecovery(record: Parameters<SystemStore['recordRecovery']>[0]): Promise<void> {
    this.failures.throwIfDue('recordRecovery');
    const { status: recoveryStatus, details: recoveryDetails, marketAt } = record;
    this.state = { ...this.state, recoveryStatus, recoveryDetails, lastRecoveryAt: marketAt };
  }

  async setGate(
    change: Parameters<SystemStore['setGate']>[0],
  ): Promise<{ changed: boolean; gate: Gate }> {
    const { gate: from } = this.state;
    const { gate: to, by, reason: gateReason, marketAt } = change;
    if (from === to || !mayChangeGate({ from, to, by })) return { changed: false, gate: from };
    this.state = { ...this.state, gate: to, gateReason };
    const payload = { from, to, reason: gateReason };
    this.#events.write({ type: 'GateChangedEvent', level: 'WARN', marketAt, payload });
    return { changed: true, gate: to };
  }

  async tripKill(
    trip: Parameters<SystemStore['tripKill']>[0],
  ): Promise<{ changed: boolean; gate: Gate }> {
    this.failures.throwIfDue('tripKill');
    const { breach, ...where } = trip;
    const { gate: from } = this.state;
    const gate = narrowerGate(from, 'EXIT_ONLY');
    if (gate !== from) this.state = { ...this.state, gate, gateReason: breach.code };
    const payload = { ...breach.detail, code: breach.code, detail: breach.detail.code, gate };
    this.#events.write({ type: 'KillConditionEvent', level: 'ERROR', ...where, payload });
    return { changed: gate !== from, gate };
  }

  async readDatabaseClock(): Promise<number> {
    this.failures.throwIfDue('readDatabaseClock');
    return this.databaseClock();
  }

  #requireTerm(term: number): void {
    if (term < this.state.term) throw new Error(`term ${term} has been followed`);
  }
}
