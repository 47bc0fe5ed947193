import { createHash } from 'node:crypto';
import { BrokerError, type MarketClock } from '@fleet/service-layer';
import type { CallBudget } from '../rest/call-budget.ts';
import type { HttpResult, HttpTransport } from '../rest/http-transport.ts';
import type { KisKeySettings } from '../settings.ts';
import { readApprovalReply, readTokenReply } from './oauth-reply.ts';
import type { KisTokenStore, StoredToken } from './token-store.ts';

/** KIS refuses a second token within a minute (EGW00133); a second more for its clock. */
const ISSUE_SPACING_MS = 61_000;
const ISSUE_ATTEMPTS_MAX = 3;
/** A token this near its end is replaced before it is used. */
const EXPIRY_MARGIN_MS = 10 * 60_000;

export interface AccessToken {
  readonly value: string;
  /** Counts the issues: KIS may hand out the same text again, so the text tells nothing. */
  readonly generation: number;
}

export interface CredentialsDependencies {
  readonly settings: KisKeySettings;
  readonly transport: HttpTransport;
  readonly store: KisTokenStore;
  readonly budget: CallBudget;
  readonly brokerClock: MarketClock;
}

/**
 * The one holder of the access token: issues at most one at a time and one a minute, reuses the
 * stored one. Approval keys have no such rule and are issued anew for every feed session.
 */
export class KisCredentials {
  readonly #with: CredentialsDependencies;
  readonly #issuedFor: string;
  #token: StoredToken | undefined;
  #generation = 0;
  #loaded = false;
  #lastIssueAt = Number.NEGATIVE_INFINITY;
  #running: Promise<AccessToken> | undefined;
  #call: Promise<AccessToken> | undefined;
  #closed = false;

  constructor(dependencies: CredentialsDependencies) {
    this.#with = dependencies;
    const { restUrl, appKey } = dependencies.settings;
    this.#issuedFor = createHash('sha256').update(`${restUrl}\n${appKey}`).digest('hex');
  }

  /** The token if it can be used without waiting. */
  current(): AccessToken | undefined {
    const token = this.#token;
    if (token === undefined || !this.#isAlive(token)) return undefined;
    return { value: token.accessToken, generation: this.#generation };
  }

  /** @throws BrokerError, or the signal's reason (the issue itself goes on for the others) */
  async accessToken(signal?: AbortSignal): Promise<AccessToken> {
    const current = this.current();
    if (current !== undefined) return current;
    this.#running ??= this.#obtain().finally(() => {
      this.#running = undefined;
    });
    return await abortable(this.#running, signal);
  }

  /** KIS refused this token: the next call gets a new one. Older news is ignored. */
  discard(token: AccessToken): void {
    if (token.generation === this.#generation) this.#token = undefined;
  }

  /**
   * Begins no further token call, and resolves when the one under way is answered and its token stored:
   * a process that ends before makes the next one wait for the broker's minute. Never throws.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#call?.catch(() => undefined);
  }

  /** A fresh key; an open session does not need it any more. @throws BrokerError */
  async approvalKey(signal?: AbortSignal): Promise<string> {
    const { appKey, appSecret } = this.#with.settings;
    return readApprovalReply(
      // The secret's name differs from tokenP's.
      await this.#post('/oauth2/Approval', { appkey: appKey, secretkey: appSecret }, signal),
    );
  }

  async #obtain(): Promise<AccessToken> {
    if (!this.#loaded) {
      const stored = await this.#with.store.load();
      this.#loaded = true;
      if (stored?.issuedFor === this.#issuedFor) this.#adopt(stored);
    }
    return this.current() ?? (await this.#issue());
  }

  #adopt(stored: StoredToken): void {
    const now = this.#with.brokerClock.now();
    // From a later broker time than now: a simulation that has started over.
    if (stored.issuedAt > now) return;
    this.#lastIssueAt = stored.issuedAt;
    if (!this.#isAlive(stored)) return;
    this.#token = stored;
    this.#generation += 1;
  }

  async #issue(): Promise<AccessToken> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#with.brokerClock.sleepUntil(this.#lastIssueAt + ISSUE_SPACING_MS * attempt);
      try {
        if (this.#closed) throw new BrokerError('UNAVAILABLE', 'tokenP: we are leaving');
        this.#call = this.#issueOnce();
        return await this.#call;
      } catch (error) {
        const wait = error instanceof BrokerError && error.code === 'THROTTLED';
        if (!wait || attempt >= ISSUE_ATTEMPTS_MAX) throw error;
      }
    }
  }

  async #issueOnce(): Promise<AccessToken> {
    const { settings, brokerClock, store } = this.#with;
    const issuedAt = brokerClock.now();
    // Before the call: an attempt counts whether or not its answer arrives.
    this.#lastIssueAt = issuedAt;
    const { accessToken, lifetimeMs } = readTokenReply(
      await this.#post('/oauth2/tokenP', {
        appkey: settings.appKey,
        appsecret: settings.appSecret,
      }),
    );
    const expiresAt = issuedAt + lifetimeMs;
    const token = { accessToken, issuedAt, expiresAt, issuedFor: this.#issuedFor };
    await store.save(token);
    this.#token = token;
    this.#generation += 1;
    return { value: accessToken, generation: this.#generation };
  }

  async #post(
    path: string,
    secrets: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<HttpResult> {
    const { settings, transport, budget } = this.#with;
    // Without a token nothing else can leave, not even a cancel.
    await budget.acquire('cancel', signal);
    return await transport.exchange({
      url: `${settings.restUrl}${path}`,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      json: { grant_type: 'client_credentials', ...secrets },
      timeoutMs: settings.profile.answerDeadlineMs,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #isAlive(token: StoredToken): boolean {
    const lifetime = token.expiresAt - token.issuedAt;
    const margin = Math.min(EXPIRY_MARGIN_MS, lifetime / 10);
    return this.#with.brokerClock.now() < token.expiresAt - margin;
  }
}

async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
