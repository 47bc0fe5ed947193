import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { price, quantity } from '../money.ts';
import type { Candle } from './candle.ts';
import { addQuote, addTick, candleSeries, fullCandles, type TickView } from './candle-series.ts';

const MINUTE = 60_000;

function tick(at: number, value: number, volume = 1, dayVolume?: number): TickView {
  return {
    at,
    price: price(value),
    volume: quantity(volume),
    ...(dayVolume === undefined ? {} : { dayVolume: quantity(dayVolume) }),
  };
}

function quote(at: number, value: number, volume: number) {
  return { at, lastPrice: price(value), volume: quantity(volume) };
}

function told(candles: readonly Candle[]): number[][] {
  return candles.map((c) => [
    c.start / MINUTE,
    c.open.toNumber(),
    c.high.toNumber(),
    c.low.toNumber(),
    c.close.toNumber(),
    c.volume,
  ]);
}

describe('candles from ticks', () => {
  it('labels a minute by its start and keeps open, high, low, close and volume', () => {
    const series = [
      tick(0, 100, 5),
      tick(30_000, 120, 1),
      tick(59_999, 90, 2),
      tick(MINUTE, 95, 7),
    ].reduce(addTick, candleSeries());
    expect(told(series.candles)).toEqual([
      [0, 100, 120, 90, 90, 8],
      [1, 95, 95, 95, 95, 7],
    ]);
  });

  it('gives only the minutes that are over', () => {
    const series = [tick(0, 100), tick(MINUTE, 101)].reduce(addTick, candleSeries());
    expect(told(fullCandles(series, MINUTE - 1))).toEqual([]);
    expect(fullCandles(series, MINUTE)).toHaveLength(1);
    expect(fullCandles(series, 2 * MINUTE)).toHaveLength(2);
  });

  it('leaves a told minute alone when a tick comes too late', () => {
    const series = [tick(0, 100), tick(MINUTE, 101)].reduce(addTick, candleSeries());
    expect(addTick(series, tick(59_000, 500))).toBe(series);
  });

  it('counts a repeated tick once and a lost one with the next', () => {
    const series = [
      tick(0, 100, 5, 1_005),
      tick(0, 100, 5, 1_005),
      tick(10_000, 102, 1, 1_010),
      tick(5_000, 101, 1, 1_009),
    ].reduce(addTick, candleSeries());
    expect(told(series.candles)).toEqual([[0, 100, 102, 100, 102, 10]]);
    expect(series.dayVolume).toBe(1_010);
  });

  it('goes on from a backfill and never grows beyond its length', () => {
    const backfill = [0, 1, 2].map((minute): Candle => {
      const value = price(100 + minute);
      const volume = quantity(1);
      return { start: minute * MINUTE, open: value, high: value, low: value, close: value, volume };
    });
    const series = addTick(candleSeries(backfill, 2), tick(3 * MINUTE, 110));
    expect(series.candles.map((c) => c.start / MINUTE)).toEqual([2, 3]);
  });
});

describe('candles from quotes', () => {
  it('takes the difference of the day volume; the first quote only sets the base', () => {
    const series = [
      quote(0, 100, 1_000),
      quote(10_000, 101, 1_004),
      quote(20_000, 99, 1_004),
      quote(MINUTE, 98, 1_010),
    ].reduce(addQuote, candleSeries());
    expect(told(series.candles)).toEqual([
      [0, 101, 101, 101, 101, 4],
      [1, 98, 98, 98, 98, 6],
    ]);
  });

  it('shares its volume count with ticks, so that nothing is counted twice', () => {
    const base = addQuote(candleSeries(), quote(0, 100, 1_000));
    const ticked = addTick(base, tick(1_000, 101, 4, 1_004));
    expect(addQuote(ticked, quote(2_000, 101, 1_004))).toBe(ticked);
    expect(told(addQuote(ticked, quote(3_000, 103, 1_006)).candles)).toEqual([
      [0, 101, 103, 101, 103, 6],
    ]);
  });

  it('holds volume and extremes for any stream of trades', () => {
    const trades = fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 40_000 }),
        value: fc.integer({ min: 1, max: 1_000 }),
        volume: fc.integer({ min: 1, max: 50 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(trades, (rows) => {
        let at = 0;
        const ticks = rows.map(({ step, value, volume }) => {
          at += step;
          return tick(at, value, volume);
        });
        const { candles } = ticks.reduce(addTick, candleSeries([], 1_000));
        expect(candles.reduce((sum, c) => sum + c.volume, 0)).toBe(
          rows.reduce((sum, { volume }) => sum + volume, 0),
        );
        for (const candle of candles) {
          const inside = ticks.filter((t) => t.at >= candle.start && t.at < candle.start + MINUTE);
          const values = inside.map((t) => t.price.toNumber());
          expect(candle.high.toNumber()).toBe(Math.max(...values));
          expect(candle.low.toNumber()).toBe(Math.min(...values));
          expect(candle.open.toNumber()).toBe(values[0]);
          expect(candle.close.toNumber()).toBe(values.at(-1));
        }
      }),
    );
  });
});
