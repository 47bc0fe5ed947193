import type {
  FeedStatus,
  Log,
  MarketClock,
  MarketDataPort,
  QuoteListener,
  Tick,
} from '@fleet/service-layer';
import { Interests } from './interests.ts';
import { tickOfQuote } from './quote-tick.ts';
import { planSlots } from './slot-plan.ts';

export interface QuoteAudience {
  onTick(tick: Tick, listeners: Iterable<string>): void;
  onStatus(symbol: string, status: FeedStatus, listeners: Iterable<string>): void;
}

export interface SlotSchedulerDependencies {
  readonly feed: Pick<MarketDataPort, 'subscribeQuotes' | 'unsubscribe' | 'getQuotes'>;
  readonly audience: QuoteAudience;
  /** Broker time. */
  readonly brokerClock: MarketClock;
  readonly log: Log;
  /** Registrations that quotes may use: all but the one pinned for execution notices. */
  readonly capacity: number;
  /** Pause between polls of what has no slot, broker ms. */
  readonly pollMs: number;
}

/** A live symbol that has been quiet for so long (broker ms) is looked at by a poll, too. */
const QUIET_MS = 10_000;
/** A stale or refused registration is made anew at most this often, broker ms. */
const RENEW_MS = 30_000;
/** A change that failed is tried again after this, broker ms. */
const RETRY_MS = 1_000;

interface SymbolFeed {
  status: FeedStatus | undefined;
  lastTick: Tick | undefined;
  /** Broker instant of the last tick by the feed. */
  heardAt: number;
  renewedAt: number;
  /** Broker instant at which it would not take the registration. */
  refusedAt: number;
}

/**
 * Shares the feed's registrations out among the symbols that anybody wants, polls the others, and
 * tells which is which: live, polled, rotated out, or stale.
 */
export class SlotScheduler {
  readonly #deps: SlotSchedulerDependencies;
  readonly #interests = new Interests();
  readonly #feeds = new Map<string, SymbolFeed>();
  /** Symbols that have a registration with the broker. */
  readonly #slots = new Set<string>();
  readonly #listener: QuoteListener;
  #applying: Promise<void> | undefined;
  #dirty = false;

