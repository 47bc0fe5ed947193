import type { Session } from '@fleet/krx';

import {
  type BarSeries,
  barStart,
  closingMinute,
  type ListedInstrument,
  MINUTE_MS,
} from '../day/day-data.ts';
import { hashPair, SeededRandom } from '../day/seeded-random.ts';
import { fillTickPath, INITIATOR, makeTickPath, type TickPath } from './tick-path.ts';

export type Initiator = 'BUY' | 'SELL' | 'AUCTION';

const INITIATORS = ['BUY', 'SELL', 'AUCTION'] as const;
/** Weight of the newest bar in the typical volume. */
const VOLUME_MEMORY = 0.25;
const random = new SeededRandom(0);

export interface TickSourceOptions {
  readonly instrument: ListedInstrument;
  readonly bars: BarSeries;
  readonly session: Session;
  readonly hash: number;
  readonly tickSizeAt: (price: number) => number;
  /** When the opening and the closing auction print. */
  readonly openingAt: number;
  readonly closingAt: number;
}

/**
 * The day's own trades of one symbol, invented inside its bars, in time order. What the exchange
 * makes of them (pauses, interruptions) is the tape's matter. Fields show the trade taken last; no
 * object is made for a trade.
 */
export class TickSource {
  at = 0;
  price = 0;
  volume = 0;
  initiator: Initiator = 'AUCTION';
  /** Index of its bar in the series. */
  bar = -1;
  /** Volume of a usual bar so far (of bars that traded), the running one included. */
  typicalVolume = 0;

  readonly #options: TickSourceOptions;
  readonly #path: TickPath = makeTickPath();
  readonly #closingMinute: number;
  #barCursor = 0;
  #tickCursor = 0;
  #current = -1;
  #nextAt = Number.NaN;
  #learnedBar = -1;

  constructor(options: TickSourceOptions) {
    this.#options = options;
    this.#closingMinute = closingMinute(options.session);
  }

  /** Instant of the next trade that has not been taken. Infinity after the last. */
  nextAt(): number {
    if (Number.isNaN(this.#nextAt)) this.#nextAt = this.#findNext();
    return this.#nextAt;
  }

  /** Takes the next trade into the fields. Only when there is one. */
  take(): void {
    this.nextAt();
    const cursor = this.#tickCursor;
    if (cursor === 0) this.#learnVolume(this.#current);
    this.at = this.#path.at[cursor] ?? 0;
    this.price = this.#path.price[cursor] ?? 0;
    this.volume = this.#path.volume[cursor] ?? 0;
    this.initiator = INITIATORS[this.#path.initiator[cursor] ?? 0] ?? 'BUY';
    this.bar = this.#current;
    this.#tickCursor += 1;
    this.#nextAt = Number.NaN;
  }

  /** A bar counts from its start, so that the state does not depend on when anybody looked. */
  learnStartedBar(instant: number): void {
    if (this.#tickCursor !== 0 || this.#current < 0) return;
    const { session, bars } = this.#options;
    const start = barStart(session, bars.minute[this.#current] ?? 0);
    if (start <= instant) this.#learnVolume(this.#current);
  }

  #findNext(): number {
    while (this.#tickCursor >= this.#path.count) {
      const next = this.#nextTradedBar();
      if (next === undefined) return Number.POSITIVE_INFINITY;
      this.#loadBar(next);
    }
    return this.#path.at[this.#tickCursor] ?? Number.POSITIVE_INFINITY;
  }

  #nextTradedBar(): number | undefined {
    const { volume } = this.#options.bars;
    while (this.#barCursor < volume.length && volume[this.#barCursor] === 0) this.#barCursor += 1;
    return this.#barCursor < volume.length ? this.#barCursor : undefined;
  }

  #loadBar(bar: number): void {
    const { session, instrument, hash, tickSizeAt, openingAt, closingAt } = this.#options;
    const { minute, open, high, low, close, volume } = this.#options.bars;
    const index = minute[bar] ?? 0;
    const start = barStart(session, index);
    const isOpening = index === 0;
    const isClosing = index === this.#closingMinute;
    const from = isOpening ? openingAt : isClosing ? closingAt : start;
    const closePrice = close[bar] ?? 0;
    const single = { open: closePrice, high: closePrice, low: closePrice, close: closePrice };
    const prices = isClosing
      ? single
      : { open: open[bar] ?? 0, high: high[bar] ?? 0, low: low[bar] ?? 0, close: closePrice };
    random.reseed(hashPair(hash, index + 16));
    fillTickPath(
      this.#path,
      { ...prices, volume: volume[bar] ?? 0 },
      {
        from,
        to: start + MINUTE_MS,
        auctionShare: isClosing ? 1 : isOpening ? 0.3 + random.next() * 0.3 : undefined,
        previousPrice: bar === 0 ? undefined : close[bar - 1],
        upperLimit: instrument.upperLimit,
        lowerLimit: instrument.lowerLimit,
        tickSizeAt,
      },
      random,
    );
    if (isClosing) this.#makeSingleTrade(volume[bar] ?? 0);
    this.#barCursor = bar + 1;
    this.#tickCursor = 0;
    this.#current = bar;
  }

  #makeSingleTrade(volume: number): void {
    this.#path.count = 1;
    this.#path.at[0] = this.#options.closingAt;
    this.#path.volume[0] = volume;
    this.#path.initiator[0] = INITIATOR.AUCTION;
  }

  #learnVolume(bar: number): void {
    if (bar === this.#learnedBar || bar < 0) return;
    this.#learnedBar = bar;
    const volume = this.#options.bars.volume[bar] ?? 0;
    this.typicalVolume =
      this.typicalVolume === 0
        ? volume
        : this.typicalVolume + (volume - this.typicalVolume) * VOLUME_MEMORY;
  }
}
