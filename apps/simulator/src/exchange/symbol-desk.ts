import type { OrderType } from '@fleet/krx';

import type { OffHoursTrading } from '../day/day-data.ts';
import { type OffHoursMatch, offHoursMatches } from './off-hours.ts';
import {
  bestPrices,
  type BookContext,
  displayedSize,
  levels,
  type TakenShares,
} from './order-book.ts';
import { Participation } from './participation.ts';
import { isAuction, symbolPhase } from './symbol-phase.ts';
import type { SymbolTape, TapeTick } from './symbol-tape.ts';
import type { TickSteps } from './tick-steps.ts';
import type { BookLevel } from './types.ts';
import {
  accepts,
  byPriority,
  isAffordable,
  isAllOrNothing,
  isImmediate,
  isReached,
  isRegular,
  type OwnFill,
  type WorkingOrder,
} from './working-order.ts';

export interface DeskOptions {
  readonly tape: SymbolTape;
  readonly ticks: TickSteps;
  readonly offHours?: OffHoursTrading | undefined;
  /** Largest share of a bar's volume that is ours. */
  readonly participation: number;
  readonly onFill: (fill: OwnFill) => void;
}

/**
 * Matches our orders in one symbol against its tape, price before time. The tape is not moved by us:
 * we trade inside its volume.
 */
export class SymbolDesk {
  readonly tape: SymbolTape;
  readonly ticks: TickSteps;
  readonly #participation: Participation;
  readonly #onFill: (fill: OwnFill) => void;
  #orders: WorkingOrder[] = [];
  #taken = new Map<number, number>();
  #takenAtVolume = -1;
  readonly #offHours: readonly OffHoursMatch[];
  #offHoursPlayedTo = Number.NEGATIVE_INFINITY;

  constructor(options: DeskOptions) {
    this.tape = options.tape;
    this.ticks = options.ticks;
    this.#onFill = options.onFill;
    this.#participation = new Participation(options.tape, options.participation);
    this.#offHours = offHoursMatches(options.offHours, options.tape, options.ticks);
  }

  hasOrders(): boolean {
    return this.#orders.length > 0;
  }

  /** Shares we took from the displayed book since the last trade. */
  taken(): TakenShares {
    if (this.#takenAtVolume !== this.tape.volume) {
      this.#taken = new Map();
      this.#takenAtVolume = this.tape.volume;
    }
    return this.#taken;
  }

