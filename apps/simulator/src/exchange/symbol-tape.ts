import type { Session } from '@fleet/krx';

import {
  type BarSeries,
  barStart,
  closingMinute,
  type ListedInstrument,
  MINUTE_MS,
} from '../day/day-data.ts';
import { hashPair, hashText, SeededRandom, unitNoise } from '../day/seeded-random.ts';
import { fillTickPath, INITIATOR, makeTickPath, type TickPath } from './tick-path.ts';

/** A trade as the tape plays it. */
export interface TapeTick {
  readonly at: number;
  readonly price: number;
  readonly volume: number;
  readonly initiator: 'BUY' | 'SELL' | 'AUCTION';
  /** Index of the bar in the series. */
  readonly bar: number;
}

export interface RunningBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly turnover: number;
}

const INITIATORS = ['BUY', 'SELL', 'AUCTION'] as const;
/** Weight of the newest bar in the typical volume. */
const VOLUME_MEMORY = 0.25;
const random = new SeededRandom(0);

export interface TapeOptions {
  readonly instrument: ListedInstrument;
  readonly bars: BarSeries;
  readonly session: Session;
  readonly seed: number;
  readonly tickSizeAt: (price: number) => number;
}

/**
 * Plays one symbol's day. Its state is a function of the instant alone: every bar that has started
 * is known, every trade up to the instant has happened. Nothing after it is looked at, and nobody's
 * watching changes it.
 */
export class SymbolTape {
  readonly instrument: ListedInstrument;
  readonly session: Session;
  readonly hash: number;
  readonly tickSizeAt: (price: number) => number;
  readonly openingAt: number;
  readonly closingAt: number;

  last: number | undefined;
  lastInitiator: 'BUY' | 'SELL' | 'AUCTION' = 'AUCTION';
  lastTradeVolume = 0;
  lastTradedAt: number | undefined;
  open: number | undefined;
  openedAt: number | undefined;
  high: number | undefined;
  highAt: number | undefined;
  low: number | undefined;
  lowAt: number | undefined;
  volume = 0;
  turnover = 0;
  buyVolume = 0;
  sellVolume = 0;
  buyTrades = 0;
  sellTrades = 0;
  /** Volume of a usual bar so far (of bars that traded), the running one included. */
  typicalVolume = 0;
  /** Price of the opening auction, when there was one. */
  openingPrice: number | undefined;

  readonly #bars: BarSeries;
  readonly #path: TickPath = makeTickPath();
  readonly #barTurnover: Float64Array;
  readonly #closingMinute: number;
  #barCursor = 0;
  #tickCursor = 0;
  #current = -1;
  #nextTradeAt = Number.NaN;
  #learnedBar = -1;

  constructor(options: TapeOptions) {
    const { instrument, session, seed } = options;
    this.instrument = instrument;
    this.session = session;
    this.tickSizeAt = options.tickSizeAt;
    this.#bars = options.bars;
    this.#barTurnover = new Float64Array(options.bars.minute.length);
    this.#closingMinute = closingMinute(session);
    this.hash = hashText(`${session.date}:${instrument.symbol}`, seed);
    // Auctions end at a random moment up to half a minute late.
    const delay = (salt: number): number =>
      Math.floor(unitNoise(this.hash, salt) * session.randomEndMsMax);
    this.openingAt = session.openingAuction.to + delay(1);
    this.closingAt = session.closingAuction.to + delay(2);
  }

