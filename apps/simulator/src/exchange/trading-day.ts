import type { DayData } from '../day/day-data.ts';
import { Ledger, type LedgerOptions } from '../ledger/ledger.ts';
import type { JournalEntry } from '../store/journal.ts';
import type { StoredFill, StoredOrder, StoredRun } from '../store/rows.ts';
import { type BookEffect, type Effect, isBookEffect } from './effects.ts';
import { Engine } from './engine.ts';
import { PublishedBooks } from './published-books.ts';
import { Requests } from './requests.ts';

/** One day's engine with the deciding books; the published books follow when things are durable. */
export interface TradingDay {
  readonly data: DayData;
  readonly engine: Engine;
  readonly requests: Requests;
}

export interface Books {
  readonly deciding: Ledger;
  readonly published: PublishedBooks;
}

export interface DayOptions {
  readonly data: DayData;
  readonly books: Books;
  readonly seed: number;
  readonly participation: number;
  readonly branch: string;
}

export function makeBooks(options: LedgerOptions): Books {
  return { deciding: new Ledger(options), published: new PublishedBooks(new Ledger(options)) };
}

export function makeTradingDay(options: DayOptions): TradingDay {
  const { data, books, seed, participation, branch } = options;
  const engine = new Engine({ day: data, seed, participation });
  const requests = new Requests({ engine, ledger: books.deciding, date: data.date, branch });
  return { data, engine, requests };
}

/** The rows that make effects durable. */
export function rowsOf(
  day: TradingDay,
  effects: readonly BookEffect[],
): Pick<JournalEntry, 'orders' | 'fills'> {
  const fills: StoredFill[] = [];
  const orders: StoredOrder[] = [];
  for (const effect of effects) {
    orders.push(day.requests.stored(effect.record));
    if (effect.kind !== 'FILL') continue;
    const { at, sequence, quantity, price } = effect;
    const { date, number } = effect.record;
    fills.push({ date, number, sequence, at, quantity, price });
  }
  return { orders, fills };
}

/** Books the days before the current one from their stored fills; their orders are all over. */
export function restoreEarlierDays(books: Books, run: StoredRun, today: DayData): void {
  const orders = new Map(run.orders.map((order) => [keyOf(order.record), order]));
  for (const { record } of run.orders) books.published.keep(record);
  const dates = [...new Set(run.fills.map(({ date }) => date))].filter((date) => date < run.date);
  for (const date of dates.toSorted()) {
    books.deciding.startDay(date);
    books.published.ledger.startDay(date);
    for (const fill of run.fills.filter((each) => each.date === date)) {
      const order = orders.get(keyOf(fill));
      if (order === undefined) throw new Error(`fill without order ${fill.number}`);
      const { quantity, price, sequence, at } = fill;
      const record = { ...order.record, restQuantity: 0 };
      const effect = {
        kind: 'FILL',
        at,
        record,
        sequence,
        quantity,
        price,
        reserveUnit: 0,
      } as const;
      books.deciding.apply(effect);
      books.published.ledger.apply(effect);
    }
  }
  startBooks(books, today);
}

/** Both books move to the day; holdings are worth its reference prices, the closes before it. */
export function startBooks({ deciding, published }: Books, { date, symbols }: DayData): void {
  const closeOf = (symbol: string): number | undefined =>
    symbols.get(symbol)?.instrument.referencePrice;
  deciding.startDay(date, closeOf);
  published.ledger.startDay(date, closeOf);
}

/**
 * Repeats the day's accepted requests up to the stored instant. The engine is deterministic, so the
 * fills come out as they were; those that a crash kept from being stored come out too, and are
 * returned with every row of the day to be stored now.
 * @throws Error when a stored fill does not follow from the requests: another day file, seed or code
 */
export function repeatDay(day: TradingDay, books: Books, run: StoredRun): readonly BookEffect[] {
  const effects: Effect[] = [];
  const advance = (to: number): void => {
    const happened = day.engine.advance(to);
    for (const effect of happened.filter(isBookEffect)) day.requests.book(effect);
    effects.push(...happened);
  };
  for (const order of run.orders.filter(({ record }) => record.date === run.date)) {
    advance(order.record.acceptedAt);
    effects.push(...day.requests.repeat(order));
  }
  advance(run.instant);
  const booked = effects.filter(isBookEffect);
  requireStoredFills(booked, run);
  for (const effect of booked) books.published.apply(effect);
  return booked;
}

function requireStoredFills(effects: readonly BookEffect[], run: StoredRun): void {
  const repeated = new Map<string, BookEffect & { kind: 'FILL' }>();
  for (const effect of effects) {
    if (effect.kind === 'FILL') repeated.set(`${effect.record.number}:${effect.sequence}`, effect);
  }
  for (const fill of run.fills.filter(({ date }) => date === run.date)) {
    const same = repeated.get(`${fill.number}:${fill.sequence}`);
    if (same?.price === fill.price && same.quantity === fill.quantity && same.at === fill.at)
      continue;
    throw new Error(
      `stored fill ${fill.sequence} of order ${fill.number} does not follow from this day input`,
    );
  }
}

function keyOf(row: { readonly date: string; readonly number: string }): string {
  return `${row.date}:${row.number}`;
}
