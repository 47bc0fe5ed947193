import { makeAccessToken, readAccessToken } from './access-token.ts';
import type { KeyValueStore } from './key-value-store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const KEY = 'auth.tokens';

interface TokenRecord {
  readonly token: string;
  readonly appKey: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
}

interface TokenBook {
  readonly serial: number;
  /** Instant of the last successful call by app key: the one-a-minute rule counts calls. */
  readonly lastCallAt: Readonly<Record<string, number>>;
  readonly tokens: readonly TokenRecord[];
  /** All were revoked: from then on only tokens of this book count. */
  readonly onlyOwn?: boolean;
}

export interface TokenRules {
  /** One successful call per this long (EGW00133). */
  readonly spacingMs: number;
  /** Within this long a further call gets the same token. */
  readonly sameTokenMs: number;
  readonly lifetimeMs: number;
}

/** KIS's rules for persons: one call a minute, the same token inside six hours, a day of life. */
const TOKEN_RULES: TokenRules = {
  spacingMs: MINUTE_MS,
  sameTokenMs: 6 * HOUR_MS,
  lifetimeMs: 24 * HOUR_MS,
};

export type IssueResult =
  | { readonly issued: true; readonly token: string; readonly expiresAt: number }
  | { readonly issued: false };

export type TokenState = 'VALID' | 'UNKNOWN' | 'EXPIRED';

/** Issues and judges access tokens. All instants are market time, epoch milliseconds. */
export class TokenDesk {
  readonly #store: KeyValueStore;
  readonly #signingKey: string;
  readonly #rules: TokenRules;
  #book: TokenBook;

  private constructor(
    store: KeyValueStore,
    signingKey: string,
    rules: TokenRules,
    book: TokenBook,
  ) {
    this.#store = store;
    this.#signingKey = signingKey;
    this.#rules = rules;
    this.#book = book;
  }

  static async load(
    store: KeyValueStore,
    signingKey: string,
    rules: TokenRules = TOKEN_RULES,
  ): Promise<TokenDesk> {
    const text = await store.get(KEY);
    const empty: TokenBook = { serial: 0, lastCallAt: {}, tokens: [] };
    const book: TokenBook = text === undefined ? empty : JSON.parse(text);
    return new TokenDesk(store, signingKey, rules, book);
  }

  /** Durable before it answers: a restart neither forgets a token nor the minute. */
  async issue(appKey: string, now: number): Promise<IssueResult> {
    const last = this.#book.lastCallAt[appKey];
    if (last !== undefined && now >= last && now - last < this.#rules.spacingMs) {
      return { issued: false };
    }
    const record = this.#reusable(appKey, now) ?? this.#fresh(appKey, now);
    this.#book = {
      ...this.#book,
      serial: this.#book.serial + 1,
      lastCallAt: { ...this.#book.lastCallAt, [appKey]: now },
      tokens: [...this.#remembered(now).filter((each) => each.token !== record.token), record],
    };
    await this.#save();
    return { issued: true, token: record.token, expiresAt: record.expiresAt };
  }

  judge(token: string, appKey: string, now: number): TokenState {
    const record = this.#book.tokens.find((each) => each.token === token);
    if (record?.revoked === true) return 'UNKNOWN';
    const claims = record ?? this.#ofAnotherRun(token);
    if (claims === undefined || claims.appKey !== appKey) return 'UNKNOWN';
    return now >= claims.expiresAt ? 'EXPIRED' : 'VALID';
  }

  /**
   * Clients keep a token for its day, longer than a simulator runs: one that an earlier run with the
   * same keys signed is as good.
   */
  #ofAnotherRun(token: string): { appKey: string; expiresAt: number } | undefined {
    return this.#book.onlyOwn === true ? undefined : readAccessToken(token, this.#signingKey);
  }

  /** False when there is no such token of this key. */
  async revoke(token: string, appKey: string): Promise<boolean> {
    const found = this.#book.tokens.some(
      (each) => each.token === token && each.appKey === appKey && !each.revoked,
    );
    if (found) await this.#revokeWhere((each) => each.token === token);
    return found;
  }

  async revokeAll(): Promise<void> {
    this.#book = { ...this.#book, onlyOwn: true };
    await this.#revokeWhere(() => true);
  }

  async #revokeWhere(isMeant: (record: TokenRecord) => boolean): Promise<void> {
    const tokens = this.#book.tokens.map((each) =>
      isMeant(each) ? { ...each, revoked: true } : each,
    );
    this.#book = { ...this.#book, tokens };
    await this.#save();
  }

  #reusable(appKey: string, now: number): TokenRecord | undefined {
    return this.#book.tokens.findLast(
      (each) =>
        each.appKey === appKey &&
        !each.revoked &&
        now < each.expiresAt &&
        now >= each.issuedAt &&
        now - each.issuedAt < this.#rules.sameTokenMs,
    );
  }

  #fresh(appKey: string, now: number): TokenRecord {
    const expiresAt = now + this.#rules.lifetimeMs;
    const claims = { appKey, issuedAt: now, expiresAt, serial: this.#book.serial };
    const token = makeAccessToken(claims, this.#signingKey);
    return { token, appKey, issuedAt: now, expiresAt, revoked: false };
  }

  /** Expired tokens stay for a week so that they answer "expired", not "unknown". */
  #remembered(now: number): readonly TokenRecord[] {
    return this.#book.tokens.filter((each) => now - each.expiresAt < 7 * 24 * HOUR_MS).slice(-200);
  }

  #save(): Promise<void> {
    return this.#store.put(KEY, JSON.stringify(this.#book));
  }
}
