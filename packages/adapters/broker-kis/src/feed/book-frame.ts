import type { TradeDate } from '@fleet/krx';
import type { BookLevel, OrderBook } from '@fleet/service-layer';
import { decimalOf, priceOf, quantityOf, textOf } from '../rest/fields.ts';
import { wireInstant } from '../rest/wire-time.ts';
import { symbolOf } from '../symbol-spelling.ts';
import { type DataFrame, type Parsed, parseRecords } from './frame.ts';

/** H0STASP0: 59 documented, 62 on the wire since 2024. */
const WIDTH_MIN = 59;
const LEVELS = 10;

const SYMBOL = 0;
const TIME = 1;
const SESSION = 2;
const ASKS = 3;
const BIDS = 13;
const ASK_SIZES = 23;
const BID_SIZES = 33;
const ASK_TOTAL = 43;
const BID_TOTAL = 44;

/** The record carries a time without a date. @param today the market's day */
export function parseBookFrame(frame: DataFrame, today: TradeDate): Parsed<OrderBook> {
  return parseRecords(frame, WIDTH_MIN, (values) => readBook(values, today));
}

function readBook(values: readonly string[], today: TradeDate): OrderBook | undefined {
  const symbol = symbolOf(values[SYMBOL] ?? '');
  const at = wireInstant(today, values[TIME] ?? '');
  const asks = readLevels(values, ASKS, ASK_SIZES);
  const bids = readLevels(values, BIDS, BID_SIZES);
  if (symbol === undefined || at === undefined || asks === undefined || bids === undefined) {
    return undefined;
  }
  const isInStep =
    /^[0-9A-Z]?$/.test(textOf(values[SESSION])) &&
    isOrdered(asks, 1) &&
    isOrdered(bids, -1) &&
    isWithin(asks, values[ASK_TOTAL]) &&
    isWithin(bids, values[BID_TOTAL]);
  return isInStep ? { symbol, at, asks, bids } : undefined;
}

function readLevels(
  values: readonly string[],
  prices: number,
  sizes: number,
): readonly BookLevel[] | undefined {
  const levels: BookLevel[] = [];
  for (let level = 0; level < LEVELS; level += 1) {
    const text = values[prices + level];
    const price = priceOf(text);
    const size = quantityOf(values[sizes + level]);
    if (size === undefined) return undefined;
    if (price === undefined) {
      if (decimalOf(text)?.isZero() !== true) return undefined;
      continue;
    }
    // A gap is a missing column: what follows would pass for the level before it.
    if (levels.length < level) return undefined;
    levels.push({ price, size });
  }
  return levels;
}

/** Levels lead away from the market; a record that says otherwise is out of step. */
function isOrdered(levels: readonly BookLevel[], direction: 1 | -1): boolean {
  return levels.every((level, index) => {
    const before = levels[index - 1];
    return before === undefined || level.price.comparedTo(before.price) === direction;
  });
}

/** KIS's total is the sum of the ten levels: where it is less, sizes stand in other columns. */
function isWithin(levels: readonly BookLevel[], total: string | undefined): boolean {
  const sum = levels.reduce((all, { size }) => all + size, 0);
  return sum <= (quantityOf(total) ?? -1);
}
