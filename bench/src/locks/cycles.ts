/** What a process of the lock benches is asked for. */
export interface Asked {
  readonly seconds: number;
  /** No other process is given the same. */
  readonly symbols: readonly string[];
}

/** How long each claim and each release took, ms. */
export interface Cycles {
  readonly claims: readonly number[];
  readonly releases: readonly number[];
}

const STOCKS_EACH = 64;

/** Stocks of one process's own. */
export function stocksOf(child: number): readonly string[] {
  return Array.from({ length: STOCKS_EACH }, (_, index) =>
    String(100_000 + child * STOCKS_EACH + index),
  );
}

/** Cycles a second of all processes together. */
export function perSecond(rounds: readonly (readonly Cycles[])[], seconds: number): number {
  const counts = rounds.map((round) => round.reduce((sum, { claims }) => sum + claims.length, 0));
  return counts.reduce((sum, count) => sum + count, 0) / counts.length / seconds;
}
