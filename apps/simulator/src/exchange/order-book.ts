import { hashPair, unitNoise } from '../day/seeded-random.ts';
import { MINUTE_MS } from '../day/day-data.ts';
import { isAuction, symbolPhase } from './symbol-phase.ts';
import type { SymbolTape } from './symbol-tape.ts';
import type { TickSteps } from './tick-steps.ts';
import type { BookLevel, OrderBook } from './types.ts';

const LEVELS = 10;
/** Share of a usual bar's volume that stands at a level, best first. */
const PROFILE = [0.1, 0.14, 0.17, 0.18, 0.17, 0.15, 0.13, 0.12, 0.11, 0.1] as const;
/** At a limit the whole market queues on one side. */
const LIMIT_QUEUE_FACTOR = 30;
/** Turnover of a usual minute under which the spread is two or three ticks wide. */
const WIDE_SPREAD_TURNOVER = 2_000_000;
const MEDIUM_SPREAD_TURNOVER = 15_000_000;
/** How often the expected price of an auction moves. */
export const AUCTION_PULSE_MS = 10_000;
const AUCTION_DRIFT = 0.012;

/** Shares that we have taken from the displayed levels since the last trade, by price. */
export type TakenShares = ReadonlyMap<number, number>;

export interface BestPrices {
  readonly bid: number | undefined;
  readonly ask: number | undefined;
}

export interface BookContext {
  readonly tape: SymbolTape;
  readonly ticks: TickSteps;
  readonly at: number;
  readonly taken?: TakenShares | undefined;
}

/** Best bid and ask around the last trade; a side is empty at its limit and while nothing trades. */
export function bestPrices(context: BookContext): BestPrices {
  const { tape, at } = context;
  const phase = symbolPhase(tape, at);
  if (phase === 'BEFORE' || phase === 'HALTED') return { bid: undefined, ask: undefined };
  if (isAuction(phase)) return around(context, expectedPrice(context), 'SELL');
  const price = tape.last ?? tape.instrument.referencePrice;
  const initiator = tape.lastInitiator === 'AUCTION' ? auctionSide(tape) : tape.lastInitiator;
  return around(context, price, initiator);
}

/** The displayed size at a price on a side. The same minute shows the same size. */
export function displayedSize(
  context: BookContext,
  side: 'BID' | 'ASK',
  price: number,
  best = bestPrices(context),
): number {
  const top = side === 'BID' ? best.bid : best.ask;
  if (top === undefined || (side === 'BID' ? price > top : price < top)) return 0;
  const distance = Math.abs(top - price) / context.ticks.sizeAt(price);
  return sizeAt(context, side, price, Math.min(LEVELS - 1, Math.round(distance)));
}

/** One side of the book, best first, less what we have taken from it. */
export function levels(context: BookContext, side: 'BID' | 'ASK'): readonly BookLevel[] {
  const best = bestPrices(context);
  const { upperLimit, lowerLimit } = context.tape.instrument;
  const found: BookLevel[] = [];
  let price = side === 'BID' ? best.bid : best.ask;
  for (let level = 0; level < LEVELS && price !== undefined; level += 1) {
    const size = sizeAt(context, side, price, level) - (context.taken?.get(price) ?? 0);
    if (size > 0) found.push({ price, size });
    const next: number = context.ticks.step(price, side === 'BID' ? -1 : 1);
    const isInside = side === 'BID' ? next >= lowerLimit && next < price : next <= upperLimit;
    price = isInside ? next : undefined;
  }
  return found;
}

export function makeOrderBook(context: BookContext): OrderBook {
  const asks = levels(context, 'ASK');
  const bids = levels(context, 'BID');
  const phase = symbolPhase(context.tape, context.at);
  return {
    symbol: context.tape.instrument.symbol,
    at: context.at,
    asks,
    bids,
    totalAskSize: asks.reduce((sum, { size }) => sum + size, 0),
    totalBidSize: bids.reduce((sum, { size }) => sum + size, 0),
    expected: isAuction(phase)
      ? { price: expectedPrice(context), volume: expectedVolume(context) }
      : undefined,
  };
}

/**
 * What the auction would trade at: in a pause what it has kept back so far; else invented around what
 * is known (reference or last price) on purpose, as the real result lies in the future.
 */
function expectedPrice({ tape, ticks, at }: BookContext): number {
  const held = tape.held();
  if (held !== undefined) return ticks.round(held.price, 'nearest');
  const pulse = Math.floor(at / AUCTION_PULSE_MS);
  const noise = unitNoise(tape.hash, pulse) - 0.5;
  const { referencePrice, upperLimit, lowerLimit } = tape.instrument;
  const price =
    tape.last === undefined
      ? ticks.round(Math.round(referencePrice * (1 + noise * AUCTION_DRIFT)), 'nearest')
      : ticks.step(ticks.round(tape.last, 'nearest'), Math.round(noise * 2));
  return Math.min(upperLimit, Math.max(lowerLimit, price));
}

function expectedVolume({ tape, at }: BookContext): number {
  const held = tape.held();
  if (held !== undefined) return held.volume;
  const { openingAuction, closingAuction } = tape.session;
  const span = at < openingAuction.to + 60_000 ? openingAuction : closingAuction;
  const progress = Math.min(1, (at - span.from) / (span.to - span.from));
  return Math.max(1, Math.floor(usualVolume(tape) * 3 * progress));
}

function around(
  { tape, ticks }: BookContext,
  price: number,
  initiator: 'BUY' | 'SELL',
): BestPrices {
  const { upperLimit, lowerLimit } = tape.instrument;
  if (price >= upperLimit) return { bid: price, ask: undefined };
  if (price <= lowerLimit) return { bid: undefined, ask: price };
  const spread = spreadTicks(tape, price);
  const isBuy = initiator === 'BUY';
  const ask = isBuy ? ticks.round(price, 'up') : ticks.step(price, spread);
  const bid = isBuy ? ticks.step(price, -spread) : ticks.round(price, 'down');
  return {
    bid: bid >= lowerLimit && bid < ask ? bid : undefined,
    ask: ask <= upperLimit ? ask : undefined,
  };
}

function spreadTicks(tape: SymbolTape, price: number): number {
  const turnover = usualVolume(tape) * price;
  if (turnover < WIDE_SPREAD_TURNOVER) return 3;
  return turnover < MEDIUM_SPREAD_TURNOVER ? 2 : 1;
}

function sizeAt(context: BookContext, side: 'BID' | 'ASK', price: number, level: number): number {
  const { tape, at } = context;
  const { upperLimit, lowerLimit } = tape.instrument;
  const minute = Math.floor(at / MINUTE_MS);
  const noise = 0.5 + unitNoise(hashPair(tape.hash, price), minute * 2 + (side === 'BID' ? 0 : 1));
  const isLocked = side === 'BID' ? price >= upperLimit : price <= lowerLimit;
  const factor = isLocked ? LIMIT_QUEUE_FACTOR : 1;
  const share = PROFILE[level] ?? PROFILE[LEVELS - 1] ?? 0;
  return Math.max(1, Math.floor(usualVolume(tape) * share * noise * factor));
}

function usualVolume(tape: SymbolTape): number {
  if (tape.typicalVolume > 0) return tape.typicalVolume;
  return Math.max(10, tape.instrument.previousVolume / 390);
}

/** After an auction the last price stands on one of the two sides. */
function auctionSide(tape: SymbolTape): 'BUY' | 'SELL' {
  return unitNoise(tape.hash, 7) < 0.5 ? 'BUY' : 'SELL';
}