  /** Instant of the next trade that has not been played. Infinity after the last. */
  nextTradeAt(): number {
    if (Number.isNaN(this.#nextTradeAt)) this.#nextTradeAt = this.#findNextTradeAt();
    return this.#nextTradeAt;
  }

  /** Plays all trades up to and including the instant. */
  advanceTo(instant: number, onTrade?: (tick: TapeTick) => void): void {
    while (this.nextTradeAt() <= instant) {
      this.#playOne();
      if (onTrade !== undefined) onTrade(this.lastTick());
    }
    this.#loadStartedBars(instant);
  }

  /** The trade played last. Only after at least one trade. */
  lastTick(): TapeTick {
    return {
      at: this.lastTradedAt ?? 0,
      price: this.last ?? 0,
      volume: this.lastTradeVolume,
      initiator: this.lastInitiator,
      bar: this.#current,
    };
  }

  /** The bar that contains the instant, or -1 when that minute has no row. */
  barAt(instant: number): number {
    const minute = Math.floor((instant - this.session.regular.from) / MINUTE_MS);
    return this.#indexOfMinute(minute);
  }

  /** A bar's whole volume: what our share of it is measured against. */
  barVolume(bar: number): number {
    return this.#bars.volume[bar] ?? 0;
  }

  bars(): BarSeries {
    return this.#bars;
  }

  /** Turnover of a bar's trades played so far. */
  barTurnover(bar: number): number {
    return this.#barTurnover[bar] ?? 0;
  }

  /** What the running bar shows of itself so far; undefined for a bar that is complete. */
  runningBar(bar: number, now: number): RunningBar | undefined {
    if (now >= barStart(this.session, (this.#bars.minute[bar] ?? 0) + 1)) return undefined;
    const running = { open: 0, high: 0, low: 0, close: 0, volume: 0, turnover: 0 };
    if (bar !== this.#current) return this.barVolume(bar) === 0 ? running : undefined;
    for (let index = 0; index < this.#tickCursor; index += 1) {
      const price = this.#path.price[index] ?? 0;
      const volume = this.#path.volume[index] ?? 0;
      if (index === 0) Object.assign(running, { open: price, high: price, low: price });
      running.high = Math.max(running.high, price);
      running.low = Math.min(running.low, price);
      running.close = price;
      running.volume += volume;
      running.turnover += price * volume;
    }
    return running;
  }

  isHalted(instant: number): boolean {
    return this.instrument.halts.some((halt) => instant >= halt.from && instant < halt.to);
  }

  #findNextTradeAt(): number {
    while (this.#tickCursor >= this.#path.count) {
      const next = this.#nextTradedBar();
      if (next === undefined) return Number.POSITIVE_INFINITY;
      this.#loadBar(next);
    }
    return this.#path.at[this.#tickCursor] ?? Number.POSITIVE_INFINITY;
  }

  #nextTradedBar(): number | undefined {
    const { volume } = this.#bars;
    while (this.#barCursor < volume.length && volume[this.#barCursor] === 0) this.#barCursor += 1;
    return this.#barCursor < volume.length ? this.#barCursor : undefined;
  }

  #loadBar(bar: number): void {
    const { minute, open, high, low, close, volume } = this.#bars;
    const index = minute[bar] ?? 0;
    const start = barStart(this.session, index);
    const isOpening = index === 0;
    const isClosing = index === this.#closingMinute;
    const from = isOpening ? this.openingAt : isClosing ? this.closingAt : start;
    const closePrice = close[bar] ?? 0;
    const single = { open: closePrice, high: closePrice, low: closePrice, close: closePrice };
    const prices = isClosing
      ? single
      : { open: open[bar] ?? 0, high: high[bar] ?? 0, low: low[bar] ?? 0, close: closePrice };
    random.reseed(hashPair(this.hash, index + 16));
    fillTickPath(
      this.#path,
      { ...prices, volume: volume[bar] ?? 0 },
      {
        from,
        to: start + MINUTE_MS,
        auctionShare: isClosing ? 1 : isOpening ? 0.3 + random.next() * 0.3 : undefined,
        previousPrice: bar === 0 ? undefined : close[bar - 1],
        upperLimit: this.instrument.upperLimit,
        lowerLimit: this.instrument.lowerLimit,
        tickSizeAt: this.tickSizeAt,
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
    this.#path.at[0] = this.closingAt;
    this.#path.volume[0] = volume;
    this.#path.initiator[0] = INITIATOR.AUCTION;
  }

  #playOne(): void {
    const cursor = this.#tickCursor;
    if (cursor === 0) this.#learnVolume(this.#current);
    const price = this.#path.price[cursor] ?? 0;
    const volume = this.#path.volume[cursor] ?? 0;
    const at = this.#path.at[cursor] ?? 0;
    this.lastInitiator = INITIATORS[this.#path.initiator[cursor] ?? 0] ?? 'BUY';
    this.#tickCursor += 1;
    this.#nextTradeAt = Number.NaN;
    this.last = price;
    this.lastTradedAt = at;
    this.lastTradeVolume = volume;
    this.volume += volume;
    this.turnover += price * volume;
    this.#barTurnover[this.#current] = (this.#barTurnover[this.#current] ?? 0) + price * volume;
    this.#countInitiator(volume);
    this.#updateRange(price, at);
  }

  #countInitiator(volume: number): void {
    if (this.lastInitiator === 'BUY') {
      this.buyVolume += volume;
      this.buyTrades += 1;
    } else if (this.lastInitiator === 'SELL') {
      this.sellVolume += volume;
      this.sellTrades += 1;
    } else if (this.#bars.minute[this.#current] === 0) {
      this.openingPrice = this.last;
    }
  }

  #updateRange(price: number, at: number): void {
    if (this.open === undefined) {
      this.open = price;
      this.openedAt = at;
    }
    if (this.high === undefined || price > this.high) {
      this.high = price;
      this.highAt = at;
    }
    if (this.low === undefined || price < this.low) {
      this.low = price;
      this.lowAt = at;
    }
  }

  #learnVolume(bar: number): void {
    if (bar === this.#learnedBar || bar < 0) return;
    this.#learnedBar = bar;
    const volume = this.#bars.volume[bar] ?? 0;
    this.typicalVolume =
      this.typicalVolume === 0
        ? volume
        : this.typicalVolume + (volume - this.typicalVolume) * VOLUME_MEMORY;
  }

  /** A bar counts from its start, so that the state does not depend on when anybody looked. */
  #loadStartedBars(instant: number): void {
    if (this.#tickCursor !== 0 || this.#current < 0) return;
    const start = barStart(this.session, this.#bars.minute[this.#current] ?? 0);
    if (start <= instant) this.#learnVolume(this.#current);
  }

  #indexOfMinute(minute: number): number {
    const { minute: minutes } = this.#bars;
    let low = 0;
    let high = minutes.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = minutes[middle] ?? 0;
      if (found === minute) return middle;
      if (found < minute) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
