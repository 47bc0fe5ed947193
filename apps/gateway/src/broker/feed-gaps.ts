import type { EventStore, Log, MarketClock, ReconcileResult } from '@fleet/service-layer';

export interface FeedGapsDependencies {
  /** One complete pass over the broker's list. */
  readonly reconcile: () => Promise<ReconcileResult>;
  readonly events: Pick<EventStore, 'append'>;
  readonly marketClock: MarketClock;
  readonly log: Log;
}

/**
 * A feed that broke and came back: notices of the meantime are lost for good, so the broker's list is
 * read, and then the gap is marked with what the list knew more. Listeners hear `stale` and `live`.
 */
export class FeedGaps {
  readonly #deps: FeedGapsDependencies;
  #lost: { readonly at: number; readonly reason: string } | undefined;

  constructor(deps: FeedGapsDependencies) {
    this.#deps = deps;
  }

  /** A second loss before the feed is back belongs to the same gap. */
  lost(reason: string): void {
    const { marketClock, log } = this.#deps;
    log.warn('BrokerFeedLost', { reason });
    this.#lost ??= { at: marketClock.now(), reason };
  }

  /** Never throws: a list that cannot be read now is read by the tracker's own beat. */
  async regained(): Promise<void> {
    const { reconcile, events, marketClock, log } = this.#deps;
    const lost = this.#lost;
    this.#lost = undefined;
    const regainedAt = marketClock.now();
    const result = await reconcile().catch((error: unknown) => {
      log.warn('GapNotReconciled', { error });
      return undefined;
    });
    if (!lost) return;
    const payload = { reason: lost.reason, lostAt: lost.at, regainedAt, ...result };
    const level = result?.mismatches === 0 ? 'INFO' : 'WARN';
    try {
      await events.append([{ type: 'FeedGapEvent', level, marketAt: regainedAt, payload }]);
    } catch (error) {
      // The orders are in line all the same; only the mark is missing.
      log.warn('GapNotMarked', { ...payload, error });
    }
  }
}
