import { kstCompactTime } from '@fleet/krx';
import type { BookLevel, Instrument, OrderBook } from '../exchange/types.ts';
import { changeSign, percent, whole } from '../rest/fields.ts';

export interface BookContext {
  readonly instrument: Instrument;
  readonly hourCode: string;
  readonly volume: number;
  /** The book told before, for the change columns. */
  readonly previous: OrderBook | undefined;
}

/** 59 columns are documented, 62 are on the wire since 2024, 65 on the merged feed. */
export type BookWidth = 59 | 62 | 65;

const LEVELS = 10;

/** A record of H0STASP0 or H0UNASP0. */
export function bookRecord(book: OrderBook, context: BookContext, width: BookWidth): string {
  return [...documentedColumns(book, context), ...tail(book, width)].join('^');
}

function documentedColumns(book: OrderBook, context: BookContext): readonly string[] {
  const { previous } = context;
  return [
    book.symbol,
    kstCompactTime(book.at),
    context.hourCode,
    ...column(book.asks, (level) => level.price),
    ...column(book.bids, (level) => level.price),
    ...column(book.asks, (level) => level.size),
    ...column(book.bids, (level) => level.size),
    whole(book.totalAskSize),
    whole(book.totalBidSize),
    '0',
    '0',
    ...expectedColumns(book, context.instrument),
    whole(context.volume),
    whole(previous === undefined ? 0 : book.totalAskSize - previous.totalAskSize),
    whole(previous === undefined ? 0 : book.totalBidSize - previous.totalBidSize),
    '0',
    '0',
    '0',
  ];
}

/** Outside auctions KIS sends 0 and what follows from it: minus the reference, sign 5, -100.00. */
function expectedColumns(book: OrderBook, instrument: Instrument): readonly string[] {
  const price = book.expected?.price ?? 0;
  const volume = book.expected?.volume ?? 0;
  const reference = instrument.referencePrice;
  return [
    whole(price),
    whole(volume),
    whole(volume),
    whole(price - reference),
    changeSign(price, reference),
    percent(price - reference, reference),
  ];
}

/** Mid price, shares waiting there, their side: KRX's, and on the merged feed NXT's too. */
function tail(book: OrderBook, width: BookWidth): readonly string[] {
  if (width === 59) return [];
  const [ask, bid] = [book.asks[0]?.price, book.bids[0]?.price];
  const middle = ask === undefined || bid === undefined ? 0 : Math.floor((ask + bid) / 2);
  const krx = [whole(middle), '0', '0'];
  return width === 62 ? krx : [...krx, '0', '0', '0'];
}

function column(side: readonly BookLevel[], value: (level: BookLevel) => number): string[] {
  return Array.from({ length: LEVELS }, (_, index) => {
    const level = side[index];
    return level === undefined ? '0' : whole(value(level));
  });
}
