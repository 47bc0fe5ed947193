import type { Instrument } from '@fleet/service-layer';
import { isSymbol } from '@fleet/krx';

/** KIS writes an ETN as Q and six characters; the fleet's symbols have six. */
export class SymbolSpelling {
  readonly #notes = new Set<string>();

  /** The kinds come from the master files; an ETN is spelled wrong until they are read. */
  learn(instruments: readonly Instrument[]): void {
    for (const { symbol, kind } of instruments) if (kind === 'ETN') this.#notes.add(symbol);
  }

  /** PDNO, FID_INPUT_ISCD, tr_key. */
  toKis(symbol: string): string {
    return this.#notes.has(symbol) ? `Q${symbol}` : symbol;
  }
}

/** The six characters of a KIS code; undefined when it is none (ELW, funds, rights). */
export function symbolOf(text: string): string | undefined {
  const code = text.trim();
  // 'A' is other feeds' prefix, seen in hand-made data only.
  const bare = code.length === 7 && /^[QA]/.test(code) ? code.slice(1) : code;
  return isSymbol(bare) ? bare : undefined;
}
