import type { TradeDate } from './trade-date.ts';

/** A row of a dated table: in force from that day on, until the next row's `from`. */
export interface Dated {
  readonly from: string;
}

/**
 * The row in force on the day. Tables are sorted by `from`; days before the first row get the first
 * row, the oldest rule that is known.
 */
export function effectiveOn<Row extends Dated>(
  table: readonly [Row, ...Row[]],
  date: TradeDate,
): Row {
  return table.findLast((row) => row.from <= date) ?? table[0];
}
