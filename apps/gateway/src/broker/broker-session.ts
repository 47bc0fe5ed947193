import {
  BrokerError,
  type BrokerPort,
  type ExecutionNotice,
  type Log,
  type MarketClock,
} from '@fleet/service-layer';

export interface BrokerSessionDependencies {
  readonly broker: Pick<BrokerPort, 'login' | 'issueAccessToken' | 'subscribeOrderEvents'>;
  /** Broker time. */
  readonly brokerClock: MarketClock;
  readonly onNotice: (notice: ExecutionNotice) => void;
  /** The feed of notices stands (again): what happened before it is only in the list. */
  readonly onReady: () => void;
  readonly log: Log;
}

/** Between attempts, broker ms; the broker's feed has its own, longer pauses. */
const RETRY_MS = 5_000;

/**
 * The gateway's own login: one attempt at a time, shared by whoever asks, and repeated until it
 * stands, so that a gateway restarted in mid-day needs nobody to log it in.
 */
export class BrokerSession {
  readonly #deps: BrokerSessionDependencies;
  #attempt: Promise<void> | undefined;
  #hasToken = false;
  #hearsNotices = false;
  #leaving = false;

  constructor(deps: BrokerSessionDependencies) {
    this.#deps = deps;
  }

  get loggedIn(): boolean {
    return this.#hasToken;
  }

  /** Joins the attempt under way. @throws BrokerError, or the signal's reason */
  async login(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#attempt ??= this.#login().finally(() => {
      this.#attempt = undefined;
    });
    if (!signal) return await this.#attempt;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#attempt, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** From now on nothing new is begun: a token call under way ends, the feed is not opened after it. */
  leave(): void {
    this.#leaving = true;
  }

  /** Until logged in, the signal aborts, or the broker refuses for a reason that time does not cure. */
  async run(signal: AbortSignal): Promise<void> {
    const { brokerClock, log } = this.#deps;
    while (!signal.aborted) {
      try {
        await this.login(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        log.warn('BrokerLoginFailed', { error });
        // Each further try would issue a token, and the customer hears of each.
        if (isHopeless(error)) return;
      }
      await brokerClock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }

  async #login(): Promise<void> {
    const { broker, log, onReady } = this.#deps;
    this.#throwIfLeaving();
    await broker.issueAccessToken();
    this.#hasToken = true;
    // A session opened after we left would keep the slot from our successor.
    this.#throwIfLeaving();
    await broker.login();
    log.info('BrokerLoggedIn');
    if (!this.#hearsNotices) await this.#subscribeNotices();
    onReady();
  }

  #throwIfLeaving(): void {
    if (this.#leaving) throw new BrokerError('UNAVAILABLE', 'the gateway is leaving the broker');
  }

  /** Without notices orders are still followed, by reading the list more slowly. */
  async #subscribeNotices(): Promise<void> {
    const { broker, onNotice, log } = this.#deps;
    try {
      await broker.subscribeOrderEvents(onNotice);
      this.#hearsNotices = true;
    } catch (error) {
      log.error('NoticesNotSubscribed', { error });
    }
  }
}

function isHopeless(error: unknown): boolean {
  return error instanceof BrokerError && !error.retryable;
}
