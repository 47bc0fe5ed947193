import { Decimal } from 'decimal.js';

/** Won, exact; may be negative, and an average may have decimals. */
export type Won = Decimal & { readonly __unit: 'won' };
/** A price of the exchange: a positive whole number of won. */
export type Price = Won & { readonly __kind: 'price' };
/** Shares: a safe, non-negative integer. */
export type Quantity = number & { readonly __unit: 'shares' };

/** Input that is not what it claims to be. */
export class InvalidValueError extends Error {
  readonly code = 'INVALID_VALUE';
  constructor(what: string, value: unknown) {
    super(`${what}: ${String(value)}`);
    this.name = 'InvalidValueError';
  }
}

/** For quotients and products beyond the 20 digits that a plain Decimal keeps. */
export const WideDecimal = Decimal.clone({ precision: 60 });

const WON_TEXT = /^\s*[+-]?\d+(\.\d+)?\s*$/;

/** Won from a string, a Decimal or a whole number. @throws InvalidValueError on fractions of a float */
export function won(value: string | number | Decimal): Won {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new InvalidValueError('won must come from a string or a whole number', value);
  }
  if (typeof value === 'string' && !WON_TEXT.test(value)) {
    throw new InvalidValueError('not an amount of won', value);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's constructor
  return new Decimal(typeof value === 'string' ? value.trim() : value) as Won;
}

export const ZERO_WON: Won = won(0);

/** @throws InvalidValueError unless a positive whole number of won */
export function price(value: string | number | Decimal): Price {
  const amount = won(value);
  if (!amount.isInteger() || !amount.isPositive() || amount.isZero()) {
    throw new InvalidValueError('a price is a positive whole number of won', value);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's constructor
  return amount as Price;
}

/** @throws InvalidValueError unless a non-negative safe integer */
export function quantity(value: string | number): Quantity {
  const shares = typeof value === 'string' ? Number(value.trim()) : value;
  if (
    !Number.isSafeInteger(shares) ||
    shares < 0 ||
    (typeof value === 'string' && value.trim() === '')
  ) {
    throw new InvalidValueError('a quantity is a whole number of shares, zero or more', value);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's constructor
  return shares as Quantity;
}

export const NO_SHARES: Quantity = quantity(0);

/** price x quantity, exact. */
export function amountOf(unitPrice: Decimal, shares: number): Won {
  return won(unitPrice.times(shares));
}

export function sumWon(amounts: Iterable<Decimal>): Won {
  let total = new Decimal(0);
  for (const amount of amounts) total = total.plus(amount);
  return won(total);
}