  constructor(deps: SlotSchedulerDependencies) {
    this.#deps = deps;
    this.#listener = {
      onTick: (tick) => this.#onFeedTick(tick),
      onFeedStatus: (symbol, status) => this.#onFeedStatus(symbol, status),
    };
  }

  get slots(): { readonly used: number; readonly total: number } {
    return { used: this.#slots.size, total: this.#deps.capacity };
  }

  listenersOf(symbol: string): Iterable<string> {
    return this.#interests.listenersOf(symbol);
  }

  /** The listener first hears what is known already. Slots follow as soon as the broker grants them. */
  subscribe(listener: string, symbols: readonly string[], held: boolean): void {
    this.#interests.add(listener, symbols, held);
    for (const symbol of symbols) {
      const feed = this.#feedOf(symbol);
      const { status, lastTick } = feed;
      if (status) this.#deps.audience.onStatus(symbol, status, [listener]);
      if (lastTick) this.#deps.audience.onTick(lastTick, [listener]);
    }
    this.#apply();
  }

  unsubscribe(listener: string, symbols: readonly string[]): void {
    this.#interests.remove(listener, symbols);
    this.#forgetUnwanted();
    this.#apply();
  }

  removeListener(listener: string): void {
    this.#interests.removeListener(listener);
    this.#forgetUnwanted();
    this.#apply();
  }

  /** Resolves when the broker has been told everything so far. */
  async settled(): Promise<void> {
    while (this.#applying) await this.#applying;
  }

  /** Polls until the signal aborts. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { brokerClock, log, pollMs } = this.#deps;
    while (!signal.aborted) {
      await brokerClock.sleep(pollMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#poll(signal);
      } catch (error) {
        log.warn('QuotesNotPolled', { error });
      }
      this.#apply();
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { feed, brokerClock } = this.#deps;
    const quietSince = brokerClock.now() - QUIET_MS;
    const symbols = this.#interests.symbols().filter((symbol) => {
      const { status, heardAt } = this.#feedOf(symbol);
      return status !== 'live' || heardAt < quietSince;
    });
    if (symbols.length === 0) return;
    const quotes = await feed.getQuotes(symbols, { lane: 'scan', signal });
    for (const quote of quotes) {
      const known = this.#feeds.get(quote.symbol);
      if (!known) continue;
      if (known.status === 'live') this.#judgeQuiet(known, tickOfQuote(quote, known.lastTick));
      else this.#onPolledTick(known, tickOfQuote(quote, known.lastTick));
    }
  }

  /** Quiet is fine; silent while the market trades is not. */
  #judgeQuiet(feed: SymbolFeed, polled: Tick): void {
    const { brokerClock, log } = this.#deps;
    const heardMeanwhile = feed.heardAt >= brokerClock.now() - QUIET_MS;
    if (heardMeanwhile) return;
    if (feed.lastTick && polled.dayVolume <= feed.lastTick.dayVolume) return;
    if (!feed.lastTick) {
      // Nothing was ever heard; the first poll is the measure for the next.
      this.#deliver(feed, polled);
      return;
    }
    log.warn('QuoteFeedStale', { symbol: polled.symbol });
    this.#setStatus(polled.symbol, feed, 'stale');
    this.#deliver(feed, polled);
  }

  #onPolledTick(feed: SymbolFeed, tick: Tick): void {
    if (!this.#slots.has(tick.symbol)) this.#setStatus(tick.symbol, feed, 'polled');
    this.#deliver(feed, tick);
  }

  #onFeedTick(tick: Tick): void {
    const feed = this.#feeds.get(tick.symbol);
    if (!feed) return;
    feed.heardAt = this.#deps.brokerClock.now();
    if (this.#slots.has(tick.symbol)) this.#setStatus(tick.symbol, feed, 'live');
    this.#deliver(feed, tick);
  }

  #deliver(feed: SymbolFeed, tick: Tick): void {
    feed.lastTick = tick;
    this.#deps.audience.onTick(tick, this.#interests.listenersOf(tick.symbol));
  }

  #onFeedStatus(symbol: string, status: FeedStatus): void {
    const feed = this.#feeds.get(symbol);
    if (!feed) return;
    if (status === 'live') feed.heardAt = this.#deps.brokerClock.now();
    if (status !== 'rotatedOut') {
      this.#setStatus(symbol, feed, status);
      return;
    }
    // The broker had no slot after all: it is polled, and asked for again later.
    this.#slots.delete(symbol);
    feed.refusedAt = this.#deps.brokerClock.now();
    this.#setStatus(symbol, feed, 'polled');
  }

  #setStatus(symbol: string, feed: SymbolFeed, status: FeedStatus): void {
    if (feed.status === status) return;
    feed.status = status;
    this.#deps.audience.onStatus(symbol, status, this.#interests.listenersOf(symbol));
  }

  #feedOf(symbol: string): SymbolFeed {
    const known = this.#feeds.get(symbol);
    if (known) return known;
    const feed = {
      status: undefined,
      lastTick: undefined,
      heardAt: this.#deps.brokerClock.now(),
      renewedAt: Number.NEGATIVE_INFINITY,
      refusedAt: Number.NEGATIVE_INFINITY,
    };
    this.#feeds.set(symbol, feed);
    return feed;
  }

  #forgetUnwanted(): void {
    for (const symbol of this.#feeds.keys()) {
      if (!this.#interests.has(symbol)) this.#feeds.delete(symbol);
    }
  }

  /** Brings the registrations in line with the plan, one change after the other. */
  #apply(): void {
    this.#dirty = true;
    this.#applying ??= this.#applyAll().finally(() => {
      this.#applying = undefined;
    });
  }

  async #applyAll(): Promise<void> {
    const { log, brokerClock } = this.#deps;
    while (this.#dirty) {
      this.#dirty = false;
      try {
        await this.#applyOnce();
      } catch (error) {
        log.warn('SlotsNotApplied', { error });
        this.#markUnanswered();
        await brokerClock.sleep(RETRY_MS);
      }
    }
  }

  async #applyOnce(): Promise<void> {
    const { feed, capacity } = this.#deps;
    const plan = planSlots(this.#interests.wishes(), this.#slots, capacity);
    const stale = [...this.#slots].filter((symbol) => this.#wantsRenewal(symbol));
    const leaving = [...this.#slots].filter((symbol) => !plan.has(symbol));
    for (const symbol of new Set([...leaving, ...stale])) {
      this.#slots.delete(symbol);
      const known = this.#feeds.get(symbol);
      if (known && !plan.has(symbol)) this.#setStatus(symbol, known, 'rotatedOut');
    }
    if (leaving.length + stale.length > 0) await feed.unsubscribe([...leaving, ...stale]);
    for (const symbol of this.#interests.symbols()) {
      const known = this.#feedOf(symbol);
      if (!plan.has(symbol) && known.status === undefined) this.#setStatus(symbol, known, 'polled');
    }
    const askAgain = this.#deps.brokerClock.now() - RENEW_MS;
    const coming = [...plan].filter(
      (symbol) => !this.#slots.has(symbol) && this.#feedOf(symbol).refusedAt < askAgain,
    );
    for (const symbol of coming) this.#slots.add(symbol);
    if (coming.length > 0) await feed.subscribeQuotes(coming, this.#listener);
  }

  /** What was asked for and not answered counts as stale: polled now, registered anew later. */
  #markUnanswered(): void {
    for (const symbol of this.#slots) {
      const feed = this.#feeds.get(symbol);
      if (feed?.status === undefined && feed) this.#setStatus(symbol, feed, 'stale');
    }
  }

  /** A registration that brings nothing although the market trades is made anew. */
  #wantsRenewal(symbol: string): boolean {
    const feed = this.#feeds.get(symbol);
    const now = this.#deps.brokerClock.now();
    if (feed?.status !== 'stale' || now - feed.renewedAt < RENEW_MS) return false;
    feed.renewedAt = now;
    return true;
  }
}
