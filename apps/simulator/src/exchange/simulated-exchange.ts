import { type Market, type MarketPhase, phaseAt, type Session, type TradeDate } from '@fleet/krx';

import type { SimulatorClock } from '../clock/simulator-clock.ts';
import type { LedgerCalendar } from '../ledger/ledger.ts';
import type { Journal } from '../store/journal.ts';
import type { Arrival } from '../store/rows.ts';
import { Announcer } from './announcer.ts';
import { type BookEffect, type Effect, isBookEffect, noticeOf } from './effects.ts';
import type { EarlierDays } from './earlier-days.ts';
import { AUCTION_PULSE_MS, makeOrderBook } from './order-book.ts';
import { makeQuote, minuteBars } from './quote-view.ts';
import type { Outcome } from './requests.ts';
import { isAuction, symbolPhase } from './symbol-phase.ts';
import { type Books, rowsOf, type TradingDay } from './trading-day.ts';
import type {
  AccountView,
  AmendOrder,
  Bar,
  CancelOrder,
  CircuitBreakerState,
  DailyBar,
  Exchange,
  ExchangeListener,
  Instrument,
  NewOrder,
  OrderBook,
  OrderRecord,
  Quote,
  QuotedInstrument,
  SubmitResult,
  Trade,
  VolatilityInterruption,
} from './types.ts';

export interface SimulatedExchangeOptions {
  readonly clock: SimulatorClock;
  readonly journal: Journal;
  readonly books: Books;
  readonly calendar: LedgerCalendar;
  readonly day: TradingDay;
  /** Absent: no earlier day can be asked about. */
  readonly earlier?: EarlierDays;
  readonly lastSequence: number;
}

type ArrivalFacts = Partial<Omit<Arrival, 'sequence' | 'date' | 'realMs' | 'marketMs' | 'number'>> &
  Pick<Arrival, 'request' | 'account'>;

/** The exchange as its protocol front sees it. Market time moves it; requests and reads move it on. */
export class SimulatedExchange implements Exchange {
  readonly #clock: SimulatorClock;
  readonly #journal: Journal;
  readonly #books: Books;
  readonly #announcer = new Announcer();
  readonly #watchers = new Map<string, number>();
  readonly #pulses = new Map<string, number>();
  readonly #earlier: EarlierDays | undefined;
  #day: TradingDay;
  #sequence: number;
  /** The instant up to which the market has been played. */
  #reached = 0;
  #onChange: () => void = () => undefined;

  constructor(options: SimulatedExchangeOptions) {
    this.#clock = options.clock;
    this.#journal = options.journal;
    this.#books = options.books;
    this.#day = options.day;
    this.#earlier = options.earlier;
    this.#sequence = options.lastSequence;
  }

  now(): number {
    return this.#clock.now();
  }

  tradeDate(): TradeDate {
    return this.#day.data.date;
  }

  session(): Session {
    return this.#day.data.session;
  }

  phase(): MarketPhase {
    return phaseAt(this.session(), this.now());
  }

