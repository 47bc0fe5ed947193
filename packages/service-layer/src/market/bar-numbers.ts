import type { Candle } from '@fleet/domain';

/** A bar as plain numbers: statistics for a decision, not money. */
export interface BarNumbers {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Won, about: shares at the close. */
  readonly turnover: number;
}

/** Reading a Decimal as a number costs a microsecond; a full bar never changes and is read in every scan. */
const known = new WeakMap<Candle, BarNumbers>();

export function numbersOf(candle: Candle): BarNumbers {
  const found = known.get(candle);
  if (found !== undefined) return found;
  const close = candle.close.toNumber();
  const numbers: BarNumbers = {
    high: candle.high.toNumber(),
    low: candle.low.toNumber(),
    close,
    turnover: close * candle.volume,
  };
  known.set(candle, numbers);
  return numbers;
}
