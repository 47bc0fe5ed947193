import type { Log, SecretStore } from '@fleet/service-layer';
import { seal, unseal } from './sealed-box.ts';

/** An access token as the broker adapter wants it back. */
export interface StoredToken {
  readonly accessToken: string;
  /** Epoch ms of the broker clock. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Digest of the app key and host it belongs to. */
  readonly issuedFor: string;
}

const TRADING_TOKEN = 'kis-access-token';

/**
 * Keeps the access token between runs, sealed with the app secret: a restart issues no second one
 * (KIS allows one a minute and tells the customer of each).
 */
export class TokenCustodian {
  readonly #secrets: SecretStore;
  readonly #name: string;
  readonly #appSecret: string;
  readonly #log: Log;

  /** @param dependencies.name of the stored secret, where there is more than one key */
  constructor(dependencies: { secrets: SecretStore; name?: string; appSecret: string; log: Log }) {
    this.#secrets = dependencies.secrets;
    this.#name = dependencies.name ?? TRADING_TOKEN;
    this.#appSecret = dependencies.appSecret;
    this.#log = dependencies.log;
  }

  /** Undefined also when what is stored cannot be read: then a new token is issued. */
  async load(): Promise<StoredToken | undefined> {
    const sealed = await this.#secrets.load(this.#name);
    if (sealed === undefined) return undefined;
    const plain = await unseal(this.#name, this.#appSecret, sealed);
    const token = plain === undefined ? undefined : parseToken(plain);
    if (!token) this.#log.warn('StoredTokenUnreadable', { name: this.#name });
    return token;
  }

  async save(token: StoredToken): Promise<void> {
    await this.#secrets.save(
      this.#name,
      await seal(this.#name, this.#appSecret, JSON.stringify(token)),
    );
  }
}

function parseToken(text: string): StoredToken | undefined {
  const value: unknown = JSON.parse(text);
  return isStoredToken(value) ? value : undefined;
}

function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== 'object' || value === null) return false;
  const { accessToken, issuedAt, expiresAt, issuedFor }: Partial<Record<string, unknown>> = {
    ...value,
  };
  return (
    typeof accessToken === 'string' &&
    typeof issuedAt === 'number' &&
    typeof expiresAt === 'number' &&
    typeof issuedFor === 'string'
  );
}
