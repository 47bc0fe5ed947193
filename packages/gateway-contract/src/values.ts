import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { price, type Price, quantity, type Quantity, won, type Won } from '@fleet/domain';
import { isSymbol, ORDER_TYPES, type OrderType, parseTradeDate, type TradeDate } from '@fleet/krx';

/**
 * Parsers of the single values. Decimals travel as text (`Decimal` writes itself so in JSON),
 * instants as numbers, and a missing key means undefined.
 */
const DECIMAL_TEXT = /^-?\d{1,30}(\.\d{1,30})?(e[+-]?\d{1,2})?$/;

const decimalText = z.string().regex(DECIMAL_TEXT);

export const wonValue = decimalText.transform((text): Won => won(new Decimal(text)));

export const priceValue = decimalText.transform((text, context): Price => {
  try {
    return price(new Decimal(text));
  } catch {
    context.addIssue('not a price');
    return z.NEVER;
  }
});

export const quantityValue = z
  .int()
  .nonnegative()
  .transform((shares): Quantity => quantity(shares));

/** Epoch milliseconds. */
export const instantValue = z.number();

export const symbolValue: z.ZodType<string> = z.string().refine(isSymbol, 'not a short code');

export const tradeDateValue = z.string().transform((text, context): TradeDate => {
  try {
    return parseTradeDate(text);
  } catch {
    context.addIssue('not a date');
    return z.NEVER;
  }
});

export const orderTypeValue: z.ZodType<OrderType> = z.enum(ORDER_TYPES);
export const sideValue = z.enum(['BUY', 'SELL']);

/**
 * A value whose key may be missing on the wire (JSON has no undefined) and is required, perhaps
 * undefined, inside. The transform makes the key required in the type and leaves it optional to read.
 */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.optional().transform((value): z.output<T> | undefined => value);
}
