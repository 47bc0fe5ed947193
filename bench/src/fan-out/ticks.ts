import { price, quantity } from '@fleet/domain';
import type { Tick } from '@fleet/service-layer';

const START_PRICE = 50_000;
const TICK_SIZE = 50;

/**
 * Trades as a busy morning prints them: 40 stocks in an irregular turn, prices that walk a tick at a
 * time. The same seed gives the same trades.
 */
export class BusyMorning {
  readonly symbols: readonly string[];
  readonly #steps: number[];
  readonly #volumes: number[];
  #state: number;

  constructor(stocks: number, seed = 20_190_920) {
    this.symbols = Array.from({ length: stocks }, (_, index) =>
      String(5_930 + index * 10).padStart(6, '0'),
    );
    this.#steps = this.symbols.map(() => 0);
    this.#volumes = this.symbols.map(() => 1_000_000);
    this.#state = seed;
  }

  /** @param at stands in the tick as its instant */
  next(at: number): Tick {
    const stock = this.#random(this.symbols.length);
    const step = (this.#steps[stock] ?? 0) + this.#random(3) - 1;
    const volume = 1 + this.#random(500);
    const dayVolume = (this.#volumes[stock] ?? 0) + volume;
    this.#steps[stock] = step;
    this.#volumes[stock] = dayVolume;
    const last = START_PRICE + step * TICK_SIZE;
    return {
      symbol: this.symbols[stock] ?? '',
      at,
      price: price(last),
      volume: quantity(volume),
      dayVolume: quantity(dayVolume),
      bid: price(last - TICK_SIZE),
      ask: price(last),
      bidSize: quantity(1 + this.#random(20_000)),
      askSize: quantity(1 + this.#random(20_000)),
      halted: false,
    };
  }

  /** Whole, below `bound`. */
  #random(bound: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}
