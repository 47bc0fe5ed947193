/** Real time: lease decisions, deadlines, socket timeouts. */
export interface Clock {
  /** Wall clock, epoch ms. */
  now(): number;
  /** Never steps; only differences mean anything. */
  monotonicMs(): number;
  /** @throws the signal's reason when aborted */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Market time: sessions, bars, poll intervals. Runs faster than real time in SIM. */
export interface MarketClock {
  /** Epoch ms. */
  now(): number;
  /** Waits for market milliseconds; follows a change of speed. @throws the signal's reason */
  sleep(marketMs: number, signal?: AbortSignal): Promise<void>;
  /** Resolves at once when the instant has passed. @throws the signal's reason */
  sleepUntil(instant: number, signal?: AbortSignal): Promise<void>;
  /** Market milliseconds per real millisecond; 1 outside SIM. */
  speed(): number;
}
