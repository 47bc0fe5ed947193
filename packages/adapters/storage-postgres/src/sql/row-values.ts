import { type Price, price, type Quantity, quantity, type Won, won } from '@fleet/domain';
import { parseTradeDate, type TradeDate } from '@fleet/krx';

/** SQL null is the domain's undefined; each reader says which value it expects. */
export function optional<Column, Value>(
  column: Column | null,
  read: (column: Column) => Value,
): Value | undefined {
  return column === null ? undefined : read(column);
}

export const wonOf = (column: string): Won => won(column);
export const priceOf = (column: string): Price => price(column);
export const quantityOf = (column: number): Quantity => quantity(column);
export const dateOf = (column: string): TradeDate => parseTradeDate(column);
export const asIs = <T>(column: T): T => column;

/** Exact decimal text for a numeric parameter; never the shortest float. */
export function numeric(value: { toFixed(): string }): string {
  return value.toFixed();
}

export function numericOrNull(value: { toFixed(): string } | undefined): string | null {
  return value === undefined ? null : value.toFixed();
}
