import type { Market, TradeDate, TradingCalendar } from '@fleet/krx';
import type { DailyBar } from '../exchange/types.ts';
import type { BarColumns } from './bar-columns.ts';
import type { RowProblems } from './row-problems.ts';

export interface DayFileOptions {
  readonly file: string;
  /** Daily closes for reference prices and history. */
  readonly daily?: string | undefined;
  /** Date of a file that carries none, or the first date to take from a file of several days. */
  readonly from?: TradeDate | undefined;
  readonly calendar: TradingCalendar;
}

/** Rows of one date as read, labels still as minutes since midnight. */
export interface RawDay {
  readonly columns: BarColumns;
  readonly symbols: readonly string[];
  readonly markets: ReadonlyMap<string, Market>;
  readonly names: ReadonlyMap<string, string>;
  readonly problems: RowProblems;
  readonly labels: ReadonlySet<number>;
  /** Days before this one that the same file holds, as daily bars by symbol, oldest first. */
  readonly earlier: ReadonlyMap<string, readonly DailyBar[]>;
}
