import type { FeedStatus, QuoteListener, Tick } from '@fleet/service-layer';
import type { KisProfile } from '../profile.ts';
import type { SymbolSpelling } from '../symbol-spelling.ts';
import type { KisFeed } from './kis-feed.ts';

interface Subscription {
  readonly listeners: Set<QuoteListener>;
  status: FeedStatus;
}

const STATUS = { registered: 'live', refused: 'rotatedOut', pending: 'stale' } as const;

/** Ticks by symbol to whoever asked for them. One slot a symbol, however many listen. */
export class QuoteSubscriptions {
  readonly #with: {
    readonly feed: KisFeed;
    readonly profile: KisProfile;
    readonly spelling: SymbolSpelling;
  };
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(dependencies: { feed: KisFeed; profile: KisProfile; spelling: SymbolSpelling }) {
    this.#with = dependencies;
    dependencies.feed.listen({
      onTicks: (ticks) => this.#deliver(ticks),
      onGap: () => this.#onGap(),
      onReconnected: () => this.#onReconnected(),
    });
  }

  async subscribe(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    const { feed, profile, spelling } = this.#with;
    for (const symbol of symbols) {
      const subscription: Subscription = this.#subscriptions.get(symbol) ?? {
        listeners: new Set(),
        status: 'stale',
      };
      subscription.listeners.add(listener);
      this.#subscriptions.set(symbol, subscription);
      const result = await feed.register(profile.feedTrIds.trade, spelling.toKis(symbol));
      subscription.status = STATUS[result.kind];
      listener.onFeedStatus(symbol, subscription.status);
    }
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    const { feed, profile, spelling } = this.#with;
    for (const symbol of symbols) {
      if (!this.#subscriptions.delete(symbol)) continue;
      await feed.unregister(profile.feedTrIds.trade, spelling.toKis(symbol));
    }
  }

  #deliver(ticks: readonly Tick[]): void {
    for (const tick of ticks) {
      const listeners = this.#subscriptions.get(tick.symbol)?.listeners ?? [];
      for (const listener of listeners) listener.onTick(tick);
    }
  }

  #onGap(): void {
    for (const [symbol, { status }] of this.#subscriptions) {
      if (status === 'live') this.#tell(symbol, 'stale');
    }
  }

  #onReconnected(): void {
    const { feed, profile, spelling } = this.#with;
    for (const [symbol, { status }] of this.#subscriptions) {
      if (status === 'rotatedOut') continue;
      const isLive = feed.isRegistered(profile.feedTrIds.trade, spelling.toKis(symbol));
      this.#tell(symbol, isLive ? 'live' : 'stale');
    }
  }

  #tell(symbol: string, status: FeedStatus): void {
    const subscription = this.#subscriptions.get(symbol);
    if (subscription === undefined) return;
    subscription.status = status;
    for (const listener of subscription.listeners) listener.onFeedStatus(symbol, status);
  }
}
