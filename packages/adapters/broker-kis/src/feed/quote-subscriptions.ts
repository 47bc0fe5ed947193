import type { FeedStatus, QuoteListener, Tick } from '@fleet/service-layer';
import type { KisProfile } from '../profile.ts';
import type { SymbolSpelling } from '../symbol-spelling.ts';
import type { KisFeed } from './kis-feed.ts';

/** Ticks by symbol to whoever asked for them. One slot a symbol, however many listen. */
export class QuoteSubscriptions {
  readonly #with: {
    readonly feed: KisFeed;
    readonly profile: KisProfile;
    readonly spelling: SymbolSpelling;
  };
  readonly #listeners = new Map<string, Set<QuoteListener>>();

  constructor(dependencies: { feed: KisFeed; profile: KisProfile; spelling: SymbolSpelling }) {
    this.#with = dependencies;
    dependencies.feed.listen({
      onTicks: (ticks) => this.#deliver(ticks),
      onGap: () => this.#tellAll('stale'),
      onReconnected: () => this.#tellAll('live'),
    });
  }

  async subscribe(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    const { feed, profile, spelling } = this.#with;
    for (const symbol of symbols) {
      const listeners = this.#listeners.get(symbol) ?? new Set();
      this.#listeners.set(symbol, listeners.add(listener));
      const result = await feed.register(profile.feedTrIds.trade, spelling.toKis(symbol));
      const status = { registered: 'live', refused: 'rotatedOut', pending: 'stale' } as const;
      listener.onFeedStatus(symbol, status[result.kind]);
    }
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    const { feed, profile, spelling } = this.#with;
    for (const symbol of symbols) {
      if (!this.#listeners.delete(symbol)) continue;
      await feed.unregister(profile.feedTrIds.trade, spelling.toKis(symbol));
    }
  }

  #deliver(ticks: readonly Tick[]): void {
    for (const tick of ticks) {
      for (const listener of this.#listeners.get(tick.symbol) ?? []) listener.onTick(tick);
    }
  }

  #tellAll(status: FeedStatus): void {
    for (const [symbol, listeners] of this.#listeners) {
      for (const listener of listeners) listener.onFeedStatus(symbol, status);
    }
  }
}
