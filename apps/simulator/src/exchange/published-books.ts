import type { TradeDate } from '@fleet/krx';

import type { Ledger } from '../ledger/ledger.ts';
import type { BookEffect } from './effects.ts';
import type { AccountView, OrderRecord } from './types.ts';

/** What the outside may see: orders and accounts as they are in the database, nothing ahead of it. */
export class PublishedBooks {
  readonly ledger: Ledger;
  readonly #days = new Map<TradeDate, Map<string, OrderRecord>>();

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  apply(effect: BookEffect): void {
    this.keep(effect.record);
    this.ledger.apply(effect);
  }

  /** An order's row as stored, without touching the accounts. */
  keep(record: OrderRecord): void {
    const day = this.#days.get(record.date) ?? new Map<string, OrderRecord>();
    this.#days.set(record.date, day.set(record.number, record));
  }

  find(date: TradeDate, number: string): OrderRecord | undefined {
    return this.#days.get(date)?.get(number);
  }

  /** Oldest first, both dates inside. */
  orders(account: string, from: TradeDate, to: TradeDate): readonly OrderRecord[] {
    return [...this.#days]
      .filter(([date]) => date >= from && date <= to)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, day]) => [...day.values()])
      .filter((record) => record.account === account);
  }

  account(account: string): AccountView {
    return this.ledger.view(account);
  }
}
