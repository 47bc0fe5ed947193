import type { InstrumentClass, Market } from '@fleet/krx';

import type { DayData, DaySymbol, MarketBreak } from '../day/day-data.ts';
import { marketBreaks } from './circuit-breaker.ts';
import type { Effect } from './effects.ts';
import { canceled, expired, filled } from './order-state.ts';
import type { BookContext } from './order-book.ts';
import { makeQuote } from './quote-view.ts';
import { SymbolDesk } from './symbol-desk.ts';
import { SymbolTape, type TapeTick } from './symbol-tape.ts';
import { makeTickSteps, type TickSteps } from './tick-steps.ts';
import type { OrderRecord } from './types.ts';
import { isImmediate, type OwnFill, validUntil, type WorkingOrder } from './working-order.ts';

export interface EngineOptions {
  readonly day: DayData;
  readonly seed: number;
  readonly participation: number;
}

interface LiveOrder {
  record: OrderRecord;
  readonly reserveUnit: number;
  fills: number;
}

/**
 * The market of one day: a deterministic function of the day, the seed, and the accepted requests
 * with their instants. No clock, no database: replaying the same requests gives the same fills.
 */
export class Engine {
  readonly day: DayData;
  readonly #options: EngineOptions;
  readonly #breaks: readonly MarketBreak[];
  readonly #desks = new Map<string, SymbolDesk>();
  readonly #ticks = new Map<string, TickSteps>();
  readonly #orders = new Map<string, LiveOrder>();
  readonly #watched = new Set<string>();
  readonly #withOrders = new Set<string>();
  #effects: Effect[] = [];
  /** Before this instant no active symbol does anything. */
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor(options: EngineOptions) {
    this.day = options.day;
    this.#options = options;
    this.#breaks = marketBreaks(options.day);
  }

  /** Undefined for a symbol that does not exist (yet) at the instant. */
  find(symbol: string, at: number): DaySymbol | undefined {
    const found = this.day.symbols.get(symbol);
    return found === undefined || at < found.instrument.visibleFrom ? undefined : found;
  }

  /** A symbol's market at the instant, which must be the latest one so far. */
  view(symbol: string, at: number): BookContext | undefined {
    if (this.find(symbol, at) === undefined) return undefined;
    const desk = this.#deskOf(symbol);
    this.#catchUp(symbol, desk, at);
    return { tape: desk.tape, ticks: desk.ticks, at, taken: desk.taken() };
  }

  /** The markets of all symbols that exist at the instant, which must be the latest one so far. */
  views(at: number): readonly BookContext[] {
    return [...this.day.symbols.keys()].flatMap((symbol) => this.view(symbol, at) ?? []);
  }

  /** A tape of its own that was played up to the instant, with every trade told. */
  retell(symbol: string, at: number, onTrade: (tick: TapeTick, tape: SymbolTape) => void): void {
    const found = this.find(symbol, at);
    if (found === undefined) return;
    const tape = this.#makeTape(found);
    tape.advanceTo(at, (tick) => onTrade(tick, tape));
  }

  /** A market's circuit breakers of the whole day, in order: nothing to be shown before it begins. */
  breaks(market: Market): readonly MarketBreak[] {
    return this.#breaks
      .filter((each) => each.market === market)
      .toSorted((a, b) => a.from - b.from);
  }

  ticksOf(symbol: string): TickSteps {
    return this.#deskOf(symbol).ticks;
  }

  /** A symbol that this day does not have is never told about. */
  setWatched(symbol: string, at: number, isWatched: boolean): void {
    if (!this.day.symbols.has(symbol)) return;
    if (isWatched) {
      this.view(symbol, at);
      this.#watched.add(symbol);
      this.#quietUntil = Number.NEGATIVE_INFINITY;
    } else {
      this.#watched.delete(symbol);
    }
  }

  watched(): ReadonlySet<string> {
    return this.#watched;
  }

