import type { SlotWish } from './slot-plan.ts';

/** Who wants to hear which symbol. */
export class Interests {
  /** By symbol in the order they came; inside: listener -> held. */
  readonly #bySymbol = new Map<string, Map<string, boolean>>();

  add(listener: string, symbols: readonly string[], held: boolean): void {
    for (const symbol of symbols) {
      const listeners = this.#bySymbol.get(symbol) ?? new Map<string, boolean>();
      this.#bySymbol.set(symbol, listeners.set(listener, held));
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

  wishes(): readonly SlotWish[] {
    return [...this.#bySymbol].map(([symbol, listeners]) => ({
      symbol,
      held: [...listeners.values()].some((held) => held),
    }));
  }
}
