import type { SimulatorClock } from '../clock/simulator-clock.ts';

/** Trades due within this many real milliseconds go out together. */
const COALESCE_MS = 5;
/** How often the market instant is stored, and how far ahead of the present (see `horizonAt`). */
const BEAT_MS = 200;
const LEAD_MS = 900;

export interface PacedMarket {
  advance(): number;
  nextEventAt(): number;
  onChange(callback: () => void): void;
}

/**
 * The instant to be stored now. It lies a little ahead: the clock may not pass what is stored, so a
 * killed exchange resumes at or after any instant it ever showed, and time never runs backwards.
 */
export function horizonAt(clock: SimulatorClock): number {
  return Math.ceil(clock.now() + LEAD_MS * clock.anchor().speed);
}

/** Plays the market as its time comes. When late it catches up; nothing is skipped. */
export async function runMarket(
  market: PacedMarket,
  clock: SimulatorClock,
  signal: AbortSignal,
): Promise<void> {
  let wake = new AbortController();
  market.onChange(() => wake.abort());
  const stop = (): void => wake.abort();
  signal.addEventListener('abort', stop);
  while (!signal.aborted) {
    wake = new AbortController();
    const now = market.advance();
    const soonest = now + COALESCE_MS * clock.anchor().speed;
    await clock.sleepUntil(soonest, signal);
    await clock.sleepUntil(market.nextEventAt(), wake.signal);
  }
  signal.removeEventListener('abort', stop);
}

/** Keeps the stored instant ahead of the clock. Ends with the signal or when storing fails. */
export async function keepInstant(
  flush: () => Promise<void>,
  clock: SimulatorClock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await flush();
    await clock.sleepReal(BEAT_MS, signal);
  }
}
