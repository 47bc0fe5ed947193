/**
 * Real time, for sockets, faults and traces only. Everything a client can observe through KIS's
 * protocol (tokens, rate limits, trading) is measured in the exchange's market time.
 */
export interface RealTime {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs once after `delayMs`; must not keep the process alive. The answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Market time as the protocol front needs it. */
export interface MarketTime {
  /** Epoch milliseconds. */
  now(): number;
  /** Market milliseconds per real millisecond at this moment. */
  speed(): number;
}
