import type { CallLane, MarketClock } from '@fleet/service-layer';
import type { Callers } from './caller.ts';
import { CallPace, type PaceSettings } from './call-pace.ts';
import { type WaitingCall, WaitingCalls } from './waiting-calls.ts';

export interface PacedCallBudgetDependencies {
  readonly pace: PaceSettings;
  /** Broker time: the wall clock, and market time in a simulation. */
  readonly brokerClock: MarketClock;
  readonly callers: Callers;
  /** KIS refused a call as one too many; `factor` of the full pace is left. */
  readonly onThrottled?: (factor: number) => void;
}

/** Timers are late by about this much, real ms; in a fast market that is many slots. */
const TIMER_LATENESS_MS = 4;
const MINUTE_MS = 60_000;

/**
 * The one call budget of the app key: who waits longest in the most urgent lane goes next, each at
 * its own instant. A slot that is due already is granted without sleeping.
 */
export class PacedCallBudget {
  readonly #clock: MarketClock;
  readonly #callers: Callers;
  readonly #pace: CallPace;
  readonly #onThrottled: (factor: number) => void;
  readonly #waiting = new WaitingCalls();
  #pumping = false;
  /** Ends the sleep before an ordinary slot when something urgent arrives. */
  #sleep: { readonly urgent: boolean; readonly end: AbortController } | undefined;

  constructor(dependencies: PacedCallBudgetDependencies) {
    const { pace, brokerClock, callers, onThrottled } = dependencies;
    this.#clock = brokerClock;
    this.#callers = callers;
    this.#onThrottled = onThrottled ?? (() => undefined);
    this.#pace = new CallPace(
      pace,
      brokerClock.now(),
      () => TIMER_LATENESS_MS * Math.max(1, brokerClock.speed()),
    );
  }

  get waitingCalls(): number {
    return this.#waiting.size;
  }

  /** In the last broker minute. */
  get callsLastMinute(): number {
    return this.#pace.grantedSince(this.#clock.now() - MINUTE_MS);
  }

  /** Resolves when one call may leave now. @throws the signal's reason */
  async acquire(lane: CallLane, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call: WaitingCall = { lane, client: this.#callers.current(), grant: resolve };
    const onAbort = (): void => {
      this.#waiting.remove(call);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.add(call);
    if (isUrgent(lane) && this.#sleep?.urgent === false) this.#sleep.end.abort();
    if (!this.#pumping) void this.#pump();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  throttled(): void {
    const now = this.#clock.now();
    this.#pace.throttled(now);
    this.#onThrottled(this.#pace.factor(now));
  }

  /** Runs while anybody waits. Never throws. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let lane = this.#waiting.topLane(); lane; lane = this.#waiting.topLane()) {
      const now = this.#clock.now();
      const urgent = isUrgent(lane);
      const due = this.#pace.dueAt(now, urgent);
      if (due > now) {
        await this.#sleepUntil(due, urgent);
        continue;
      }
      this.#pace.grant(now, urgent);
      this.#waiting.take(lane)?.grant();
    }
    this.#pumping = false;
  }

  async #sleepUntil(due: number, urgent: boolean): Promise<void> {
    const end = new AbortController();
    this.#sleep = { urgent, end };
    await this.#clock.sleepUntil(due, end.signal).catch(() => undefined);
    this.#sleep = undefined;
  }
}

function isUrgent(lane: CallLane): boolean {
  return lane === 'cancel' || lane === 'exit';
}
