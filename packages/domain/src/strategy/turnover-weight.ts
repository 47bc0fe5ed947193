import { Decimal } from 'decimal.js';

const MILLION = 1_000_000;

/**
 * Square root of millions of won a minute: ten times the turnover counts about three times. It only
 * ranks candidates, so a float's fifteen digits are enough; a Decimal's root took a third of a scan.
 */
export function turnoverWeight(turnoverPerMinute: Decimal): Decimal {
  return new Decimal(Math.sqrt(Math.max(0, turnoverPerMinute.toNumber()) / MILLION));
}