  instruments(): readonly Instrument[] {
    const now = this.now();
    return [...this.#day.data.symbols.values()]
      .map(({ instrument }) => instrument)
      .filter(({ visibleFrom }) => visibleFrom <= now);
  }

  instrument(symbol: string): Instrument | undefined {
    return this.#day.engine.find(symbol, this.now())?.instrument;
  }

  quote(symbol: string): Quote | undefined {
    const view = this.#day.engine.view(symbol, this.advance());
    return view === undefined ? undefined : makeQuote(view);
  }

  quoteAll(): readonly QuotedInstrument[] {
    const views = this.#day.engine.views(this.advance());
    return views.map((view) => ({ instrument: view.tape.instrument, quote: makeQuote(view) }));
  }

  book(symbol: string): OrderBook | undefined {
    const view = this.#day.engine.view(symbol, this.advance());
    return view === undefined ? undefined : makeOrderBook(view);
  }

  minuteBars(symbol: string, options: { until?: number; count: number }): readonly Bar[] {
    const now = this.advance();
    const view = this.#day.engine.view(symbol, now);
    if (view === undefined) return [];
    return minuteBars(view.tape, { until: options.until ?? now, now, count: options.count });
  }

  earlierMinuteBars(symbol: string, date: TradeDate): readonly Bar[] {
    return date < this.tradeDate() ? (this.#earlier?.minuteBars(symbol, date) ?? []) : [];
  }

  dailyBars(symbol: string, range: { from: TradeDate; to: TradeDate }): readonly DailyBar[] {
    const found = this.#day.engine.find(symbol, this.now());
    if (found === undefined) return [];
    const today = this.#today(symbol);
    const bars = today === undefined ? found.history : [...found.history, today];
    return bars.filter(({ date }) => date >= range.from && date <= range.to).toReversed();
  }

  recentTrades(symbol: string, count: number): readonly Trade[] {
    const now = this.advance();
    let total = 0;
    this.#day.engine.retell(symbol, now, () => {
      total += 1;
    });
    const trades: Trade[] = [];
    const ticks = this.#day.data.symbols.has(symbol) ? this.#day.engine.ticksOf(symbol) : undefined;
    this.#day.engine.retell(symbol, now, (tick, tape) => {
      total -= 1;
      if (total >= count || ticks === undefined) return;
      const { at, price, volume, initiator } = tick;
      trades.push({ symbol, at, price, volume, initiator, quote: makeQuote({ tape, ticks, at }) });
    });
    return trades.toReversed();
  }

  interruptions(): readonly VolatilityInterruption[] {
    const now = this.advance();
    return this.#day.engine.views(now).flatMap(({ tape }) =>
      tape.interruptions().map(({ releasesAt, ...interruption }) => ({
        ...interruption,
        releasedAt: now >= releasesAt ? releasesAt : undefined,
      })),
    );
  }

  circuitBreaker(market: Market): CircuitBreakerState | undefined {
    const now = this.now();
    const newest = this.#day.engine.breaks(market).findLast(({ from }) => from <= now);
    return newest && { level: newest.level, isOver: now >= newest.auctionTo };
  }

  watch(symbol: string): void {
    const count = this.#watchers.get(symbol) ?? 0;
    this.#watchers.set(symbol, count + 1);
    if (count > 0) return;
    this.#day.engine.setWatched(symbol, this.advance(), true);
    this.#onChange();
  }

  unwatch(symbol: string): void {
    const count = this.#watchers.get(symbol) ?? 0;
    if (count > 1) {
      this.#watchers.set(symbol, count - 1);
      return;
    }
    this.#watchers.delete(symbol);
    this.#pulses.delete(symbol);
    this.#day.engine.setWatched(symbol, this.advance(), false);
  }

  subscribe(listener: ExchangeListener): () => void {
    return this.#announcer.subscribe(listener);
  }

  async submit(order: NewOrder): Promise<SubmitResult> {
    const { account, symbol, side, type, quantity, price } = order;
    const facts: ArrivalFacts = { request: 'NEW', account, symbol, side, type, quantity, price };
    return this.#request(facts, (at, sequence) => this.#day.requests.submit(order, at, sequence));
  }

  async amend(request: AmendOrder): Promise<SubmitResult> {
    const { account, originalNumber, type, quantity, price } = request;
    const facts: ArrivalFacts = {
      request: 'AMEND',
      account,
      originalNumber,
      type,
      quantity,
      price,
    };
    return this.#request(facts, (at, sequence) => this.#day.requests.amend(request, at, sequence));
  }

  async cancel(request: CancelOrder): Promise<SubmitResult> {
    const { account, originalNumber, quantity } = request;
    const facts: ArrivalFacts = { request: 'CANCEL', account, originalNumber, quantity };
    return this.#request(facts, (at, sequence) => this.#day.requests.cancel(request, at, sequence));
  }

  orders(account: string, from: TradeDate, to: TradeDate): readonly OrderRecord[] {
    this.advance();
    return this.#books.published.orders(account, from, to);
  }

  account(account: string): AccountView {
    this.advance();
    return this.#books.published.account(account);
  }

  /** Plays everything that is due and returns the market instant that was reached. */
  advance(): number {
    const now = this.#clock.now();
    this.#reached = now;
    const effects = this.#day.engine.advance(now);
    for (const effect of effects) if (isBookEffect(effect)) this.#day.requests.book(effect);
    this.#tellTrades(effects);
    const booked = effects.filter(isBookEffect);
    if (booked.length > 0)
      this.#write(
        booked,
        undefined,
        () => undefined,
        () => undefined,
      );
    this.#pulse(now);
    return now;
  }

  /** The next instant at which something is due, for the loop that waits for it. */
  nextEventAt(): number {
    const hasPulse = [...this.#day.engine.watched()].some((symbol) => this.#isInAuction(symbol));
    const nextPulse = (Math.floor(this.now() / AUCTION_PULSE_MS) + 1) * AUCTION_PULSE_MS;
    return Math.min(
      this.#day.engine.nextEventAt(),
      hasPulse ? nextPulse : Number.POSITIVE_INFINITY,
    );
  }

  /** Called when something new may be due earlier than the loop believes. */
  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  /** Starts another day; the old one must be over. Watches go on. */
  startDay(day: TradingDay): void {
    this.#day = day;
    this.#pulses.clear();
    this.#reached = this.now();
    for (const symbol of this.#watchers.keys()) day.engine.setWatched(symbol, this.#reached, true);
  }

  async #request(
    facts: ArrivalFacts,
    judge: (at: number, sequence: number) => Outcome,
  ): Promise<SubmitResult> {
    const realMs = this.#clock.realNow();
    const at = this.advance();
    this.#sequence += 1;
    const sequence = this.#sequence;
    const outcome: Outcome = this.#books.deciding.has(facts.account)
      ? judge(at, sequence)
      : { accepted: false, reason: 'UNKNOWN_ORDER' };
    const arrival: Arrival = {
      symbol: undefined,
      side: undefined,
      type: undefined,
      quantity: undefined,
      price: undefined,
      originalNumber: undefined,
      ...facts,
      sequence,
      date: this.tradeDate(),
      realMs,
      marketMs: at,
      number: outcome.accepted ? outcome.number : undefined,
      refusal: outcome.accepted ? undefined : outcome.reason,
    };
    const effects = outcome.accepted ? outcome.effects : [];
    this.#tellTrades(effects);
    this.#onChange();
    const date = this.tradeDate();
    await new Promise<void>((resolve, reject) => {
      this.#write(effects.filter(isBookEffect), loggable(arrival), resolve, reject);
    });
    if (!outcome.accepted) return { accepted: false, reason: outcome.reason };
    const order = this.#books.published.find(date, outcome.number);
    if (order === undefined) throw new Error(`order ${outcome.number} was lost`);
    return { accepted: true, order };
  }

  #tellTrades(effects: readonly Effect[]): void {
    const traded = new Set<string>();
    for (const effect of effects) {
      if (effect.kind !== 'TRADE') continue;
      this.#announcer.trade(effect.trade);
      traded.add(effect.trade.symbol);
    }
    for (const symbol of traded) this.#announceBook(symbol);
  }

  /** Accounts, order rows and notices follow when the effects are durable. */
  #write(
    effects: readonly BookEffect[],
    arrival: Arrival | undefined,
    onDurable: () => void,
    onFailure: (error: Error) => void,
  ): void {
    this.#journal.add({
      ...rowsOf(this.#day, effects),
      ...(arrival === undefined ? {} : { arrival }),
      onDurable: () => {
        for (const effect of effects) this.#publish(effect);
        onDurable();
      },
      onFailure,
    });
  }

  #publish(effect: BookEffect): void {
    this.#books.published.apply(effect);
    const notice = noticeOf(effect);
    if (notice !== undefined) this.#announcer.notice(notice);
  }

  #announceBook(symbol: string): void {
    if (!this.#watchers.has(symbol)) return;
    const view = this.#day.engine.view(symbol, this.#reached);
    if (view !== undefined) this.#announcer.book(makeOrderBook(view));
  }

  /** In an auction nothing trades, but its expected price moves. */
  #pulse(now: number): void {
    const pulse = Math.floor(now / AUCTION_PULSE_MS);
    for (const symbol of this.#day.engine.watched()) {
      if (this.#pulses.get(symbol) === pulse || !this.#isInAuction(symbol)) continue;
      this.#pulses.set(symbol, pulse);
      this.#announceBook(symbol);
    }
  }

  #isInAuction(symbol: string): boolean {
    const view = this.#day.engine.view(symbol, this.#reached);
    return view !== undefined && isAuction(symbolPhase(view.tape, view.at));
  }

  #today(symbol: string): DailyBar | undefined {
    const quote = this.quote(symbol);
    const { open, high, low, last: close } = quote ?? {};
    if (quote === undefined || open === undefined) return undefined;
    if (high === undefined || low === undefined || close === undefined) return undefined;
    const { volume, turnover } = quote;
    return { date: this.tradeDate(), open, high, low, close, volume, turnover };
  }
}

/** A number that is none cannot be stored; the refusal tells about it. */
function loggable(arrival: Arrival): Arrival {
  return { ...arrival, quantity: whole(arrival.quantity), price: whole(arrival.price) };
}

function whole(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
