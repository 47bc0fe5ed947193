import type { SlotWish } from './slot-plan.ts';

interface Interest {
  readonly held: boolean;
  /** Place in the listener's own order of value, 0 the best. */
  readonly rank: number;
}

/** Who wants to hear which symbol, and how much. */
export class Interests {
  readonly #bySymbol = new Map<string, Map<string, Interest>>();

  /** The order is the listener's order of value; what it wanted before comes behind. */
  add(listener: string, symbols: readonly string[], held: boolean): void {
    const named = new Set(symbols);
    for (const [symbol, listeners] of this.#bySymbol) {
      const earlier = listeners.get(listener);
      if (!earlier || named.has(symbol)) continue;
      listeners.set(listener, { ...earlier, rank: earlier.rank + symbols.length });
    }
    for (const [rank, symbol] of symbols.entries()) {
      const listeners = this.#bySymbol.get(symbol) ?? new Map<string, Interest>();
      this.#bySymbol.set(symbol, listeners.set(listener, { held, rank }));
    }
  }

  remove(listener: string, symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const listeners = this.#bySymbol.get(symbol);
      if (!listeners?.delete(listener)) continue;
      if (listeners.size === 0) this.#bySymbol.delete(symbol);
    }
  }

  removeListener(listener: string): void {
    this.remove(listener, [...this.#bySymbol.keys()]);
  }

  has(symbol: string): boolean {
    return this.#bySymbol.has(symbol);
  }

  listenersOf(symbol: string): Iterable<string> {
    return this.#bySymbol.get(symbol)?.keys() ?? [];
  }

  symbols(): readonly string[] {
    return [...this.#bySymbol.keys()];
  }

  /** A symbol is worth what it is to the listener that values it most. */
  wishes(): readonly SlotWish[] {
    return [...this.#bySymbol].map(([symbol, listeners]) => {
      const interests = [...listeners.values()];
      return {
        symbol,
        held: interests.some(({ held }) => held),
        rank: Math.min(...interests.map(({ rank }) => rank)),
      };
    });
  }
}
