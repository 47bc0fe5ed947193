import type { InstrumentKind } from './instrument.ts';
import { KrxRuleError } from './krx-rule-error.ts';

/** A short code: six characters, digits and (since 2024) capital letters. Leading zeros are real. */
export type Symbol6 = string & { readonly __brand: 'Symbol6' };

const SYMBOL = /^[0-9A-Z]{6}$/;
const ETN_WIRE_SYMBOL = /^Q([0-9A-Z]{6})$/;

/** Whether the text is a short code. An ETN's 'Q' + six characters (the broker's spelling) is not. */
export function isSymbol(text: string): text is Symbol6 {
  return SYMBOL.test(text);
}

/**
 * Reads a short code, also in the broker's spelling of an ETN ('Q500001').
 * @throws KrxRuleError BAD_SYMBOL
 */
export function parseSymbol(text: string): Symbol6 {
  const code = ETN_WIRE_SYMBOL.exec(text)?.[1] ?? text;
  if (isSymbol(code)) return code;
  throw new KrxRuleError('BAD_SYMBOL', `not a short code: ${text}`, { text });
}

/** The broker's spelling in REST and WebSocket: an ETN gets a 'Q' in front. */
export function wireSymbol(symbol: Symbol6, kind: InstrumentKind): string {
  return kind === 'ETN' ? `Q${symbol}` : symbol;
}
