import {
  type InstrumentClass,
  KRX_CALENDAR,
  type Session,
  type TradeDate,
  type TradingCalendar,
} from '@fleet/krx';

import type { DayData } from '../day/day-data.ts';
import { InputError, type Texts } from '../control/input-error.ts';
import { Journal } from '../store/journal.ts';
import { type KeyValues, makeKeyValues } from '../store/key-values.ts';
import type { Arrival, StoredRun } from '../store/rows.ts';
import type { SimulatorStore } from '../store/simulator-store.ts';
import type { ExchangeOptions, RunningExchange } from './running-exchange.ts';
import { horizonAt, keepInstant, runMarket } from './pacing.ts';
import { EarlierDays } from './earlier-days.ts';
import { Engine } from './engine.ts';
import { SimulatedExchange } from './simulated-exchange.ts';
import {
  type Books,
  makeBooks,
  makeTradingDay,
  repeatDay,
  restoreEarlierDays,
  rowsOf,
  startBooks,
  type TradingDay,
} from './trading-day.ts';

export const PARTICIPATION = 0.2;
const BRANCH = '06010';

export interface RunOptions extends ExchangeOptions {
  readonly store: SimulatorStore;
  readonly run: StoredRun;
  readonly isResumed: boolean;
}

/** Where a day begins, unless told otherwise: when orders for the opening auction begin. */
export function startOf(options: ExchangeOptions, session: Session): number {
  return options.startAt?.(session) ?? session.openingAuction.from;
}

/** A run in motion: the exchange, its books on disk, and the loops that move them. */
export class ExchangeRun implements RunningExchange {
  readonly exchange: SimulatedExchange;
  readonly clock: ExchangeOptions['clock'];
  readonly keyValues: KeyValues;
  readonly isResumed: boolean;
  readonly #options: RunOptions;
  readonly #calendar: TradingCalendar;
  readonly #kinds = new Map<string, InstrumentClass>();
  readonly #books: Books;
  readonly #journal: Journal;
  readonly #earlier: EarlierDays;
  readonly #stop = new AbortController();
  #loops: readonly Promise<void>[] = [];
  #day: TradingDay;
  #date: TradeDate;
  #exactInstant: number | undefined;

  /** Rebuilds books and market from the stored run; nothing moves before `start`. */
  constructor(options: RunOptions) {
    const { run, clock, store } = options;
    this.#options = options;
    this.clock = clock;
    this.isResumed = options.isResumed;
    this.keyValues = makeKeyValues(options.pool, store.schema);
    this.#calendar = options.calendar ?? KRX_CALENDAR;
    this.#date = run.date;
    for (const { record, market, kind } of run.orders)
      this.#kinds.set(record.symbol, { market, kind });
    this.#books = makeBooks({
      accounts: options.accounts,
      calendar: this.#calendar,
      date: run.fills[0]?.date ?? run.date,
      kindOf: (symbol) => this.#kindOf(symbol),
    });
    this.#day = this.#makeDay(run.date);
    restoreEarlierDays(this.#books, run, this.#day.data);
    const booked = repeatDay(this.#day, this.#books, run);
    this.#journal = new Journal({
      commit: (batch) => store.commit(batch),
      mark: () => ({ date: this.#date, instant: this.#exactInstant ?? horizonAt(clock) }),
      onMark: (instant) => clock.allowUntil(instant),
      pause: (attempt) => clock.sleepReal(50 * attempt),
      onBroken: options.onFatal,
    });
    this.#journal.add({ ...rowsOf(this.#day, booked), onDurable: noop, onFailure: noop });
    clock.allowUntil(run.instant);
    clock.jumpTo(run.instant);
    this.#earlier = new EarlierDays(options.day, (data) => this.#makeEngine(data));
    this.exchange = new SimulatedExchange({
      clock,
      journal: this.#journal,
      books: this.#books,
      calendar: this.#calendar,
      day: this.#day,
      earlier: this.#earlier,
      lastSequence: run.lastSequence,
    });
  }

  async start(): Promise<void> {
    await this.#journal.flush();
    const { signal } = this.#stop;
    // A new speed wants a new horizon at once, else the clock would stand still until the next beat.
    this.clock.onAnchor(() => void this.#flushQuietly());
    this.#loops = [
      runMarket(this.exchange, this.clock, signal),
      keepInstant(() => this.#flushQuietly(), this.clock, signal),
    ];
  }

  notes(): readonly Texts[] {
    return this.#day.data.notes;
  }

  arrivals(): Promise<readonly Arrival[]> {
    return this.#options.store.arrivals();
  }

  nextDate(): TradeDate | undefined {
    return this.#options.day.nextDate(this.#date);
  }

  async startNextDay(): Promise<void> {
    const next = this.nextDate();
    if (next === undefined) {
      throw new InputError({
        en: `The day input has no day after ${this.#date}.`,
        ko: `${this.#date} 다음 날이 없습니다.`,
      });
    }
    const over = this.#day.data.session.afterHoursSinglePrice.to;
    this.clock.jumpTo(Math.max(this.clock.now(), over));
    this.exchange.advance();
    await this.#journal.flush();
    this.#earlier.keep(this.#day.engine);
    const day = this.#makeDay(next);
    startBooks(this.#books, day.data);
    this.#date = next;
    this.#day = day;
    this.clock.jumpTo(startOf(this.#options, day.data.session));
    this.exchange.startDay(day);
    await this.#journal.flush();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
    try {
      await this.#storeExactInstant();
    } finally {
      this.#options.store.close();
    }
  }

  async #storeExactInstant(): Promise<void> {
    // The clock stands at the exact instant from here on; nothing is skipped by a restart.
    this.#exactInstant = this.clock.now();
    this.clock.allowUntil(this.#exactInstant);
    this.exchange.advance();
    await this.#journal.flush();
  }

  #makeDay(date: TradeDate): TradingDay {
    const { day, seed, participation = PARTICIPATION, branch = BRANCH } = this.#options;
    const data = day.load(date);
    for (const { instrument } of data.symbols.values())
      this.#kinds.set(instrument.symbol, instrument);
    return makeTradingDay({ data, books: this.#books, seed, participation, branch });
  }

  #makeEngine(day: DayData): Engine {
    const { seed, participation = PARTICIPATION } = this.#options;
    return new Engine({ day, seed, participation });
  }

  #kindOf(symbol: string): InstrumentClass {
    const kind = this.#kinds.get(symbol);
    if (kind === undefined) throw new Error(`no market known for ${symbol}`);
    return kind;
  }

  /** The journal reports its own failure; a beat that finds it broken has nothing to add. */
  async #flushQuietly(): Promise<void> {
    try {
      await this.#journal.flush();
    } catch {
      this.#stop.abort();
    }
  }
}

function noop(): void {}
