import type { RealTime } from '../control/real-time.ts';
import type {
  Exchange,
  ExchangeListener,
  Instrument,
  Notice,
  OrderBook,
  Trade,
} from '../exchange/types.ts';
import type { NoticeFaults } from '../faults/notice-faults.ts';
import { hourCode, sessionCode } from '../rest/market-codes.ts';
import { normalizeSymbol } from '../rest/quote-view.ts';
import { type BookWidth, bookRecord } from './book-record.ts';
import { expectedRecord } from './market-records.ts';
import { MarketStateWatch } from './market-state-watch.ts';
import { encryptNotice } from './notice-cipher.ts';
import { noticeRecords, type NoticeWidth } from './notice-record.ts';
import type { Registration, Session } from './session.ts';
import { type RecordContext, tradeRecord } from './trade-record.ts';

export interface FeedHubParts {
  readonly exchange: Exchange;
  readonly htsId: string;
  /** Columns of H0STASP0: 59 as documented, 62 as also seen on the wire. */
  readonly bookWidth: 59 | 62;
  /** Columns of H0STCNI0: 26 since NXT, 23 before. */
  readonly noticeWidth: NoticeWidth;
  readonly noticeFaults: NoticeFaults;
  readonly real: RealTime;
}

interface Subscriber {
  readonly session: Session;
  readonly registration: Registration;
}

/** Carries what the exchange publishes to the sessions that registered for it. */
export class FeedHub implements ExchangeListener {
  readonly #parts: FeedHubParts;
  readonly #bySymbol = new Map<string, Set<Subscriber>>();
  readonly #noticeSubscribers = new Set<Subscriber>();
  readonly #books = new Map<string, OrderBook>();
  readonly #marketState: MarketStateWatch;

  constructor(parts: FeedHubParts) {
    this.#parts = parts;
    this.#marketState = new MarketStateWatch(parts.exchange, parts.real);
  }

  register(session: Session, registration: Registration): void {
    const subscriber = { session, registration };
    if (registration.kind === 'NOTICE') {
      this.#noticeSubscribers.add(subscriber);
      return;
    }
    if (registration.kind === 'MARKET_STATE') this.#marketState.register(session, registration);
    const symbol = normalizeSymbol(registration.trKey);
    const present = this.#bySymbol.get(symbol);
    if (present !== undefined) present.add(subscriber);
    else {
      this.#bySymbol.set(symbol, new Set([subscriber]));
      this.#parts.exchange.watch(symbol);
    }
  }

  unregister(session: Session, registration: Registration): void {
    const isMeant = (each: Subscriber): boolean =>
      each.session === session && each.registration === registration;
    this.#marketState.unregister(session, registration);
    for (const each of this.#noticeSubscribers) {
      if (isMeant(each)) this.#noticeSubscribers.delete(each);
    }
    const symbol = normalizeSymbol(registration.trKey);
    const present = this.#bySymbol.get(symbol);
    for (const each of present ?? []) if (isMeant(each)) present?.delete(each);
    if (present?.size !== 0) return;
    this.#bySymbol.delete(symbol);
    this.#books.delete(symbol);
    this.#parts.exchange.unwatch(symbol);
  }

  onTrade(trade: Trade): void {
    const subscribers = this.#of(trade.symbol, 'TRADE');
    const instrument = this.#parts.exchange.instrument(trade.symbol);
    if (subscribers.length === 0 || instrument === undefined) return;
    const record = tradeRecord(trade, this.#contextOf(instrument, trade));
    for (const { session, registration } of subscribers) {
      session.outbox.quote(registration.trId, trade.symbol, record);
    }
  }

  onBook(book: OrderBook): void {
    const previous = this.#books.get(book.symbol);
    if (this.#bySymbol.has(book.symbol)) this.#books.set(book.symbol, book);
    const instrument = this.#parts.exchange.instrument(book.symbol);
    if (instrument === undefined) return;
    this.#sendBook(book, previous, instrument);
    if (book.expected !== undefined) this.#sendExpected(book, instrument);
  }

  onNotice(notice: Notice): void {
    const { exchange, htsId, noticeFaults, noticeWidth } = this.#parts;
    const records = noticeRecords(notice, {
      htsId,
      width: noticeWidth,
      accountName: '시뮬레이터',
      instrumentName: exchange.instrument(notice.order.symbol)?.name ?? '',
    });
    for (const plain of records) {
      noticeFaults.deliver(plain, (record) => this.#sendNotice(record));
    }
  }

  #sendNotice(plain: string): void {
    for (const { session, registration } of this.#noticeSubscribers) {
      session.outbox.encrypted(registration.trId, encryptNotice(plain, session.sessionKey));
    }
  }

  #sendBook(book: OrderBook, previous: OrderBook | undefined, instrument: Instrument): void {
    const { exchange, bookWidth } = this.#parts;
    const subscribers = this.#of(book.symbol, 'BOOK');
    if (subscribers.length === 0) return;
    const quote = exchange.quote(book.symbol);
    const context = {
      instrument,
      previous,
      hourCode: hourCode(exchange.phase(), book.expected !== undefined),
      volume: quote?.volume ?? 0,
    };
    for (const { session, registration } of subscribers) {
      const width: BookWidth = registration.trId === 'H0UNASP0' ? 65 : bookWidth;
      session.outbox.quote(registration.trId, undefined, bookRecord(book, context, width));
    }
  }

  #sendExpected(book: OrderBook, instrument: Instrument): void {
    const quote = this.#parts.exchange.quote(book.symbol);
    if (quote === undefined) return;
    const context = {
      ...this.#contextOf(instrument, { symbol: book.symbol, quote }),
      // An expected price in the session is that of an interruption or a circuit breaker.
      hourCode: hourCode(this.#parts.exchange.phase(), true),
    };
    for (const { session, registration } of this.#of(book.symbol, 'EXPECTED')) {
      const hasInterruptionPrice = registration.trId !== 'H0STANC0';
      const record = expectedRecord(book, quote, context, hasInterruptionPrice);
      if (record !== undefined) session.outbox.quote(registration.trId, undefined, record);
    }
  }

  #contextOf(
    instrument: Instrument,
    { symbol, quote }: Pick<Trade, 'symbol' | 'quote'>,
  ): RecordContext {
    const { exchange } = this.#parts;
    const phase = exchange.phase();
    const book = this.#books.get(symbol) ?? exchange.book(symbol);
    return {
      instrument,
      date: exchange.tradeDate(),
      sessionCode: sessionCode(phase, exchange.now() < exchange.session().regular.from),
      hourCode: hourCode(phase, quote.volatilityInterrupted),
      totalAskSize: book?.totalAskSize ?? 0,
      totalBidSize: book?.totalBidSize ?? 0,
    };
  }

  #of(symbol: string, kind: Registration['kind']): readonly Subscriber[] {
    const subscribers = this.#bySymbol.get(symbol);
    if (subscribers === undefined) return [];
    return [...subscribers].filter((each) => each.registration.kind === kind);
  }
}
