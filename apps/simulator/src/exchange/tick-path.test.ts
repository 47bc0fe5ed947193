import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { SeededRandom } from '../day/seeded-random.ts';
import {
  fillTickPath,
  INITIATOR,
  makeTickPath,
  type PathBar,
  type PathFrame,
} from './tick-path.ts';

const frame: PathFrame = {
  from: 1_000_000,
  to: 1_060_000,
  auctionShare: undefined,
  previousPrice: undefined,
  upperLimit: 1_000_000,
  lowerLimit: 1,
  tickSizeAt: () => 10,
};

function ticksOf(bar: PathBar, seed: number, change: Partial<PathFrame> = {}) {
  const path = makeTickPath();
  fillTickPath(path, bar, { ...frame, ...change }, new SeededRandom(seed));
  return Array.from({ length: path.count }, (_, index) => ({
    at: path.at[index]!,
    price: path.price[index]!,
    volume: path.volume[index]!,
    initiator: path.initiator[index]!,
  }));
}

const bars = fc
  .tuple(
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 0, max: 200 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 3_000_000 }),
  )
  .map(([low, range, openShare, closeShare, volume]) => ({
    low: low * 10,
    high: (low + range) * 10,
    open: (low + Math.round(range * openShare)) * 10,
    close: (low + Math.round(range * closeShare)) * 10,
    volume,
  }));

describe('a tick path', () => {
  it('adds up to exactly the volume, in time order, inside the minute and the range (property)', () => {
    fc.assert(
      fc.property(bars, fc.nat(), (bar, seed) => {
        const ticks = ticksOf(bar, seed);
        expect(ticks.reduce((sum, { volume }) => sum + volume, 0)).toBe(bar.volume);
        expect(ticks.every(({ volume }) => volume >= 1)).toBe(true);
        expect(ticks.every(({ price }) => price >= bar.low && price <= bar.high)).toBe(true);
        expect(ticks.every(({ price }) => price % 10 === 0)).toBe(true);
        expect(ticks.every(({ at }) => at >= frame.from && at < frame.to)).toBe(true);
        expect(ticks.map(({ at }) => at)).toEqual(
          ticks.map(({ at }) => at).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('begins at the open, touches high and low, ends at the close (property)', () => {
    fc.assert(
      fc.property(
        bars.filter(({ volume }) => volume >= 4),
        fc.nat(),
        (bar, seed) => {
          const prices = ticksOf(bar, seed).map(({ price }) => price);
          expect(prices[0]).toBe(bar.open);
          expect(prices.at(-1)).toBe(bar.close);
          expect(Math.max(...prices)).toBe(bar.high);
          expect(Math.min(...prices)).toBe(bar.low);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('makes low and high first in either order', () => {
    const bar = { open: 100, high: 150, low: 50, close: 100, volume: 4 };
    const orders = new Set(
      Array.from({ length: 40 }, (_, seed) =>
        ticksOf(bar, seed)
          .map(({ price }) => price)
          .join(),
      ),
    );
    expect(orders).toEqual(new Set(['100,50,150,100', '100,150,50,100']));
  });

  it('ends at the close even with fewer shares than corner prices', () => {
    const bar = { open: 100, high: 150, low: 50, close: 120 };
    expect(ticksOf({ ...bar, volume: 1 }, 1).map(({ price }) => price)).toEqual([120]);
    expect(ticksOf({ ...bar, volume: 2 }, 1).map(({ price }) => price)).toEqual([100, 120]);
    expect(ticksOf({ ...bar, volume: 3 }, 1).at(-1)?.price).toBe(120);
  });

  it('gives an opening auction the first trade, at the open, with its share of the volume', () => {
    const bar = { open: 100, high: 150, low: 50, close: 120, volume: 100_000 };
    const [first] = ticksOf(bar, 3, { auctionShare: 0.4 });
    expect(first).toMatchObject({ at: frame.from, price: 100, initiator: INITIATOR.AUCTION });
    expect(first!.volume / bar.volume).toBeCloseTo(0.4, 2);
  });

  it('lets only sellers trade at the upper limit and only buyers at the lower', () => {
    const bar = { open: 100, high: 100, low: 100, close: 100, volume: 5000 };
    const at = (change: Partial<PathFrame>) =>
      new Set(ticksOf(bar, 5, change).map(({ initiator }) => initiator));
    expect(at({ upperLimit: 100 })).toEqual(new Set([INITIATOR.SELL]));
    expect(at({ lowerLimit: 100 })).toEqual(new Set([INITIATOR.BUY]));
  });

  it('keeps a half-tick print as it is', () => {
    const bar = { open: 105, high: 105, low: 105, close: 105, volume: 50 };
    expect(ticksOf(bar, 2).every(({ price }) => price === 105)).toBe(true);
  });
});
