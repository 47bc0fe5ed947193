import type { SymbolTape } from './symbol-tape.ts';

/** What one symbol's market does: the clock's phase, but auctions last until their result. */
export type SymbolPhase =
  | 'BEFORE'
  | 'OPENING_AUCTION'
  | 'CONTINUOUS'
  /** The call auction of a volatility interruption or after a circuit breaker. */
  | 'INTERRUPTED'
  | 'CLOSING_AUCTION'
  | 'HALTED'
  | 'CLOSED';

export function symbolPhase(tape: SymbolTape, instant: number): SymbolPhase {
  const { session } = tape;
  if (instant < session.openingAuction.from) return 'BEFORE';
  if (instant >= tape.closingAt) return 'CLOSED';
  const stop = tape.stopAt(instant);
  if (stop !== undefined && instant < stop.auctionFrom) return 'HALTED';
  if (instant < tape.openingAt) return 'OPENING_AUCTION';
  if (instant >= session.closingAuction.from) return 'CLOSING_AUCTION';
  const isPaused = stop !== undefined || tape.interruptionAt(instant) !== undefined;
  return isPaused ? 'INTERRUPTED' : 'CONTINUOUS';
}

/** Orders gather, nothing matches until the auction's result. */
export function isAuction(phase: SymbolPhase): boolean {
  return phase === 'OPENING_AUCTION' || phase === 'CLOSING_AUCTION' || phase === 'INTERRUPTED';
}
