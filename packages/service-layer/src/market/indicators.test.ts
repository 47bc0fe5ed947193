import { describe, expect, it } from '@jest/globals';
import { price, quantity, type Candle } from '@fleet/domain';
import { indicatorsAsText, indicatorsOfText } from './candidate-text.ts';
import { computeIndicators, turnoverPerMinute } from './indicators.ts';

const WINDOWS = { fastAverage: 2, slowAverage: 4, lookBack: 3, averageRange: 2 };

/** close, high, low, volume */
function candles(...rows: readonly (readonly [number, number, number, number])[]): Candle[] {
  return rows.map(([close, high, low, volume], index) => ({
    start: index * 60_000,
    open: price(close),
    close: price(close),
    high: price(high),
    low: price(low),
    volume: quantity(volume),
  }));
}

const FOUR = candles(
  [100, 190, 90, 10],
  [110, 120, 100, 20],
  [120, 130, 110, 40],
  [130, 135, 115, 90],
);

describe('indicators of full bars', () => {
  it('looks at so many bars as each window says', () => {
    const { fastAverage, slowAverage, breakoutHigh, volumeRatio, averageRange, bars } =
      computeIndicators(FOUR, WINDOWS);
    expect(fastAverage?.toNumber()).toBe(125);
    expect(slowAverage?.toNumber()).toBe(115);
    // The window's highest high before the newest bar: the 190 is outside.
    expect(breakoutHigh?.toNumber()).toBe(130);
    expect(volumeRatio?.toNumber()).toBe(3);
    expect(averageRange?.toNumber()).toBe(20);
    expect(bars).toBe(4);
  });

  it('knows nothing that needs more bars than there are', () => {
    const few = computeIndicators(FOUR.slice(0, 1), WINDOWS);
    expect(few.fastAverage).toBeUndefined();
    expect(few.slowAverage).toBeUndefined();
    expect(few.breakoutHigh).toBeUndefined();
    expect(few.volumeRatio).toBeUndefined();
    const none = computeIndicators([], WINDOWS);
    expect(none).toMatchObject({ averageRange: undefined, volumeRatio: undefined, bars: 0 });
  });

  it('has no volume ratio to minutes without trades', () => {
    const silent = candles([100, 100, 100, 0], [100, 100, 100, 5]);
    expect(computeIndicators(silent, WINDOWS).volumeRatio).toBeUndefined();
  });

  it('turnover of a minute is the mean of the window', () => {
    expect(turnoverPerMinute(FOUR, 2).toNumber()).toBe((120 * 40 + 130 * 90) / 2);
    expect(turnoverPerMinute([], 2).toNumber()).toBe(0);
  });
});

describe('indicators in a candidate row', () => {
  it('are read back as they were written', () => {
    const indicators = computeIndicators(FOUR, WINDOWS);
    const text = indicatorsAsText(indicators, turnoverPerMinute(FOUR, 3));
    expect(indicatorsOfText(text)).toEqual(indicators);
  });

  it('that are not there are unknown, not zero', () => {
    const text = indicatorsAsText(computeIndicators([], WINDOWS), turnoverPerMinute([], 3));
    expect(indicatorsOfText(text)).toEqual(computeIndicators([], WINDOWS));
    expect(indicatorsOfText({}).bars).toBe(0);
  });
});
