import type { SymbolTape } from './symbol-tape.ts';

/**
 * Keeps our fills under a share of each bar's volume. The market's volume is the file's; we trade
 * inside it, so without a cap a large order would trade more than the minute did.
 */
export class Participation {
  readonly #tape: SymbolTape;
  readonly #share: number;
  readonly #used = new Map<number, number>();

  constructor(tape: SymbolTape, share: number) {
    this.#tape = tape;
    this.#share = share;
  }

  /** Shares that may still be filled in the bar of the instant; 0 in a minute without trades. */
  left(instant: number): number {
    const bar = this.#tape.barAt(instant);
    if (bar < 0) return 0;
    const allowed = this.of(this.#tape.barVolume(bar));
    return Math.max(0, allowed - (this.#used.get(bar) ?? 0));
  }

  /** Our share of a volume. */
  of(volume: number): number {
    return Math.floor(volume * this.#share);
  }

  use(instant: number, quantity: number): void {
    const bar = this.#tape.barAt(instant);
    this.#used.set(bar, (this.#used.get(bar) ?? 0) + quantity);
  }
}
