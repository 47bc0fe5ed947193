import type { Clock, FeedStatus, Log, QuoteListener, Tick } from '@fleet/service-layer';
import { SYMBOLS_PER_REQUEST_MAX } from '@fleet/gateway-contract';

/** Tells the gateway; false: it did not take, try again later. @throws what trying again cannot cure */
export type TellGateway = (
  change: 'subscribe' | 'unsubscribe',
  symbols: readonly string[],
) => Promise<boolean>;

const RETRY_MS = 500;

/**
 * What this process wants to hear, and what the gateway has been told of it. After a lost connection
 * the whole of it is told again; until then its listeners hear `stale`.
 */
export class QuoteSubscriptions {
  readonly #wanted = new Map<string, Set<QuoteListener>>();
  readonly #told = new Set<string>();
  /** What the gateway last said of each symbol. */
  readonly #status = new Map<string, FeedStatus>();
  /** What the listeners were last told: `stale` while nothing is heard from the gateway. */
  readonly #shown = new Map<string, FeedStatus>();
  readonly #tell: TellGateway;
  readonly #clock: Clock;
  readonly #log: Log;
  #syncing: Promise<void> | undefined;
  #connected = false;
  #silent = false;

  constructor(deps: { tell: TellGateway; clock: Clock; log: Log }) {
    this.#tell = deps.tell;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /**
   * Resolves when the gateway knows, or at once without a connection. The order is that of value, and
   * asking again tells it anew: the best get the slots that are left.
   */
  async add(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    for (const symbol of symbols) {
      const listeners = this.#wanted.get(symbol) ?? new Set();
      // To the end, so that all of them are told in this order.
      this.#wanted.delete(symbol);
      this.#told.delete(symbol);
      this.#wanted.set(symbol, listeners.add(listener));
      const status = this.#effective(symbol);
      if (!status) continue;
      this.#shown.set(symbol, status);
      this.#guard(() => listener.onFeedStatus(symbol, status));
    }
    await this.#sync();
  }

  async remove(symbols: readonly string[]): Promise<void> {
    for (const symbol of symbols) {
      this.#wanted.delete(symbol);
      this.#status.delete(symbol);
      this.#shown.delete(symbol);
    }
    await this.#sync();
  }

  onUp(): void {
    this.#connected = true;
    this.#silent = false;
    this.#sync().catch((error: unknown) => this.#log.error('QuotesNotSubscribed', { error }));
  }

  onDown(): void {
    this.#connected = false;
    this.#told.clear();
    // A gateway says anew how each symbol comes.
    this.#status.clear();
    this.#showAll();
  }

  /** Nothing new is heard although the connection stands; or something is, again. */
  setSilent(silent: boolean): void {
    this.#silent = silent;
    this.#showAll();
  }

  /** Old ticks are kept from the listeners: they would pass for news, and keep them from asking. */
  onTick(tick: Tick): void {
    if (this.#silent) return;
    for (const listener of this.#wanted.get(tick.symbol) ?? []) {
      this.#guard(() => listener.onTick(tick));
    }
  }

  onStatus(symbol: string, status: FeedStatus): void {
    if (!this.#wanted.has(symbol)) return;
    this.#status.set(symbol, status);
    this.#show(symbol);
  }

  #effective(symbol: string): FeedStatus | undefined {
    return this.#connected && !this.#silent ? this.#status.get(symbol) : 'stale';
  }

  #showAll(): void {
    for (const symbol of this.#wanted.keys()) this.#show(symbol);
  }

  #show(symbol: string): void {
    const status = this.#effective(symbol);
    if (!status || this.#shown.get(symbol) === status) return;
    this.#shown.set(symbol, status);
    for (const listener of this.#wanted.get(symbol) ?? []) {
      this.#guard(() => listener.onFeedStatus(symbol, status));
    }
  }

  /** One at a time: a caller that comes meanwhile waits for the running one and then its own. */
  async #sync(): Promise<void> {
    while (this.#syncing) await this.#syncing.catch(() => undefined);
    if (!this.#connected) return;
    this.#syncing = this.#syncOnce();
    try {
      await this.#syncing;
    } finally {
      this.#syncing = undefined;
    }
  }

  async #syncOnce(): Promise<void> {
    while (this.#connected) {
      const leaving = [...this.#told].filter((symbol) => !this.#wanted.has(symbol));
      const coming = [...this.#wanted.keys()].filter((symbol) => !this.#told.has(symbol));
      if (leaving.length === 0 && coming.length === 0) return;
      const change = leaving.length > 0 ? 'unsubscribe' : 'subscribe';
      const batch = (leaving.length > 0 ? leaving : coming).slice(0, SYMBOLS_PER_REQUEST_MAX);
      const taken = await this.#tellOrForget(change, batch);
      if (!taken) await this.#clock.sleep(RETRY_MS);
    }
  }

  async #tellOrForget(
    change: 'subscribe' | 'unsubscribe',
    batch: readonly string[],
  ): Promise<boolean> {
    try {
      const taken = await this.#tell(change, batch);
      if (taken && this.#connected) {
        for (const symbol of batch) {
          if (change === 'subscribe') this.#told.add(symbol);
          else this.#told.delete(symbol);
        }
      }
      return taken;
    } catch (error) {
      // Refused for good: nobody is listening to these any more, and the caller is told.
      for (const symbol of batch) {
        if (change === 'subscribe') this.#wanted.delete(symbol);
        this.#told.delete(symbol);
      }
      throw error;
    }
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error('QuoteListenerFailed', { error });
    }
  }
}
