import type { Session } from '@fleet/krx';

import {
  type BarSeries,
  barStart,
  closingMinute,
  type ListedInstrument,
  type MarketBreak,
  MINUTE_MS,
} from '../day/day-data.ts';
import { hashText, unitNoise } from '../day/seeded-random.ts';
import { type PrintedBar, PrintedBars } from './printed-bars.ts';
import { type Initiator, TickSource } from './tick-source.ts';
import { resumesAt, stopAt, type TradingStop, tradingStops } from './trading-stops.ts';
import { type Interruption, VolatilityRule } from './volatility-rule.ts';

/** A trade as the tape plays it. */
export interface TapeTick {
  readonly at: number;
  readonly price: number;
  readonly volume: number;
  readonly initiator: Initiator;
}

/** Trades that a pause keeps back, to be matched at one price. */
interface HeldTrades {
  readonly until: number;
  /** Of the newest of them: where the auction stands. */
  price: number;
  volume: number;
}

export interface TapeOptions {
  readonly instrument: ListedInstrument;
  readonly bars: BarSeries;
  readonly session: Session;
  /** Circuit breakers of the symbol's market. */
  readonly breaks: readonly MarketBreak[];
  readonly seed: number;
  readonly tickSizeAt: (price: number) => number;
}

/**
 * Plays one symbol's day. Its state is a function of the instant alone: every bar that has started
 * is known, every trade up to the instant has happened. Nothing after it is looked at, and nobody's
 * watching changes it.
 *
 * The day's trades are what the market wanted to trade; a halt, a circuit breaker or a volatility
 * interruption of ours decides when it may. Trades that fall into such a pause are kept back and
 * come out at its end as ONE trade, at the price the market has reached by then, with all their
 * volume: the stock stands still for everybody, no volume is lost, and after it the tape is where
 * the day has it. A recorded day has had its own interruptions; its first print beyond the threshold
 * is already their result, and ours follows it by two minutes. Beginning earlier would mean to know
 * that print before it happened.
 */
export class SymbolTape {
  readonly instrument: ListedInstrument;
  readonly session: Session;
  readonly hash: number;
  readonly openingAt: number;
  /** Later than planned when the closing auction is interrupted, earlier when the market closes. */
  closingAt: number;

  last: number | undefined;
  lastInitiator: Initiator = 'AUCTION';
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

  readonly #bars: BarSeries;
  readonly #source: TickSource;
  readonly #stops: readonly TradingStop[];
  readonly #volatility: VolatilityRule;
  readonly #printed = new PrintedBars();
  readonly #barTurnover: Float64Array;
  readonly #closingMinute: number;
  #held: HeldTrades | undefined;

