import { kstDate } from '@fleet/krx';
import { BrokerError, type Clock, type MarketClock } from '@fleet/service-layer';
import type { KisCredentials } from '../credentials/kis-credentials.ts';
import { accountParts, type KisSettings } from '../settings.ts';
import { registerMessage } from './control-message.ts';
import { judgeFeedAnswer } from './feed-answers.ts';
import { type FeedEvents, FeedListeners } from './feed-events.ts';
import { type FeedAnswer, FeedSession } from './feed-session.ts';
import { FrameRouter } from './frame-router.ts';
import { ReconnectDelay } from './reconnect-delay.ts';

export interface FeedDependencies {
  readonly settings: KisSettings;
  readonly credentials: KisCredentials;
  readonly clock: Clock;
  readonly brokerClock: MarketClock;
}

export type RegisterResult =
  | { readonly kind: 'registered' }
  | {
      readonly kind: 'refused';
      readonly reason: 'full' | 'refused' | 'failed';
      readonly code: string;
      readonly message: string;
    }
  /** Wanted and kept: it is asked for again with the next session. */
  | { readonly kind: 'pending'; readonly reason: 'notConnected' | 'noAnswer' };

interface Registration {
  readonly trId: string;
  readonly trKey: string;
}

interface Session {
  readonly socket: FeedSession;
  readonly approvalKey: string;
}

/**
 * The one WebSocket session of an app key. Keeps what is registered across reconnects; how the
 * slots are shared out is the caller's business.
 */
export class KisFeed {
  readonly #with: FeedDependencies;
  readonly #listeners = new FeedListeners();
  readonly #router: FrameRouter;
  readonly #wanted = new Map<string, Registration>();
  /** What the current session has acknowledged. */
  readonly #registered = new Set<string>();
  /** Taken back in the current session: KIS may still be sending them. */
  readonly #givenUp = new Set<string>();
  #session: Session | undefined;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  #attempt = newAttempt();
  readonly #delay = new ReconnectDelay();
  /** KIS has refused the present session: its key, or because of another one. */
  #isRefused = false;
  #sessions = 0;
  /** Register messages leave one after the other, each after the answer to the one before. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(dependencies: FeedDependencies) {
    this.#with = dependencies;
    const { settings, brokerClock } = dependencies;
    this.#router = new FrameRouter({
      profile: settings.profile,
      account: accountParts(settings.accountId),
      events: this.#listeners,
      today: () => kstDate(brokerClock.now()),
      standingOf: (trId, symbol) => {
        // An ETN is registered as Q and its six characters.
        const ids = [idOf(trId, symbol), idOf(trId, `Q${symbol}`)];
        if (ids.some((id) => this.#wanted.has(id))) return 'wanted';
        return ids.some((id) => this.#givenUp.has(id)) ? 'givenUp' : 'unknown';
      },
    });
  }

  get isConnected(): boolean {
    return this.#session?.socket.isOpen === true;
  }

  /** Whether the current session carries this registration. */
  isRegistered(trId: string, trKey: string): boolean {
    return this.isConnected && this.#registered.has(idOf(trId, trKey));
  }

  /** Counted rejects, for the metrics. */
  rejects(): ReturnType<FrameRouter['rejects']> {
    return this.#router.rejects();
  }

