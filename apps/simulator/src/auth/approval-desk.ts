import { uuidOf } from './access-token.ts';
import type { KeyValueStore } from './key-value-store.ts';

const KEY = 'auth.approvals';
const LIFETIME_MS = 24 * 3_600_000;

interface Approval {
  readonly key: string;
  readonly appKey: string;
  readonly issuedAt: number;
}

interface ApprovalBook {
  readonly serial: number;
  readonly approvals: readonly Approval[];
}

/**
 * Keys that open a WebSocket session for a day of market time. A second issue leaves the first
 * valid: KIS documents nothing else.
 */
export class ApprovalDesk {
  readonly #store: KeyValueStore;
  readonly #seed: string;
  #book: ApprovalBook;

  private constructor(store: KeyValueStore, seed: string, book: ApprovalBook) {
    this.#store = store;
    this.#seed = seed;
    this.#book = book;
  }

  static async load(store: KeyValueStore, seed: string): Promise<ApprovalDesk> {
    const text = await store.get(KEY);
    const empty: ApprovalBook = { serial: 0, approvals: [] };
    const book: ApprovalBook = text === undefined ? empty : JSON.parse(text);
    return new ApprovalDesk(store, seed, book);
  }

  async issue(appKey: string, now: number): Promise<string> {
    const key = uuidOf(`${this.#seed}/approval/${appKey}/${this.#book.serial}`);
    const remembered = this.#book.approvals.filter((each) => now - each.issuedAt < LIFETIME_MS);
    this.#book = {
      serial: this.#book.serial + 1,
      approvals: [...remembered.slice(-199), { key, appKey, issuedAt: now }],
    };
    await this.#store.put(KEY, JSON.stringify(this.#book));
    return key;
  }

  /** The app key that an approval key stands for; undefined when unknown or older than a day. */
  appKeyOf(key: string, now: number): string | undefined {
    const found = this.#book.approvals.find((each) => each.key === key);
    return found !== undefined && now - found.issuedAt < LIFETIME_MS ? found.appKey : undefined;
  }
}