  /** A new order arrives. Its rest stands in the market afterwards unless it is immediate. */
  enter(order: WorkingOrder, at: number): void {
    this.#offHoursPlayedTo = Math.max(this.#offHoursPlayedTo, at);
    const { last } = this.tape;
    if (last !== undefined && isReached(order, last)) order.trigger = undefined;
    const isInside = isRegular(order.type) && order.trigger === undefined;
    const fillsNow = symbolPhase(this.tape, at) === 'CONTINUOUS' && isInside;
    if (fillsNow && !(isAllOrNothing(order.type) && this.#fillable(order, at) < order.rest)) {
      this.#place(order, at);
    }
    if (order.rest > 0 && !isImmediate(order.type)) this.#orders.push(order);
  }

  remove(number: string): void {
    this.#orders = this.#orders.filter((order) => order.number !== number);
  }

  /** A partial cancel: the order keeps its place in the queue. */
  shrink(number: string, rest: number): void {
    for (const order of this.#orders) if (order.number === number) order.rest = rest;
  }

  /** The tape has just played this trade. */
  onTrade(tick: TapeTick): void {
    if (this.#orders.length === 0) return;
    const hasAuctionEnded = tick.initiator === 'AUCTION';
    // The result of an auction triggers stop orders, it does not fill them.
    if (hasAuctionEnded) this.#uncross(tick);
    for (const order of this.#orders) if (isReached(order, tick.price)) order.trigger = undefined;
    if (!hasAuctionEnded && !isAuction(symbolPhase(this.tape, tick.at))) this.#match(tick);
    this.#orders = this.#orders.filter((order) => order.rest > 0);
  }

  /** Orders whose time is over at the instant; they leave the market. */
  expire(instant: number): readonly WorkingOrder[] {
    const over = this.#orders.filter((order) => this.endOf(order) <= instant);
    if (over.length > 0) this.#orders = this.#orders.filter((order) => !over.includes(order));
    return over;
  }

  /** When the first of the standing orders expires or may fill outside the regular session. */
  nextEventAt(): number {
    return this.#orders.reduce((first, order) => {
      const match = isRegular(order.type) ? undefined : this.#nextOffHours(order.type);
      return Math.min(first, this.endOf(order), match?.at ?? Infinity);
    }, Infinity);
  }

  /** Plays the sessions before the open and after the close up to the instant. */
  playOffHours(instant: number): void {
    const due = this.#offHours.filter(({ at }) => at > this.#offHoursPlayedTo && at <= instant);
    this.#offHoursPlayedTo = Math.max(this.#offHoursPlayedTo, instant);
    if (this.#orders.length === 0) return;
    for (const match of due) this.#matchOffHours(match);
    this.#orders = this.#orders.filter((order) => order.rest > 0);
  }

  /** When the order's time is over. */
  endOf(order: WorkingOrder): number {
    return order.validUntil ?? this.tape.closingAt;
  }

  /** The auction's price is the tape's; ours fill when they accept it, inside our share of it. */
  #uncross(tick: TapeTick): void {
    const isClosing = tick.at >= this.tape.session.closingAuction.from;
    let left = Math.min(this.#participation.left(tick.at), this.#participation.of(tick.volume));
    const asMarket = (order: WorkingOrder): boolean =>
      order.limit === undefined || (isClosing && order.type === 'CONDITIONAL_LIMIT');
    const takesPart = this.#inside();
    const first = takesPart.filter(asMarket);
    const then = byPriority(takesPart.filter((order) => !asMarket(order)));
    for (const order of [...first, ...then]) {
      if (left === 0) return;
      const isGood = asMarket(order) ? isAffordable(order, tick.price) : accepts(order, tick.price);
      if (!isGood) continue;
      const quantity = Math.min(order.rest, left);
      this.#fill(order, tick.price, quantity, tick.at);
      left -= quantity;
    }
  }

  /** Orders that take part in the regular session now. */
  #inside(): readonly WorkingOrder[] {
    return this.#orders.filter(({ type, trigger }) => isRegular(type) && trigger === undefined);
  }

  #nextOffHours(type: OrderType): OffHoursMatch | undefined {
    return this.#offHours.find((match) => match.type === type && match.at > this.#offHoursPlayedTo);
  }

  #matchOffHours({ at, type, volume, price: priceAt }: OffHoursMatch): void {
    const price = priceAt();
    if (price === undefined || this.tape.isHalted(at)) return;
    let left = this.#participation.of(volume);
    for (const order of byPriority(this.#orders.filter((each) => each.type === type))) {
      const quantity = accepts(order, price) ? Math.min(order.rest, left) : 0;
      if (quantity === 0) continue;
      order.rest -= quantity;
      left -= quantity;
      this.#onFill({ order, price, quantity, at });
    }
  }

  #match(tick: TapeTick): void {
    let available = tick.volume;
    for (const order of byPriority(this.#inside())) {
      if (order.queueAhead === undefined || order.isTaker) this.#place(order, tick.at);
      else available -= this.#trade(order, tick, available);
    }
  }

  /** Takes what crosses; then the order waits, behind the displayed size if it does not cross. */
  #place(order: WorkingOrder, at: number): void {
    const context = this.#context(at);
    const crossing = this.#crossing(order, context);
    order.isTaker = this.#crosses(order, context);
    for (const level of crossing) {
      const quantity = Math.min(order.rest, level.size, this.#participation.left(at));
      if (quantity === 0) break;
      this.taken();
      this.#taken.set(level.price, (this.#taken.get(level.price) ?? 0) + quantity);
      this.#fill(order, level.price, quantity, at);
    }
    if (order.isTaker || order.rest === 0) return;
    order.queueAhead = displayedSize(
      context,
      order.side === 'BUY' ? 'BID' : 'ASK',
      this.#standsAt(order),
    );
  }

  /** A waiting order trades when the market trades at its price behind the queue, or through it. */
  #trade(order: WorkingOrder, tick: TapeTick, available: number): number {
    const price = this.#standsAt(order);
    const isThrough = order.side === 'BUY' ? tick.price < price : tick.price > price;
    if ((!isThrough && tick.price !== price) || !isAffordable(order, tick.price)) return 0;
    const queue = isThrough ? 0 : (order.queueAhead ?? 0);
    order.queueAhead = Math.max(0, queue - tick.volume);
    const quantity = Math.min(
      Math.max(0, tick.volume - queue),
      available,
      order.rest,
      this.#participation.left(tick.at),
    );
    if (quantity <= 0) return 0;
    this.#fill(order, order.limit ?? tick.price, quantity, tick.at);
    return quantity;
  }

  #fill(order: WorkingOrder, price: number, quantity: number, at: number): void {
    order.rest -= quantity;
    this.#participation.use(at, quantity);
    this.#onFill({ order, price, quantity, at });
  }

  #fillable(order: WorkingOrder, at: number): number {
    const shown = this.#crossing(order, this.#context(at)).reduce((sum, { size }) => sum + size, 0);
    return Math.min(shown, this.#participation.left(at));
  }

  #crosses(order: WorkingOrder, context: BookContext): boolean {
    const { bid, ask } = bestPrices(context);
    const opposite = order.side === 'BUY' ? ask : bid;
    return opposite !== undefined && accepts(order, opposite);
  }

  #crossing(order: WorkingOrder, context: BookContext): readonly BookLevel[] {
    const opposite = order.side === 'BUY' ? 'ASK' : 'BID';
    return levels(context, opposite).filter(({ price }) => accepts(order, price));
  }

  /** An order without a limit that finds no other side stands at the day's limit. */
  #standsAt(order: WorkingOrder): number {
    if (order.limit !== undefined) return order.limit;
    const { upperLimit, lowerLimit } = this.tape.instrument;
    return order.side === 'BUY'
      ? Math.max(upperLimit, this.tape.high ?? 0)
      : Math.min(lowerLimit, this.tape.low ?? lowerLimit);
  }

  #context(at: number): BookContext {
    return { tape: this.tape, ticks: this.ticks, at, taken: this.taken() };
  }

  /** Best prices with nothing taken off, for orders priced by the book. */
  best(at: number): { readonly bid: number | undefined; readonly ask: number | undefined } {
    return bestPrices(this.#context(at));
  }
}
