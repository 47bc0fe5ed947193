import { compactDate, kstCompactTime, kstDate } from '@fleet/krx';
import type { MarketTime, RealTime } from '../control/real-time.ts';

const MARKET_INTERVAL_MS = 11_000;
// At speed the interval shrinks with the market, but sockets live in real time.
const REAL_INTERVAL_MS_MIN = 1000;
/** Real time without any answer after which the server drops a session. */
const SILENCE_MS_MAX = 60_000;

export interface PingPongParts {
  readonly market: MarketTime;
  readonly real: RealTime;
  readonly say: (text: string) => void;
  readonly drop: () => void;
}

/** KIS's heartbeat of one session: a text frame that wants an echo or a pong frame. */
export class PingPong {
  readonly #parts: PingPongParts;
  #unansweredSince: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: PingPongParts) {
    this.#parts = parts;
  }

  start(): void {
    const { market, real } = this.#parts;
    const delay = Math.max(REAL_INTERVAL_MS_MIN, MARKET_INTERVAL_MS / Math.max(1, market.speed()));
    this.#cancel = real.after(delay, () => this.#beat());
  }

  answered(): void {
    this.#unansweredSince = undefined;
  }

  stop(): void {
    this.#cancel?.();
  }

  #beat(): void {
    const { real, say, drop } = this.#parts;
    const now = real.now();
    if (this.#unansweredSince !== undefined && now - this.#unansweredSince >= SILENCE_MS_MAX) {
      drop();
      return;
    }
    this.#unansweredSince ??= now;
    say(pingText(this.#parts.market.now()));
    this.start();
  }
}

/** The instant is market time, as everything a client sees. */
function pingText(marketMs: number): string {
  const datetime = compactDate(kstDate(marketMs)) + kstCompactTime(marketMs);
  return JSON.stringify({ header: { tr_id: 'PINGPONG', datetime } });
}
