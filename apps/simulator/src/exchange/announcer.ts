import type { ExchangeListener, Notice, OrderBook, Trade } from './types.ts';

type Announcement =
  | { readonly kind: 'TRADE'; readonly trade: Trade }
  | { readonly kind: 'BOOK'; readonly book: OrderBook }
  | { readonly kind: 'NOTICE'; readonly notice: Notice };

/**
 * Tells listeners what happened, in order and never from inside a call of theirs: a read that finds
 * due trades must not call back its caller.
 */
export class Announcer {
  readonly #listeners = new Set<ExchangeListener>();
  #waiting: Announcement[] = [];
  #isScheduled = false;

  subscribe(listener: ExchangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  trade(trade: Trade): void {
    this.#add({ kind: 'TRADE', trade });
  }

  book(book: OrderBook): void {
    this.#add({ kind: 'BOOK', book });
  }

  notice(notice: Notice): void {
    this.#add({ kind: 'NOTICE', notice });
  }

  #add(announcement: Announcement): void {
    if (this.#listeners.size === 0) return;
    this.#waiting.push(announcement);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#tell());
  }

  #tell(): void {
    this.#isScheduled = false;
    const due = this.#waiting;
    this.#waiting = [];
    for (const announcement of due) {
      for (const listener of this.#listeners) tellOne(listener, announcement);
    }
  }
}

function tellOne(listener: ExchangeListener, announcement: Announcement): void {
  switch (announcement.kind) {
    case 'TRADE':
      return listener.onTrade(announcement.trade);
    case 'BOOK':
      return listener.onBook(announcement.book);
    case 'NOTICE':
      return listener.onNotice(announcement.notice);
    default:
      return announcement satisfies never;
  }
}