  /** Returns the unsubscribe. */
  listen(listener: Partial<FeedEvents>): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Resolves when a session is open; at once when one is. The feed goes on trying by itself after
   * a failure, which is thrown. @throws BrokerError, or the signal's reason
   */
  async connect(signal?: AbortSignal): Promise<void> {
    if (this.isConnected) return;
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      this.#running = this.#run(this.#stop.signal);
    }
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    try {
      await Promise.race([this.#attempt.promise, promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** One TR and one key; repeating it is harmless. */
  async register(trId: string, trKey: string): Promise<RegisterResult> {
    this.#wanted.set(idOf(trId, trKey), { trId, trKey });
    const session = this.#session;
    if (session === undefined) return { kind: 'pending', reason: 'notConnected' };
    return await this.#register(session, { trId, trKey });
  }

  async unregister(trId: string, trKey: string): Promise<void> {
    this.#wanted.delete(idOf(trId, trKey));
    const session = this.#session;
    if (session === undefined) return;
    this.#givenUp.add(idOf(trId, trKey));
    await this.#ask(session, { trId, trKey }, false);
  }

  /** Leaves in order and forgets all registrations. */
  async disconnect(): Promise<void> {
    this.#wanted.clear();
    this.#stop?.abort(new BrokerError('UNAVAILABLE', 'feed: disconnected'));
    await this.#session?.socket.close('bye');
    await this.#running;
    this.#stop = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { brokerClock } = this.#with;
    while (!signal.aborted) {
      // Also before the first: leaving and coming back is no way around the wait.
      await brokerClock.sleepUntil(this.#delay.notBefore, signal).catch(() => undefined);
      if (signal.aborted) break;
      let livedMs: number | undefined;
      this.#isRefused = false;
      try {
        livedMs = await this.#live(signal);
      } catch (error) {
        // Waiters learn of it; the loop itself only waits and tries again.
        this.#attempt.reject(error);
        this.#attempt = newAttempt();
      }
      const isOurs = signal.aborted && livedMs !== undefined && !this.#isRefused;
      if (isOurs) this.#delay.left();
      else this.#delay.failed(livedMs ?? 0, brokerClock.now());
    }
    // Whoever still waits to be connected will not be.
    this.#attempt.reject(signal.reason);
    this.#attempt = newAttempt();
  }

  /** One session, to its end; returns the broker ms it lived. @throws when it cannot be opened */
  async #live(signal: AbortSignal): Promise<number> {
    const { credentials, clock, brokerClock, settings } = this.#with;
    // A fresh key each time: an old one has been refused after its session was lost.
    const approvalKey = await credentials.approvalKey(signal);
    const listener = {
      onData: (text: string) => this.#router.route(text),
      onAnswer: (answer: FeedAnswer) => this.#learn(answer),
    };
    this.#router.reset();
    this.#registered.clear();
    this.#givenUp.clear();
    const socket = await FeedSession.open(settings.wsUrl, clock, listener, signal);
    const session = { socket, approvalKey };
    const openedAt = brokerClock.now();
    this.#session = session;
    this.#sessions += 1;
    this.#attempt.resolve();
    const restored = this.#restore(session);
    const reason = await socket.ended;
    this.#session = undefined;
    this.#attempt = newAttempt();
    await restored;
    this.#listeners.onGap(reason);
    return brokerClock.now() - openedAt;
  }

  async #restore(session: Session): Promise<void> {
    const notice = this.#with.settings.profile.feedTrIds.notice;
    const isNotice = ({ trId }: Registration): number => Number(trId === notice);
    // Notices first: they are about money, quotes only about the next decision.
    const wanted = [...this.#wanted.values()].toSorted((a, b) => isNotice(b) - isNotice(a));
    for (const registration of wanted) {
      if (!session.socket.isOpen) return;
      await this.#register(session, registration);
    }
    if (session.socket.isOpen && this.#sessions > 1) this.#listeners.onReconnected();
  }

  async #register(session: Session, registration: Registration): Promise<RegisterResult> {
    const answer = await this.#ask(session, registration, true);
    if (answer === undefined) return { kind: 'pending', reason: 'noAnswer' };
    const verdict = judgeFeedAnswer(answer.code);
    if (verdict === 'registered') return { kind: 'registered' };
    if (verdict === 'sessionRefused') return { kind: 'pending', reason: 'notConnected' };
    // The late answer to an earlier request about the same key.
    if (verdict === 'unregistered') return { kind: 'pending', reason: 'noAnswer' };
    this.#wanted.delete(idOf(registration.trId, registration.trKey));
    return { kind: 'refused', reason: verdict, code: answer.code, message: answer.message };
  }

  async #ask(
    session: Session,
    registration: Registration,
    register: boolean,
  ): Promise<FeedAnswer | undefined> {
    const { settings, brokerClock } = this.#with;
    const asked = this.#queue.then(async () => {
      // Dropped or taken back while it was waiting in the queue.
      const wanted = this.#wanted.has(idOf(registration.trId, registration.trKey));
      if (session !== this.#session || wanted !== register) return undefined;
      const { approvalKey } = session;
      const text = registerMessage(settings, { approvalKey, register, ...registration });
      const answer = await session.socket.ask(text, registration);
      // Nobody who leaves waits for a pause, least of all on a market clock that has stopped.
      await brokerClock
        .sleep(settings.profile.registerSpacingMs, this.#stop?.signal)
        .catch(() => undefined);
      return answer;
    });
    this.#queue = asked.catch(() => undefined);
    return await asked;
  }

  #learn(answer: FeedAnswer): void {
    const { trId, trKey, code, secret } = answer;
    if (secret !== undefined) this.#router.setSecret(trId, secret);
    const verdict = judgeFeedAnswer(code);
    if (verdict === 'registered') this.#registered.add(idOf(trId, trKey));
    if (verdict === 'unregistered') this.#registered.delete(idOf(trId, trKey));
    if (verdict !== 'sessionRefused') return;
    this.#isRefused = true;
    // Staying would only be asked to leave; the reconnect waits until the slot is free.
    void this.#session?.socket.close(code);
  }
}

function idOf(trId: string, trKey: string): string {
  return `${trId} ${trKey}`;
}

function newAttempt(): PromiseWithResolvers<void> {
  const attempt = Promise.withResolvers<void>();
  // Nobody may be waiting.
  attempt.promise.catch(() => undefined);
  return attempt;
}