  constructor(options: TapeOptions) {
    const { instrument, bars, session, seed, tickSizeAt } = options;
    this.instrument = instrument;
    this.session = session;
    this.#bars = bars;
    this.#barTurnover = new Float64Array(bars.minute.length);
    this.#closingMinute = closingMinute(session);
    const hash = hashText(`${session.date}:${instrument.symbol}`, seed);
    this.hash = hash;
    // Auctions end at a random moment up to half a minute late.
    const delay = (salt: number): number =>
      Math.floor(unitNoise(hash, salt) * session.randomEndMsMax);
    const openingAt = session.openingAuction.to + delay(1);
    const closingAt = session.closingAuction.to + delay(2);
    this.openingAt = openingAt;
    const over = options.breaks.find(({ auctionFrom }) => auctionFrom === Infinity);
    this.closingAt = Math.min(closingAt, over?.from ?? Infinity);
    this.#source = new TickSource({
      instrument,
      bars,
      session,
      hash,
      tickSizeAt,
      openingAt,
      closingAt,
    });
    const { halts } = instrument;
    const noise = unitNoise(hash, 3);
    this.#stops = tradingStops({ halts, breaks: options.breaks, noise, session });
    this.#volatility = new VolatilityRule(instrument, session, hash);
  }

  /** Volume of a usual bar so far. */
  get typicalVolume(): number {
    return this.#source.typicalVolume;
  }

  /** Reference of the static volatility interruption. */
  get viReferencePrice(): number {
    return this.#volatility.referencePrice;
  }

  /** The next instant at which the symbol does something. Infinity after the last. */
  nextEventAt(): number {
    return this.#held?.until ?? this.#source.nextAt();
  }

  /** Plays everything up to and including the instant. */
  advanceTo(instant: number, onTrade?: (tick: TapeTick) => void): void {
    for (;;) {
      const next = this.#source.nextAt();
      const held = this.#held;
      if (held !== undefined && held.until < next) {
        if (held.until > instant) break;
        this.#release(held);
      } else {
        if (next > instant) break;
        this.#source.take();
        if (this.#isKeptBack()) continue;
        this.#printTaken();
      }
      if (onTrade !== undefined) onTrade(this.lastTick());
    }
    this.#source.learnStartedBar(instant);
  }

  /** The trade played last. Only after at least one trade. */
  lastTick(): TapeTick {
    return {
      at: this.lastTradedAt ?? 0,
      price: this.last ?? 0,
      volume: this.lastTradeVolume,
      initiator: this.lastInitiator,
    };
  }

  /** The bar that contains the instant, or -1 when that minute has no row. */
  barAt(instant: number): number {
    return this.#indexOfMinute(this.#minuteOf(instant));
  }

  /** A bar's whole volume: what our share of it is measured against. */
  barVolume(bar: number): number {
    return this.#bars.volume[bar] ?? 0;
  }

  /** What a minute has printed so far; undefined when it has not traded. */
  printed(minute: number, now: number): PrintedBar | undefined {
    const moved = this.#printed.moved(minute);
    if (moved !== undefined) return moved.volume === 0 ? undefined : moved;
    if (now < barStart(this.session, minute + 1)) return this.#printed.running(minute);
    const bar = this.#indexOfMinute(minute);
    const { open, high, low, close, volume } = this.#bars;
    if (bar < 0 || volume[bar] === 0) return undefined;
    return {
      open: open[bar] ?? 0,
      high: high[bar] ?? 0,
      low: low[bar] ?? 0,
      close: close[bar] ?? 0,
      volume: volume[bar] ?? 0,
      turnover: this.#barTurnover[bar] ?? 0,
    };
  }

  /** Volatility interruptions up to the instant that the tape was played to, oldest first. */
  interruptions(): readonly Interruption[] {
    return this.#volatility.interruptions;
  }

  interruptionAt(instant: number): Interruption | undefined {
    return this.#volatility.runningAt(instant);
  }

  /** The halt or circuit breaker that holds at the instant. */
  stopAt(instant: number): TradingStop | undefined {
    return stopAt(this.#stops, instant);
  }

  isHalted(instant: number): boolean {
    const stop = this.stopAt(instant);
    return stop !== undefined && instant < stop.auctionFrom;
  }

  /** Where a pause's auction stands; undefined while nothing is kept back. */
  held(): { readonly price: number; readonly volume: number } | undefined {
    return this.#held;
  }

  /** Whether the trade just taken from the day may not happen yet. */
  #isKeptBack(): boolean {
    const { at, price, volume } = this.#source;
    const minute = this.#minuteOf(at);
    if (this.#held !== undefined) {
      this.#held.price = price;
      this.#held.volume += volume;
      this.#printed.move(minute);
      return true;
    }
    const until = this.#resumesAt(at) ?? this.#interruptedUntil(at, price);
    if (until === undefined) return false;
    this.#held = { until, price, volume };
    this.#printed.move(minute);
    return true;
  }

  #resumesAt(at: number): number | undefined {
    if (this.#stops.length === 0) return undefined;
    return resumesAt(this.#stops, at, this);
  }

  #interruptedUntil(at: number, price: number): number | undefined {
    const { last, closingAt, session } = this;
    const interruption = this.#volatility.judge({ at, price, last, closingAt });
    if (interruption === undefined) return undefined;
    const { releasesAt } = interruption;
    if (at >= session.closingAuction.from) this.closingAt = releasesAt;
    return this.#resumesAt(releasesAt) ?? releasesAt;
  }

  #release({ until, price, volume }: HeldTrades): void {
    this.#held = undefined;
    this.#printed.move(this.#minuteOf(until));
    this.#print({ at: until, price, volume, initiator: 'AUCTION' });
  }

  #printTaken(): void {
    const { bar, price, volume } = this.#source;
    this.#barTurnover[bar] = (this.#barTurnover[bar] ?? 0) + price * volume;
    this.#print(this.#source);
  }

  #print({ at, price, volume, initiator }: TapeTick): void {
    this.last = price;
    this.lastInitiator = initiator;
    this.lastTradedAt = at;
    this.lastTradeVolume = volume;
    this.volume += volume;
    this.turnover += price * volume;
    this.#printed.print(this.#minuteOf(at), price, volume);
    this.#countInitiator(initiator, volume);
    if (initiator === 'AUCTION') this.#volatility.referencePrice = price;
    this.#updateRange(price, at);
  }

  #countInitiator(initiator: Initiator, volume: number): void {
    if (initiator === 'BUY') {
      this.buyVolume += volume;
      this.buyTrades += 1;
    } else if (initiator === 'SELL') {
      this.sellVolume += volume;
      this.sellTrades += 1;
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

  /** The closing auction's minute takes everything from the close on. */
  #minuteOf(instant: number): number {
    const minute = Math.floor((instant - this.session.regular.from) / MINUTE_MS);
    return Math.min(minute, this.#closingMinute);
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
