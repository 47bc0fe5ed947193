import type { TradeDate } from '@fleet/krx';
import type { StockDay } from '@fleet/domain';
import type {
  Candidate,
  DayReview,
  EntrySignal,
  Instrument,
  ScanSummary,
  StrategyParams,
  TradingStore,
} from '@fleet/service-layer';
import { Failures } from './failures.ts';
import type { FakeEventStore } from './fake-event-store.ts';

/** Universe, candidates and parameters in maps. */
export class FakeTradingStore implements TradingStore {
  readonly failures = new Failures();
  readonly universes = new Map<TradeDate, readonly Instrument[]>();
  readonly candidates: Candidate[] = [];
  readonly scans: ScanSummary[] = [];
  readonly stockDays = new Map<string, StockDay>();
  readonly entrySignals: EntrySignal[] = [];
  readonly pruned: { tradeDate: TradeDate; keepDays: number }[] = [];
  review: DayReview | undefined;
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

  async saveScan(rows: readonly Candidate[], scan: ScanSummary): Promise<void> {
    this.failures.throwIfDue('saveScan');
    this.scans.push(scan);
    this.candidates.push(...rows);
    const { scanId, scannedAt: marketAt, looked } = scan;
    const payload = { scanId, looked, candidates: rows.length };
    this.#events.write({ type: 'CandidateScannedEvent', level: 'INFO', marketAt, payload });
  }

  async pruneCandidates(tradeDate: TradeDate, keepDays: number): Promise<number> {
    this.failures.throwIfDue('pruneCandidates');
    this.pruned.push({ tradeDate, keepDays });
    return 0;
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

  async getStockDays(_date: TradeDate, symbol?: string): Promise<ReadonlyMap<string, StockDay>> {
    this.failures.throwIfDue('getStockDays');
    return new Map([...this.stockDays].filter(([key]) => symbol === undefined || key === symbol));
  }

  async saveEntrySignal(signal: EntrySignal): Promise<void> {
    this.entrySignals.push(signal);
  }

  async getDayReview(): Promise<DayReview | undefined> {
    return this.review;
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
