import type { SeededRandom } from '../day/seeded-random.ts';

export const INITIATOR = { BUY: 0, SELL: 1, AUCTION: 2 } as const;
const PATH_CAPACITY = 20;

/** Trades inside one bar, in time order; the first `count` entries are valid. Reused between bars. */
export interface TickPath {
  count: number;
  readonly at: Float64Array;
  readonly price: Int32Array;
  readonly volume: Int32Array;
  readonly initiator: Uint8Array;
}

export interface PathBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface PathFrame {
  /** The trades fall into [from, to). */
  readonly from: number;
  readonly to: number;
  /** The first trade is a call auction's result at `from`, with this share of the bar's volume. */
  readonly auctionShare: number | undefined;
  readonly previousPrice: number | undefined;
  readonly upperLimit: number;
  readonly lowerLimit: number;
  readonly tickSizeAt: (price: number) => number;
}

export function makeTickPath(): TickPath {
  return {
    count: 0,
    at: new Float64Array(PATH_CAPACITY),
    price: new Int32Array(PATH_CAPACITY),
    volume: new Int32Array(PATH_CAPACITY),
    initiator: new Uint8Array(PATH_CAPACITY),
  };
}

/**
 * Invents the trades of a bar from nothing but the bar and the random numbers: open, then low and
 * high in either order, then close; volumes sum to exactly the bar's. A bar with fewer shares than
 * corner prices keeps as many corners as it has shares, the close first.
 */
export function fillTickPath(
  path: TickPath,
  bar: PathBar,
  frame: PathFrame,
  random: SeededRandom,
): void {
  const corners = cornersOf(bar, random);
  path.count = tickCount(bar.volume, corners.length);
  fillPrices(path, corners, bar, frame, random);
  fillTimes(path, frame, random);
  fillVolumes(path, bar.volume, frame.auctionShare, random);
  fillInitiators(path, frame, random);
}

function cornersOf(bar: PathBar, random: SeededRandom): readonly number[] {
  // A rising bar usually makes its low first.
  const lowFirst = random.next() < (bar.close >= bar.open ? 0.7 : 0.3);
  const [first, second] = lowFirst ? [bar.low, bar.high] : [bar.high, bar.low];
  const corners = [bar.open, first, second, bar.close].filter(
    (price, index, all) => index === 0 || price !== all[index - 1],
  );
  if (corners.length <= bar.volume) return corners;
  if (bar.volume === 1) return [bar.close];
  if (bar.volume === 2) return [bar.open, bar.close];
  return [bar.open, first === bar.open ? second : first, bar.close];
}

function tickCount(volume: number, corners: number): number {
  const wanted = 3 + Math.floor(Math.log2(volume) * 0.6);
  return Math.min(volume, PATH_CAPACITY, Math.max(corners, wanted));
}

function fillPrices(
  path: TickPath,
  corners: readonly number[],
  bar: PathBar,
  frame: PathFrame,
  random: SeededRandom,
): void {
  const segments = corners.length - 1;
  let corner = 0;
  for (let index = 0; index < path.count; index += 1) {
    const left = path.count - 1 - index;
    const cornersLeft = segments - corner;
    const isCorner =
      index === 0 || left === 0 || cornersLeft > left || random.next() < cornersLeft / (left + 1);
    if (isCorner) {
      const at = index === 0 ? 0 : left === 0 ? segments : nextInnerCorner(corner, segments, left);
      corner = at;
      path.price[index] = corners[at] ?? bar.close;
    } else {
      path.price[index] = between(corners, corner, bar, frame, random);
    }
  }
}

/** The last corner is kept for the last trade. */
function nextInnerCorner(corner: number, segments: number, left: number): number {
  return left > 0 ? Math.min(corner + 1, Math.max(segments - 1, 0)) : segments;
}

function between(
  corners: readonly number[],
  corner: number,
  bar: PathBar,
  frame: PathFrame,
  random: SeededRandom,
): number {
  const from = corners[corner] ?? bar.close;
  const to = corners[corner + 1] ?? from;
  const raw =
    from + (to - from) * random.next() + (bar.high - bar.low) * (random.next() - 0.5) * 0.2;
  const tick = frame.tickSizeAt(Math.max(1, Math.round(raw)));
  const price = Math.round(raw / tick) * tick;
  return Math.min(bar.high, Math.max(bar.low, price));
}

function fillTimes(path: TickPath, frame: PathFrame, random: SeededRandom): void {
  const length = frame.to - frame.from - 1;
  for (let index = 0; index < path.count; index += 1) {
    const isAuction = index === 0 && frame.auctionShare !== undefined;
    const instant = isAuction ? frame.from : frame.from + Math.floor(random.next() * length);
    insertSorted(path.at, index, instant);
  }
}

function insertSorted(times: Float64Array, count: number, instant: number): void {
  let place = count;
  while (place > 0 && (times[place - 1] ?? 0) > instant) {
    times[place] = times[place - 1] ?? 0;
    place -= 1;
  }
  times[place] = instant;
}

const weights = new Float64Array(PATH_CAPACITY);

function fillVolumes(
  path: TickPath,
  total: number,
  auctionShare: number | undefined,
  random: SeededRandom,
): void {
  const { count, volume } = path;
  let rest = total - count;
  volume.fill(1, 0, count);
  if (auctionShare !== undefined) {
    const atAuction = count === 1 ? rest : Math.floor(rest * auctionShare);
    volume[0] = 1 + atAuction;
    rest -= atAuction;
  }
  const first = auctionShare === undefined ? 0 : 1;
  let weightSum = 0;
  for (let index = first; index < count; index += 1) {
    const weight = 0.2 + random.next() * random.next();
    weights[index] = weight;
    weightSum += weight;
  }
  let given = 0;
  for (let index = first; index < count; index += 1) {
    const share =
      index === count - 1 ? rest - given : Math.floor((rest * (weights[index] ?? 0)) / weightSum);
    volume[index] = (volume[index] ?? 0) + share;
    given += share;
  }
}

function fillInitiators(path: TickPath, frame: PathFrame, random: SeededRandom): void {
  let previous = frame.previousPrice;
  let last: number = random.next() < 0.5 ? INITIATOR.BUY : INITIATOR.SELL;
  for (let index = 0; index < path.count; index += 1) {
    const price = path.price[index] ?? 0;
    if (index === 0 && frame.auctionShare !== undefined) {
      path.initiator[index] = INITIATOR.AUCTION;
    } else {
      last = initiatorOf(price, previous, last, random);
      // At a limit only one side is left to be hit.
      if (price === frame.upperLimit) last = INITIATOR.SELL;
      if (price === frame.lowerLimit) last = INITIATOR.BUY;
      path.initiator[index] = last;
    }
    previous = price;
  }
}

function initiatorOf(
  price: number,
  previous: number | undefined,
  last: number,
  random: SeededRandom,
): number {
  const flips = random.next() < 0.4;
  if (previous === undefined || price === previous) return flips ? 1 - last : last;
  return price > previous ? INITIATOR.BUY : INITIATOR.SELL;
}
