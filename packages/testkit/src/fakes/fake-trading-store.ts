import type { TradeDate } from '@fleet/krx';
import type { Candidate, Instrument, StrategyParams, TradingStore } from '@fleet/service-layer';
import { Failures } from './failures.ts';
import type { FakeEventStore } from './fake-event-store.ts';

/** Universe, candidates and parameters in maps. */
export class FakeTradingStore implements TradingStore {
  readonly failures = new Failures();
  readonly universes = new Map<TradeDate, readonly Instrument[]>();
  readonly candidates: Candidate[] = [];
  /** ACTIVE parameters by strategy; `seedParams` adds where there never were any. */
  readonly active = new Map<string, StrategyParams>();
  readonly pinned = new Map<string, StrategyParams>();
  /** False: a fleet that has had parameters, so that defaults are not seeded. */
  seeds = true;
  readonly #events: FakeEventStore;

  constructor(events: FakeEventStore) {
    this.#events = events;
  }

  async saveUniverse(date: TradeDate, instruments: readonly Instrument[]): Promise<void> {
    this.universes.set(date, instruments);
  }

  async getUniverse(date: TradeDate): Promise<readonly Instrument[]> {
    return this.universes.get(date) ?? [];
  }

  async getInstrument(date: TradeDate, symbol: string): Promise<Instrument | undefined> {
    return this.universes.get(date)?.find((instrument) => instrument.symbol === symbol);
  }

  async saveScan(
    rows: readonly Candidate[],
    scan: Parameters<TradingStore['saveScan']>[1],
  ): Promise<void> {
    this.failures.throwIfDue('saveScan');
    this.candidates.push(...rows);
    const { scanId, scannedAt: marketAt, looked } = scan;
    const payload = { scanId, looked, candidates: rows.length };
    this.#events.write({ type: 'CandidateScannedEvent', level: 'INFO', marketAt, payload });
  }

  async getSignals(name: string, since: number, limit: number): Promise<readonly Candidate[]> {
    this.failures.throwIfDue('getSignals');
    const recent = this.candidates.filter(
      ({ strategyName, scannedAt }) => strategyName === name && scannedAt >= since,
    );
    const newest = recent.at(-1)?.scanId;
    return recent
      .filter(({ scanId, signal }) => scanId === newest && signal)
      .toSorted((a, b) => Number(b.score) - Number(a.score))
      .slice(0, limit);
  }

  async getActiveParams(_date: TradeDate, name: string): Promise<StrategyParams | undefined> {
    return this.active.get(name);
  }

  async seedParams(params: StrategyParams): Promise<void> {
    if (this.seeds && !this.active.has(params.strategyName)) {
      this.active.set(params.strategyName, params);
    }
  }

  async pinParams(date: TradeDate, params: StrategyParams): Promise<void> {
    const key = `${date} ${params.strategyName}`;
    if (!this.pinned.has(key)) this.pinned.set(key, params);
  }

  async getPinnedParams(date: TradeDate, name: string): Promise<StrategyParams | undefined> {
    return this.pinned.get(`${date} ${name}`);
  }
}
