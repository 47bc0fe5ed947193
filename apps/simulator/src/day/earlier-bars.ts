import type { Session, TradeDate, TradingCalendar } from '@fleet/krx';

import type { DailyBar } from '../exchange/types.ts';
import type { BarNumbers } from './bar-columns.ts';

interface Draft {
  first: number;
  last: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  turnover: number;
}

/** Sums the earlier days of a file up to daily bars while it is read; rows come in any order. */
export class EarlierBars {
  readonly #calendar: TradingCalendar;
  readonly #hours = new Map<TradeDate, { open: number; close: number } | undefined>();
  readonly #drafts = new Map<string, Map<TradeDate, Draft>>();

  constructor(calendar: TradingCalendar) {
    this.#calendar = calendar;
  }

  /** Minutes outside the session of that day, and minutes without trades, do not count. */
  add(symbol: string, date: TradeDate, minuteOfDay: number, bar: BarNumbers): void {
    const hours = this.#hoursOf(date);
    if (hours === undefined || minuteOfDay < hours.open || minuteOfDay > hours.close) return;
    if (bar.volume === 0) return;
    const days = this.#drafts.get(symbol) ?? new Map<TradeDate, Draft>();
    this.#drafts.set(symbol, days);
    const draft = days.get(date);
    const turnover = bar.close * bar.volume;
    if (draft === undefined) {
      days.set(date, { ...bar, first: minuteOfDay, last: minuteOfDay, turnover });
      return;
    }
    if (minuteOfDay < draft.first) [draft.first, draft.open] = [minuteOfDay, bar.open];
    if (minuteOfDay > draft.last) [draft.last, draft.close] = [minuteOfDay, bar.close];
    draft.high = Math.max(draft.high, bar.high);
    draft.low = Math.min(draft.low, bar.low);
    draft.volume += bar.volume;
    draft.turnover += turnover;
  }

  /** By symbol, oldest first. The turnover is reckoned at each minute's close. */
  dailyBars(): ReadonlyMap<string, readonly DailyBar[]> {
    return new Map([...this.#drafts].map(([symbol, days]) => [symbol, barsOf(days)]));
  }

  #hoursOf(date: TradeDate): { open: number; close: number } | undefined {
    if (!this.#hours.has(date)) {
      const isOpen = this.#calendar.isTradingDay(date);
      this.#hours.set(date, isOpen ? sessionMinutes(this.#calendar.sessionOf(date)) : undefined);
    }
    return this.#hours.get(date);
  }
}

function barsOf(days: ReadonlyMap<TradeDate, Draft>): readonly DailyBar[] {
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, { open, high, low, close, volume, turnover }]) => ({
      date,
      open,
      high,
      low,
      close,
      volume,
      turnover,
    }));
}

/** Open and close of a day as minutes since midnight. */
export function sessionMinutes({ regular, closingAuction }: Session): {
  readonly open: number;
  readonly close: number;
} {
  const KST_OFFSET_MINUTES = 540;
  const minuteOfDay = (instant: number): number => (instant / 60_000 + KST_OFFSET_MINUTES) % 1440;
  return { open: minuteOfDay(regular.from), close: minuteOfDay(closingAuction.to) };
}
