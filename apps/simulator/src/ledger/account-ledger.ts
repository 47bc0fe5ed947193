import type { InstrumentClass, TradeDate } from '@fleet/krx';

import type { AccountView, Holding, Side } from '../exchange/types.ts';
import {
  addBuy,
  addSell,
  type DayCosts,
  dayCosts,
  type DayTotals,
  NO_TOTALS,
  sumOf,
} from './costs.ts';
import { bought, type HoldingState, NO_HOLDING, rolled, sold } from './holdings.ts';

/** What an open order locks. */
export interface Reservation {
  readonly symbol: string;
  readonly kind: InstrumentClass;
  readonly side: Side;
  readonly rest: number;
  /** Won per share that an open buy locks: its limit, or the upper limit without one. */
  readonly unit: number;
}

export interface LedgerDate {
  readonly date: TradeDate;
  readonly settlementDate: TradeDate;
}

interface TradedDay extends LedgerDate {
  totals: DayTotals;
}

/** One account's books: cash with T+2 settlement, shares, reservations, day totals. Won, exact. */
export class AccountLedger {
  #settledCash: number;
  #today: TradedDay;
  /** Traded but not settled, oldest first, without today. */
  #unsettled: TradedDay[] = [];
  readonly #holdings = new Map<string, HoldingState>();
  readonly #reservations = new Map<string, Reservation>();
  #previousTotalAssets: number;

  constructor(cash: number, today: LedgerDate) {
    this.#settledCash = cash;
    this.#previousTotalAssets = cash;
    this.#today = { ...today, totals: NO_TOTALS };
  }

  /**
   * A new trade date: what settles by then becomes cash, today's activity yesterday's. A share is
   * worth its close of the day before, or what it cost where that is not known.
   */
  startDay(day: LedgerDate, closeOf?: (symbol: string) => number | undefined): void {
    const settles = (traded: TradedDay): boolean => traded.settlementDate <= day.date;
    const traded = [...this.#unsettled, this.#today];
    for (const each of traded.filter(settles)) this.#settledCash += netOf(each);
    this.#unsettled = traded.filter((each) => !settles(each));
    this.#today = { ...day, totals: NO_TOTALS };
    for (const [symbol, holding] of this.#holdings) {
      const next = rolled(holding);
      if (next === undefined) this.#holdings.delete(symbol);
      else this.#holdings.set(symbol, next);
    }
    this.#previousTotalAssets = this.#unsettledCash();
    for (const [symbol, { quantity, costAmount }] of this.#holdings) {
      const close = closeOf?.(symbol);
      this.#previousTotalAssets += close === undefined ? costAmount : quantity * close;
    }
  }

  /** Books one fill. @throws Error when it would sell shares that are not there */
  bookFill(fill: {
    readonly symbol: string;
    readonly kind: InstrumentClass;
    readonly side: Side;
    readonly quantity: number;
    readonly price: number;
  }): void {
    const amount = fill.quantity * fill.price;
    const holding = this.#holdings.get(fill.symbol) ?? NO_HOLDING;
    const { totals } = this.#today;
    if (fill.side === 'BUY') {
      this.#holdings.set(fill.symbol, bought(holding, fill.quantity, amount));
      this.#today.totals = addBuy(totals, fill.kind, amount);
    } else {
      this.#holdings.set(fill.symbol, sold(holding, fill.quantity));
      this.#today.totals = addSell(totals, fill.kind, amount);
    }
  }

  /** What an order locks now; a rest of 0 frees it. */
  reserve(number: string, reservation: Reservation): void {
    if (reservation.rest === 0) this.#reservations.delete(number);
    else this.#reservations.set(number, reservation);
  }

  /**
   * Cash that would be left on D+2 if all open buys, and one more, filled at what they lock. Counts
   * commission on the day's total, as it will be charged, so that it can never come out below zero.
   */
  cashAfterBuys(extra?: {
    readonly kind: InstrumentClass;
    readonly amount: number;
    readonly replaces?: string;
  }): number {
    let totals = this.#today.totals;
    for (const [number, { side, kind, rest, unit }] of this.#reservations) {
      if (side === 'BUY' && number !== extra?.replaces) totals = addBuy(totals, kind, rest * unit);
    }
    if (extra !== undefined) totals = addBuy(totals, extra.kind, extra.amount);
    return this.#unsettledCash() + netOf({ ...this.#today, totals });
  }

  /** Shares that are held and not locked by open sells. */
  sellable(symbol: string): number {
    let quantity = this.#holdings.get(symbol)?.quantity ?? 0;
    for (const reservation of this.#reservations.values()) {
      if (reservation.side === 'SELL' && reservation.symbol === symbol)
        quantity -= reservation.rest;
    }
    return quantity;
  }

  view(calendar: {
    previous: (date: TradeDate) => TradeDate;
    next: (date: TradeDate) => TradeDate;
  }): AccountView {
    const { date, totals } = this.#today;
    const previous = this.#unsettled.find((day) => day.date === calendar.previous(date));
    const costs = costsOf(this.#today);
    const tomorrow = calendar.next(date);
    const cashD1 = this.#unsettled
      .filter((day) => day.settlementDate <= tomorrow)
      .reduce((sum, day) => sum + netOf(day), this.#settledCash);
    return {
      cash: this.#settledCash,
      cashD1,
      cashD2: this.#unsettledCash() + netOf(this.#today),
      buyingPower: Math.max(0, this.cashAfterBuys()),
      boughtToday: sumOf(totals.buys),
      soldToday: sumOf(totals.sells),
      boughtYesterday: previous === undefined ? 0 : sumOf(previous.totals.buys),
      soldYesterday: previous === undefined ? 0 : sumOf(previous.totals.sells),
      costsToday: costs.total,
      costsYesterday: previous === undefined ? 0 : costsOf(previous).total,
      commissionToday: { buy: costs.commissionBuy, sell: costs.commissionSell },
      taxToday: costs.tax,
      previousTotalAssets: this.#previousTotalAssets,
      holdings: this.#holdingViews(),
    };
  }

  #holdingViews(): readonly Holding[] {
    return [...this.#holdings]
      .map(([symbol, holding]) => ({ symbol, ...holding, sellableQuantity: this.sellable(symbol) }))
      .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  #unsettledCash(): number {
    return this.#unsettled.reduce((sum, day) => sum + netOf(day), this.#settledCash);
  }
}

/** Sells less buys less costs. */
function netOf(day: TradedDay): number {
  return sumOf(day.totals.sells) - sumOf(day.totals.buys) - costsOf(day).total;
}

function costsOf(day: TradedDay): DayCosts {
  return dayCosts(day.totals, day.settlementDate);
}
