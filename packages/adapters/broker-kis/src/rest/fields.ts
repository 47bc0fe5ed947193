import { BrokerError } from '@fleet/service-layer';
import { price, quantity, won, type Price, type Quantity, type Won } from '@fleet/domain';
import { Decimal } from 'decimal.js';
import * as z from 'zod';

// KIS sends every value as text: blank or "(null)" for missing, padded with zeros or blanks to a
// width, with decimals where there are none, the sign inside the width.
const DECIMAL = /^[+-]?\d{1,30}(\.\d{1,12})?$/;

const raw = z.union([z.string(), z.number(), z.null()]).optional();

type Raw = z.infer<typeof raw>;

/** Trimmed; '' for what is missing. */
export function textOf(value: Raw): string {
  if (value === undefined || value === null) return '';
  const text = String(value).trim();
  return text === '(null)' ? '' : text;
}

/** Undefined when the text is not a plain decimal number. */
export function decimalOf(value: Raw): Decimal | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  const text = textOf(value);
  return DECIMAL.test(text) ? new Decimal(text).plus(0) : undefined;
}

/** A whole number of shares, zero or more; undefined otherwise. */
export function quantityOf(value: Raw): Quantity | undefined {
  const amount = decimalOf(value);
  if (amount === undefined || amount.isNegative() || !amount.isInteger()) return undefined;
  return amount.lte(Number.MAX_SAFE_INTEGER) ? quantity(amount.toNumber()) : undefined;
}

/** A positive whole number of won; undefined otherwise (KIS writes "no price" as 0). */
export function priceOf(value: Raw): Price | undefined {
  const amount = decimalOf(value);
  if (amount === undefined || !amount.isInteger() || !amount.isPositive()) return undefined;
  return amount.isZero() ? undefined : price(amount);
}

function strict<T>(what: string, read: (value: Raw) => T | undefined) {
  return raw.transform((value, context): T => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: `not ${what}` });
    return z.NEVER;
  });
}

const isMissing = (value: Raw): boolean => textOf(value) === '';

/** Text, '' when missing. */
export const textField = raw.transform(textOf);
/** An amount that must be there. */
export const wonField = strict('an amount of won', (value): Won | undefined => {
  const amount = decimalOf(value);
  return amount === undefined ? undefined : won(amount);
});
/** A quantity that must be there. */
export const quantityField = strict('a quantity', quantityOf);
/** A quantity that may be missing (zero), but if there must be one. */
export const looseQuantityField = strict('a quantity', (value) =>
  isMissing(value) ? quantity(0) : quantityOf(value),
);
/** A price that must be there and above zero. */
export const priceField = strict('a price', priceOf);
/** A price, undefined when blank or zero. */
export const optionalPriceField = raw.transform((value, context): Price | undefined => {
  const found = priceOf(value);
  if (found === undefined && !isMissing(value) && decimalOf(value)?.isZero() !== true) {
    context.addIssue({ code: 'custom', message: 'not a price' });
    return z.NEVER;
  }
  return found;
});

/** @throws BrokerError BAD_REPLY naming the field, never its value */
export function parseReply<T>(schema: z.ZodType<T>, data: unknown, what: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined ? '' : ` ${issue.path.map(String).join('.')}: ${issue.message}`;
  throw new BrokerError('BAD_REPLY', `${what}:${where}`);
}
