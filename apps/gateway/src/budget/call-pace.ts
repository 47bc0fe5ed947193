export interface PaceSettings {
  /** What KIS allows the app key in any second; more is refused with EGW00201. */
  readonly callsPerSecond: number;
  /** Share of it that ordinary calls leave to cancels and exits. */
  readonly reserveShare: number;
  /** Urgent calls may run ahead of the spacing by so many, and the ordinary ones wait it off. */
  readonly urgentAhead: number;
}

export const DEFAULT_RESERVE = { reserveShare: 0.05, urgentAhead: 2 };

const SECOND_MS = 1_000;
/** After a refusal: silence, then a slower pace that comes back to full within some ten seconds. */
const THROTTLE_PAUSE_MS = 500;
const THROTTLE_FACTOR = 0.7;
const FACTOR_MIN = 0.2;
const RECOVERY_PER_SECOND = 0.05;
/** A clock that has gone back this far is another day, not jitter. */
const CLOCK_STEP_MS = 60_000;

/**
 * When the next call may leave. Calls are spaced, since KIS refuses bursts that stay within the
 * second's number. Instants are broker time. It begins empty: who ran before may have spent this
 * second's calls.
 */
export class CallPace {
  readonly #settings: PaceSettings;
  readonly #catchUpMs: () => number;
  /** Instants of granted calls of the last minute, oldest first. */
  #granted: number[] = [];
  #nextSlotAt: number;
  #nextOrdinaryAt: number;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #throttledAt = Number.NEGATIVE_INFINITY;
  #factorThen = 1;

  /** `catchUpMs`: lateness of timers, which a call may make up for; broker ms. */
  constructor(settings: PaceSettings, now: number, catchUpMs: () => number) {
    this.#settings = settings;
    this.#catchUpMs = catchUpMs;
    const first = this.#interval(now);
    this.#nextSlotAt = now + first * (1 + settings.urgentAhead);
    this.#nextOrdinaryAt = now + first;
  }

  /** The instant at which the next call of the kind may leave; in the past when one may leave now. */
  dueAt(now: number, urgent: boolean): number {
    this.#noticeStep(now);
    const ahead = this.#settings.urgentAhead * this.#interval(now);
    const spaced = urgent
      ? this.#nextSlotAt - ahead
      : Math.max(this.#nextSlotAt, this.#nextOrdinaryAt);
    return Math.max(spaced, this.#pausedUntil, this.#windowFreeAt());
  }

  grant(now: number, urgent: boolean): void {
    const interval = this.#interval(now);
    const earliest = now - this.#catchUpMs();
    this.#nextSlotAt = Math.max(this.#nextSlotAt, earliest) + interval;
    if (!urgent) {
      const share = 1 - this.#settings.reserveShare;
      this.#nextOrdinaryAt = Math.max(this.#nextOrdinaryAt, earliest) + interval / share;
    }
    this.#granted.push(now);
    if (this.#granted.length > 4_096) this.#forget(now);
  }

  /** KIS refused a call as one too many. Answers to calls of the same moment count once. */
  throttled(now: number): void {
    if (now - this.#throttledAt < THROTTLE_PAUSE_MS) return;
    this.#factorThen = Math.max(FACTOR_MIN, this.factor(now) * THROTTLE_FACTOR);
    this.#throttledAt = now;
    this.#pausedUntil = now + THROTTLE_PAUSE_MS;
  }

  /** 1 is the full pace. */
  factor(now: number): number {
    const seconds = (now - this.#throttledAt) / SECOND_MS;
    return Math.min(1, this.#factorThen + RECOVERY_PER_SECOND * seconds);
  }

  grantedSince(instant: number): number {
    const first = this.#granted.findIndex((at) => at > instant);
    return first === -1 ? 0 : this.#granted.length - first;
  }

  #interval(now: number): number {
    return SECOND_MS / (this.#settings.callsPerSecond * this.factor(now));
  }

  /** However the spacing fell: never more than the allowed number in any second. */
  #windowFreeAt(): number {
    const perMs = this.#settings.callsPerSecond / SECOND_MS;
    const cap = Math.floor(this.#settings.callsPerSecond + perMs * this.#forgivenMs());
    const oldest = this.#granted.at(-Math.max(1, cap));
    return oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + SECOND_MS;
  }

  /** In a fast market one tick of the timer is many calls long. */
  #forgivenMs(): number {
    const catchUp = this.#catchUpMs();
    return catchUp > SECOND_MS / this.#settings.callsPerSecond ? catchUp : 0;
  }

  #noticeStep(now: number): void {
    const latest = this.#granted.at(-1);
    if (latest === undefined || latest - now < CLOCK_STEP_MS) return;
    this.#granted = [];
    this.#nextSlotAt = now + this.#interval(now);
    this.#nextOrdinaryAt = this.#nextSlotAt;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#throttledAt = Number.NEGATIVE_INFINITY;
  }

  #forget(now: number): void {
    this.#granted = this.#granted.filter((at) => at > now - 60 * SECOND_MS);
  }
}
