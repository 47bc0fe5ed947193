import { Decimal } from 'decimal.js';
import type { Indicators } from '@fleet/domain';

const NAMES = [
  'fastAverage',
  'slowAverage',
  'breakoutHigh',
  'volumeRatio',
  'averageRange',
] as const;
const DECIMALS = 6;

/** Indicators -> the text that a candidate row keeps. */
export function indicatorsAsText(
  indicators: Indicators,
  turnoverPerMinute: Decimal,
): Record<string, string> {
  const text: Record<string, string> = {
    bars: String(indicators.bars),
    turnoverPerMinute: turnoverPerMinute.toFixed(0),
  };
  for (const name of NAMES) {
    const value = indicators[name];
    if (value !== undefined) text[name] = value.toDecimalPlaces(DECIMALS).toFixed();
  }
  return text;
}

/** A candidate row's text -> indicators; what is not there is undefined. */
export function indicatorsOfText(text: Readonly<Record<string, string>>): Indicators {
  const decimal = (name: (typeof NAMES)[number]): Decimal | undefined => {
    const value = text[name];
    return value === undefined ? undefined : new Decimal(value);
  };
  return {
    fastAverage: decimal('fastAverage'),
    slowAverage: decimal('slowAverage'),
    breakoutHigh: decimal('breakoutHigh'),
    volumeRatio: decimal('volumeRatio'),
    averageRange: decimal('averageRange'),
    bars: Number(text['bars'] ?? '0'),
  };
}
