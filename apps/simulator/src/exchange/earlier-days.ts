import type { TradeDate } from '@fleet/krx';

import type { DayData, DayInput } from '../day/day-data.ts';
import { InputError } from '../control/input-error.ts';
import type { Engine } from './engine.ts';
import { minuteBars } from './quote-view.ts';
import type { Bar } from './types.ts';

/** Answers about days of the run that are over. What is not in memory any more the source tells again. */
export class EarlierDays {
  readonly #input: DayInput;
  readonly #makeEngine: (day: DayData) => Engine;
  /** The one asked about last comes last; undefined for a day that the source does not have. */
  readonly #known = new Map<TradeDate, Engine | undefined>();

  constructor(input: DayInput, makeEngine: (day: DayData) => Engine) {
    this.#input = input;
    this.#makeEngine = makeEngine;
  }

  /** The day that has just ended, whose market is still at hand. */
  keep(engine: Engine): void {
    this.#remember(engine.day.date, engine);
  }

  /** The minutes as this exchange printed them, newest first; empty without that day or symbol. */
  minuteBars(symbol: string, date: TradeDate): readonly Bar[] {
    const engine = this.#engineOf(date);
    if (engine === undefined) return [];
    const { session } = engine.day;
    const now = session.afterHoursSinglePrice.to;
    const tape = engine.view(symbol, now)?.tape;
    return tape === undefined ? [] : minuteBars(tape, { until: now, now, count: DAY_MINUTES });
  }

  #engineOf(date: TradeDate): Engine | undefined {
    if (date < this.#input.firstDate) return undefined;
    const engine = this.#known.has(date) ? this.#known.get(date) : this.#load(date);
    this.#remember(date, engine);
    return engine;
  }

  #remember(date: TradeDate, engine: Engine | undefined): void {
    this.#known.delete(date);
    this.#known.set(date, engine);
    const [oldest] = this.#known.keys();
    if (this.#known.size > DAYS_KEPT && oldest !== undefined) this.#known.delete(oldest);
  }

  #load(date: TradeDate): Engine | undefined {
    try {
      return this.#makeEngine(this.#input.load(date));
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }
}

const DAY_MINUTES = 24 * 60;
/**
 * Clients compare a few days, stock by stock. A day of 1,900 stocks takes tens of MB, and seconds to
 * read from a large file, in which nobody is answered.
 */
const DAYS_KEPT = 3;
