import type { InstrumentClass, TradeDate } from '@fleet/krx';

import type { BookEffect } from '../exchange/effects.ts';
import type { AccountView } from '../exchange/types.ts';
import { AccountLedger, type LedgerDate } from './account-ledger.ts';

export interface LedgerCalendar {
  next(date: TradeDate): TradeDate;
  previous(date: TradeDate): TradeDate;
  settlementDate(date: TradeDate): TradeDate;
}

export interface LedgerOptions {
  readonly accounts: readonly { readonly account: string; readonly cash: number }[];
  readonly calendar: LedgerCalendar;
  readonly date: TradeDate;
  /** Market and kind of a symbol: they pick tax and commission. */
  readonly kindOf: (symbol: string) => InstrumentClass;
}

/** The broker's books of all accounts. They change by fills and order rows only. */
export class Ledger {
  readonly #accounts: ReadonlyMap<string, AccountLedger>;
  readonly #calendar: LedgerCalendar;
  #date: TradeDate;
  readonly #kindOf: (symbol: string) => InstrumentClass;

  constructor(options: LedgerOptions) {
    this.#calendar = options.calendar;
    this.#kindOf = options.kindOf;
    this.#date = options.date;
    const day = this.#ledgerDate(options.date);
    this.#accounts = new Map(
      options.accounts.map(({ account, cash }) => [account, new AccountLedger(cash, day)]),
    );
  }

  /** Nothing happens when the books are on that date already. `closeOf`: the day before's. */
  startDay(date: TradeDate, closeOf?: (symbol: string) => number | undefined): void {
    if (date === this.#date) return;
    this.#date = date;
    for (const account of this.#accounts.values()) {
      account.startDay(this.#ledgerDate(date), closeOf);
    }
  }

  has(account: string): boolean {
    return this.#accounts.has(account);
  }

  /** @throws Error for an account that the broker does not have. */
  of(account: string): AccountLedger {
    const found = this.#accounts.get(account);
    if (found === undefined) throw new Error(`no account ${account}`);
    return found;
  }

  apply(effect: BookEffect): void {
    const { record, reserveUnit: unit } = effect;
    const { symbol, side } = record;
    const account = this.of(record.account);
    const kind = this.#kindOf(symbol);
    if (effect.kind === 'FILL') {
      const { quantity, price } = effect;
      account.bookFill({ symbol, kind, side, quantity, price });
    }
    if (record.request === 'CANCEL') return;
    account.reserve(record.number, { symbol, kind, side, rest: record.restQuantity, unit });
  }

  view(account: string): AccountView {
    return this.of(account).view(this.#calendar);
  }

  #ledgerDate(date: TradeDate): LedgerDate {
    return { date, settlementDate: this.#calendar.settlementDate(date) };
  }
}