  /** Symbols that move by themselves: watched ones and those with open orders of ours. */
  activeSymbols(): readonly string[] {
    return [...new Set([...this.#watched, ...this.#withOrders])];
  }

  /** The next instant at which an active symbol does something. */
  nextEventAt(): number {
    return Number.isFinite(this.#quietUntil) ? this.#quietUntil : this.#firstEventAt();
  }

  #firstEventAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const symbol of this.activeSymbols()) {
      const desk = this.#deskOf(symbol);
      next = Math.min(next, desk.tape.nextEventAt(), desk.nextEventAt());
    }
    return next;
  }

  /** Plays all active symbols up to the instant; effects come in market-time order. */
  advance(to: number): readonly Effect[] {
    if (to < this.#quietUntil) return [];
    this.#effects = [];
    for (const symbol of this.activeSymbols().toSorted()) this.#advanceSymbol(symbol, to);
    this.#quietUntil = this.#firstEventAt();
    // Stable: within one instant symbols keep their order, and a symbol's effects theirs.
    return this.#effects.toSorted((a, b) => a.at - b.at);
  }

  record(number: string): OrderRecord | undefined {
    return this.#orders.get(number)?.record;
  }

  /** A new order (or the new half of an amend) enters; all active symbols are at its instant. */
  enter(
    record: OrderRecord,
    terms: { limit: number | undefined; reserveUnit: number },
  ): readonly Effect[] {
    this.#effects = [];
    const desk = this.#deskOf(record.symbol);
    const at = record.acceptedAt;
    this.#catchUp(record.symbol, desk, at);
    this.#orders.set(record.number, { record, reserveUnit: terms.reserveUnit, fills: 0 });
    const notice = record.request === 'AMEND' ? 'AMENDED' : 'ACCEPTED';
    this.#emitRecord(record, at, notice, record.quantity);
    const order: WorkingOrder = {
      number: record.number,
      side: record.side,
      type: record.type,
      limit: terms.limit,
      priceCap: terms.reserveUnit,
      rest: record.restQuantity,
      trigger: record.conditionPrice,
      isTaker: false,
      queueAhead: undefined,
      validUntil: validUntil(record.type, desk.tape),
    };
    desk.enter(order, at);
    if (order.rest > 0 && isImmediate(order.type)) this.#cancelRest(record.number, at);
    this.#noteOrders(record.symbol);
    return this.#effects;
  }

  /** Takes quantity away from an open order, for a cancel or the old half of an amend. */
  reduce(number: string, quantity: number, at: number): readonly Effect[] {
    this.#effects = [];
    const live = this.#live(number);
    const desk = this.#deskOf(live.record.symbol);
    live.record = canceled(live.record, quantity);
    if (live.record.restQuantity === 0) desk.remove(number);
    else desk.shrink(number, live.record.restQuantity);
    this.#noteOrders(live.record.symbol);
    this.#emitRecord(live.record, at, undefined, 0);
    return this.#effects;
  }

  /** The row of a cancel request itself; nothing of it ever trades. */
  addCancelRow(record: OrderRecord): readonly Effect[] {
    this.#effects = [];
    this.#orders.set(record.number, { record, reserveUnit: 0, fills: 0 });
    this.#emitRecord(record, record.acceptedAt, 'CANCELED', record.quantity);
    return this.#effects;
  }

  #advanceSymbol(symbol: string, to: number): void {
    const desk = this.#deskOf(symbol);
    const isWatched = this.#watched.has(symbol);
    desk.tape.advanceTo(to, (tick) => {
      const isTold = isWatched || desk.hasOrders();
      desk.onTrade(tick);
      if (isTold) this.#emitTrade(desk, tick);
    });
    desk.playOffHours(to);
    for (const order of desk.expire(to)) {
      const live = this.#live(order.number);
      live.record = expired(live.record);
      this.#emitRecord(live.record, desk.endOf(order), undefined, 0);
    }
    this.#noteOrders(symbol);
  }

  #emitTrade(desk: SymbolDesk, tick: TapeTick): void {
    const { tape, ticks } = desk;
    const quote = makeQuote({ tape, ticks, at: tick.at, taken: desk.taken() });
    const { at, price, volume, initiator } = tick;
    const trade = { symbol: tape.instrument.symbol, at, price, volume, initiator, quote };
    this.#effects.push({ kind: 'TRADE', at, trade });
  }

  #onFill({ order, price, quantity, at }: OwnFill): void {
    const live = this.#live(order.number);
    live.record = filled(live.record, quantity, price);
    live.fills += 1;
    const { record, fills: sequence, reserveUnit } = live;
    this.#effects.push({ kind: 'FILL', at, record, sequence, quantity, price, reserveUnit });
  }

  #cancelRest(number: string, at: number): void {
    const live = this.#live(number);
    const quantity = live.record.restQuantity;
    live.record = canceled(live.record, quantity);
    this.#emitRecord(live.record, at, 'EXPIRED_IOC', quantity);
  }

  #emitRecord(
    record: OrderRecord,
    at: number,
    notice: Extract<Effect, { kind: 'RECORD' }>['notice'],
    noticeQuantity: number,
  ): void {
    const { reserveUnit } = this.#live(record.number);
    this.#effects.push({ kind: 'RECORD', at, record, reserveUnit, notice, noticeQuantity });
  }

  #live(number: string): LiveOrder {
    const live = this.#orders.get(number);
    if (live === undefined) throw new Error(`the engine does not know order ${number}`);
    return live;
  }

  /**
   * Plays a symbol that nobody follows. One with orders or watchers plays in `advance` alone: a trade
   * played here would pass its orders by.
   */
  #catchUp(symbol: string, desk: SymbolDesk, at: number): void {
    const isActive = this.#withOrders.has(symbol) || this.#watched.has(symbol);
    if (isActive && desk.tape.nextEventAt() <= at) {
      throw new Error(`${symbol} was looked at before the market was advanced to ${at}`);
    }
    desk.tape.advanceTo(at);
  }

  #noteOrders(symbol: string): void {
    this.#quietUntil = Number.NEGATIVE_INFINITY;
    if (this.#deskOf(symbol).hasOrders()) this.#withOrders.add(symbol);
    else this.#withOrders.delete(symbol);
  }

  #deskOf(symbol: string): SymbolDesk {
    const known = this.#desks.get(symbol);
    if (known !== undefined) return known;
    const found = this.day.symbols.get(symbol);
    if (found === undefined) throw new Error(`no symbol ${symbol} in this day`);
    const desk = new SymbolDesk({
      tape: this.#makeTape(found),
      ticks: this.#ticksFor(found.instrument),
      offHours: found.offHours,
      participation: this.#options.participation,
      onFill: (fill) => this.#onFill(fill),
    });
    this.#desks.set(symbol, desk);
    return desk;
  }

  #makeTape({ instrument, bars }: DaySymbol): SymbolTape {
    const tickSizeAt = this.#ticksFor(instrument).sizeAt;
    const { session } = this.day;
    const { seed } = this.#options;
    const breaks = this.breaks(instrument.market);
    return new SymbolTape({ instrument, bars, session, breaks, seed, tickSizeAt });
  }

  #ticksFor(kind: InstrumentClass): TickSteps {
    const key = `${kind.market}:${kind.kind}`;
    const known = this.#ticks.get(key) ?? makeTickSteps(kind, this.day.date);
    this.#ticks.set(key, known);
    return known;
  }
}
