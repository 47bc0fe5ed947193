import type { Tick } from '@fleet/service-layer';
import { decimalOf, priceOf, quantityOf, textOf } from '../rest/fields.ts';
import { wireDate, wireInstant } from '../rest/wire-time.ts';
import { symbolOf } from '../symbol-spelling.ts';
import { type DataFrame, type Parsed, parseRecords } from './frame.ts';

/** H0STCNT0 has 46 columns. */
const WIDTH_MIN = 46;

// Positions of the columns that are used, from 0 (the documents count from 1).
const SYMBOL = 0;
const TIME = 1;
const PRICE = 2;
const SIGN = 3;
const HIGH = 8;
const LOW = 9;
const ASK = 10;
const BID = 11;
const VOLUME = 12;
const DAY_VOLUME = 13;
const DATE = 33;
const HALTED = 35;
const ASK_SIZE = 36;
const BID_SIZE = 37;
const SESSION = 43;

/** Trades of the exchange, in the order of the wire. */
export function parseTradeFrame(frame: DataFrame): Parsed<Tick> {
  return parseRecords(frame, WIDTH_MIN, readTick);
}

function readTick(values: readonly string[]): Tick | undefined {
  const symbol = symbolOf(values[SYMBOL] ?? '');
  const at = wireInstant(wireDate(values[DATE] ?? ''), values[TIME] ?? '');
  const price = priceOf(values[PRICE]);
  const volume = quantityOf(values[VOLUME]);
  const dayVolume = quantityOf(values[DAY_VOLUME]);
  const askSize = quantityOf(values[ASK_SIZE]);
  const bidSize = quantityOf(values[BID_SIZE]);
  if (symbol === undefined || at === undefined || price === undefined) return undefined;
  if (volume === undefined || dayVolume === undefined || dayVolume < volume) return undefined;
  if (askSize === undefined || bidSize === undefined) return undefined;
  if (!isInStep(values)) return undefined;
  return {
    symbol,
    at,
    price,
    volume,
    dayVolume,
    bid: priceOf(values[BID]),
    ask: priceOf(values[ASK]),
    bidSize,
    askSize,
    halted: textOf(values[HALTED]) === 'Y',
  };
}

/** What holds in every record of KIS, and hardly ever in one with a column too many or too few. */
function isInStep(values: readonly string[]): boolean {
  const [bid, ask] = [priceOf(values[BID]), priceOf(values[ASK])];
  const isCrossed = bid !== undefined && ask !== undefined && bid.gt(ask);
  return (
    /^\d{6}$/.test(values[TIME] ?? '') &&
    /^[1-5]$/.test(values[SIGN] ?? '') &&
    ['Y', 'N', ''].includes(textOf(values[HALTED])) &&
    // One letter or digit behind all that is used: nothing in between is missing or doubled.
    /^[0-9A-Z]?$/.test(textOf(values[SESSION])) &&
    isOfTheDay(values) &&
    isSideOfBook(values[ASK]) &&
    isSideOfBook(values[BID]) &&
    !isCrossed
  );
}

/** The day's high and low count the trade itself; before the first one they are 0. */
function isOfTheDay(values: readonly string[]): boolean {
  const [price, high, low] = [priceOf(values[PRICE]), priceOf(values[HIGH]), priceOf(values[LOW])];
  if (price === undefined || high === undefined || low === undefined) return true;
  return price.lte(high) && price.gte(low);
}

/** A price, or 0 for an empty side (asks at the upper limit). */
function isSideOfBook(value: string | undefined): boolean {
  return priceOf(value) !== undefined || decimalOf(value)?.isZero() === true;
}
