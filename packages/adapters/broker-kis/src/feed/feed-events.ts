import type { ExecutionNotice, OrderBook, Tick } from '@fleet/service-layer';
import type { FrameReject } from './frame.ts';
import type { MarketState } from './market-state-frame.ts';

/** What the feed tells. Callbacks must be quick and must not throw. */
export interface FeedEvents {
  onTicks(ticks: readonly Tick[]): void;
  onOrderBook(book: OrderBook): void;
  /** A halt, an interruption or a phase of the market, of a stock that is registered for it. */
  onMarketState(state: MarketState): void;
  /** Of the configured account only. */
  onNotice(notice: ExecutionNotice): void;
  /** A notice was there and could not be read: only the order list tells what it said. */
  onNoticeLost(): void;
  onReject(reject: FrameReject): void;
  /** The session is gone. Nothing that happens from now on is ever replayed. */
  onGap(reason: string): void;
  /** Everything is registered again: time to read the order list. */
  onReconnected(): void;
}

/** Several listeners as one. */
export class FeedListeners implements FeedEvents {
  readonly #listeners = new Set<Partial<FeedEvents>>();

  add(listener: Partial<FeedEvents>): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onTicks(ticks: readonly Tick[]): void {
    for (const listener of this.#listeners) listener.onTicks?.(ticks);
  }
  onOrderBook(book: OrderBook): void {
    for (const listener of this.#listeners) listener.onOrderBook?.(book);
  }
  onMarketState(state: MarketState): void {
    for (const listener of this.#listeners) listener.onMarketState?.(state);
  }
  onNotice(notice: ExecutionNotice): void {
    for (const listener of this.#listeners) listener.onNotice?.(notice);
  }
  onNoticeLost(): void {
    for (const listener of this.#listeners) listener.onNoticeLost?.();
  }
  onReject(reject: FrameReject): void {
    for (const listener of this.#listeners) listener.onReject?.(reject);
  }
  onGap(reason: string): void {
    for (const listener of this.#listeners) listener.onGap?.(reason);
  }
  onReconnected(): void {
    for (const listener of this.#listeners) listener.onReconnected?.();
  }
}
