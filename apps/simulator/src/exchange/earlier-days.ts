import type { TradeDate } from '@fleet/krx';

import type { DayData, DayInput } from '../day/day-data.ts';
import { InputError } from '../day/input-error.ts';
import type { Engine } from './engine.ts';
import { minuteBars } from './quote-view.ts';
import type { Bar } from './types.ts';

/** Answers about days of the run that are over, from the source: nothing of them is kept. */
export class EarlierDays {
  readonly #input: DayInput;
  readonly #makeEngine: (day: DayData) => Engine;
  /** The day asked about last: clients page through one day at a time. */
  #known: { readonly date: TradeDate; readonly engine: Engine | undefined } | undefined;

  constructor(input: DayInput, makeEngine: (day: DayData) => Engine) {
    this.#input = input;
    this.#makeEngine = makeEngine;
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
    if (this.#known?.date !== date) this.#known = { date, engine: this.#load(date) };
    return this.#known.engine;
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
