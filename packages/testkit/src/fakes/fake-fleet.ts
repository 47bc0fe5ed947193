import {
  DEFAULT_LOCK_TIMING,
  DEFAULT_WATCH_LIMITS,
  price,
  quantity,
  won,
  type Strategy,
} from '@fleet/domain';
import { KRX_CALENDAR } from '@fleet/krx';
import {
  LockKeeper,
  OrderService,
  type Candidate,
  type TradingDay,
  type WorkerContext,
} from '@fleet/service-layer';
import {
  anInstrument,
  aPosition,
  aProcess,
  aQuote,
  newId,
  TEST_DATE,
  TEST_MARKET_AT,
} from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeSystemStore, FakeWorkerStore } from './fake-fleet-stores.ts';
import { FakeGateway } from './fake-gateway.ts';
import { FakeLockStore } from './fake-lock-store.ts';
import { FakeMarketData } from './fake-market-data.ts';
import { FakeOrderStore } from './fake-order-store.ts';
import { FakeTradingStore } from './fake-trading-store.ts';
import { RecordingLag, RecordingLog } from './recording-log.ts';
import { ScriptedStrategy } from './scripted-strategy.ts';

const POLL_MS = 5_000;
const MINUTE_MS = 60_000;

/** All fakes wired together, market time and real time one clock that stands until it is moved. */
export class FakeFleet {
  readonly clock: FakeClock;
  readonly events = new FakeEventStore();
  readonly locks: FakeLockStore;
  readonly orders: FakeOrderStore;
  readonly workers = new FakeWorkerStore(this.events);
  readonly system = new FakeSystemStore(this.events);
  readonly trading = new FakeTradingStore(this.events);
  readonly marketData = new FakeMarketData();
  readonly gateway: FakeGateway;
  readonly strategy = new ScriptedStrategy();
  readonly log = new RecordingLog();
  readonly lag = new RecordingLag();
  /** Of every signal that is added, won; undefined: not known. */
  averageRange: string | undefined;
  /** Ends everything that runs in the background. */
  readonly ended = new AbortController();

  constructor(startAt = TEST_MARKET_AT) {
    this.clock = new FakeClock(startAt);
    this.locks = new FakeLockStore(this.clock, this.events);
    this.orders = new FakeOrderStore(this.clock, this.events, this.locks);
    this.gateway = new FakeGateway(this.orders, this.clock);
    this.system.databaseClock = () => this.clock.now();
    this.orders.gate = () => this.system.state.gate;
    this.locks.isOrphan = (symbol) => this.orders.isBusy(symbol);
    this.locks.busyStocks = () => {
      const symbols = [...this.orders.positions.keys(), ...this.orders.all().map((o) => o.symbol)];
      return [...new Set(symbols)].filter((symbol) => this.orders.isBusy(symbol));
    };
    this.system.state = { ...this.system.state, state: 'TRADING', tradeDate: TEST_DATE };
  }

  /** A worker in SCAN, its locks renewed as time moves. */
  makeWorker(changes: Partial<WorkerContext> = {}): WorkerContext {
    const { clock, orders, gateway, locks, log, lag } = this;
    const workerId = changes.workerId ?? newId();
    const timing = DEFAULT_LOCK_TIMING;
    const keeper = { workerId, locks, timing, clock, marketClock: clock, lag, log };
    const lockKeeper = new LockKeeper(keeper);
    void lockKeeper.keepRenewing(this.ended.signal, () => undefined);
    const service = { orders, broker: gateway, feed: gateway, marketClock: clock, newId, log };
    const capital = won('10000000');
    const known = { process: aProcess(), capitalLimit: capital, strategyName: this.strategy.name };
    this.workers.put(workerId, 'SCAN', known);
    return {
      workerId,
      capital,
      venue: 'KRX',
      entry: { sizing: { kind: 'ALL_IN' }, order: 'BY_URGENCY' },
      pollMs: POLL_MS,
      timing,
      watchLimits: DEFAULT_WATCH_LIMITS,
      broker: gateway,
      marketData: this.marketData,
      orderFeed: gateway,
      orderService: new OrderService(service),
      lockKeeper,
      orders,
      lockStore: locks,
      workers: this.workers,
      trading: this.trading,
      system: this.system,
      systemNow: () => this.system.state,
      events: this.events,
      clock,
      marketClock: clock,
      lag,
      log,
      newId,
      board: { unrealizedPnl: undefined, lastEvent: undefined },
      ...changes,
    };
  }

  makeDay(strategy: Strategy = this.strategy, params: TradingDay['params'] = {}): TradingDay {
    const session = KRX_CALENDAR.sessionOf(TEST_DATE);
    const liquidationAt = session.regular.to - 15 * MINUTE_MS;
    const paramsVersion = 3;
    return { tradeDate: TEST_DATE, session, liquidationAt, strategy, params, paramsVersion };
  }

  /** A stock in the universe, quoted at 10,000 won. */
  addStock(symbol: string): void {
    const universe = this.trading.universes.get(TEST_DATE) ?? [];
    this.trading.universes.set(TEST_DATE, [...universe, anInstrument({ symbol })]);
    this.marketData.setQuote(aQuote({ symbol }));
  }

  /** Signals of one scan, best first. */
  addSignals(...symbols: readonly string[]): void {
    const scanId = newId();
    symbols.forEach((symbol, index) => {
      this.addStock(symbol);
      this.trading.candidates.push(this.#candidate(scanId, symbol, symbols.length - index));
    });
  }

  #candidate(scanId: string, symbol: string, score: number): Candidate {
    return {
      scanId,
      scannedAt: this.clock.now(),
      strategyName: this.strategy.name,
      symbol,
      signal: true,
      score: String(score),
      lastPrice: price(10_000),
      bid: price(9_990),
      ask: price(10_000),
      volume: quantity(1_000_000),
      turnover: won('10000000000'),
      changeRate: '0.01',
      indicators: {
        turnoverPerMinute: '1000000000',
        bars: '30',
        ...(this.averageRange === undefined ? {} : { averageRange: this.averageRange }),
      },
      reasons: [{ code: 'SCRIPT', actual: 'x', limit: 'y' }],
      whyNot: [],
    };
  }

  /** Shares bought earlier at 10,000 won, without a lock. */
  addPosition(symbol: string, shares = 10): void {
    this.addStock(symbol);
    const enteredAt = this.clock.now();
    const position = aPosition({ symbol, quantity: quantity(shares), enteredAt });
    this.orders.positions.set(symbol, position);
  }

  /** Moves time until the work has ended. @throws what it throws, or when it takes too long */
  async run<T>(work: Promise<T>, limitMs = 8 * 60 * MINUTE_MS, stepMs = 1_000): Promise<T> {
    const state = { ended: false };
    const watched = work.finally(() => (state.ended = true));
    watched.catch(() => undefined);
    for (let passed = 0; !state.ended; passed += stepMs) {
      if (passed > limitMs) throw new Error(`still under way after ${limitMs} ms`);
      await this.clock.advance(stepMs);
    }
    return await watched;
  }
}
