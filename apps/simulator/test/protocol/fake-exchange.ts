import {
  KRX_CALENDAR,
  kstDate,
  kstInstant,
  type MarketPhase,
  parseTradeDate,
  phaseAt,
  type Session,
  type TradeDate,
} from '@fleet/krx';
import type {
  AccountView,
  AmendOrder,
  Bar,
  BookLevel,
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
  RefusalReason,
  SubmitResult,
  Trade,
  VolatilityInterruption,
} from '../../src/exchange/types.ts';

export const FAKE_ACCOUNT = '5001234501';
export const FAKE_DATE: TradeDate = parseTradeDate('2026-03-12');

/** Everything is settable; nothing moves by itself. */
export class FakeExchange implements Exchange {
  instant = kstInstant(FAKE_DATE, '10:15:30');
  branch = '06010';
  refuseWith: RefusalReason | undefined;
  accountView: AccountView = EMPTY_ACCOUNT;
  orderList: OrderRecord[] = [];
  bars: Bar[] = [];
  daily: DailyBar[] = [];
  tradeList: Trade[] = [];
  interruptionList: VolatilityInterruption[] = [];
  breaker: CircuitBreakerState | undefined;
  readonly listed = new Map<string, Instrument>();
  readonly quotes = new Map<string, Quote>();
  readonly books = new Map<string, OrderBook>();
  readonly watched: string[] = [];
  readonly submitted: (NewOrder | AmendOrder | CancelOrder)[] = [];
  readonly #listeners = new Set<ExchangeListener>();
  #lastNumber = 4090;

  constructor() {
    for (const instrument of INSTRUMENTS) {
      this.listed.set(instrument.symbol, instrument);
      this.quotes.set(instrument.symbol, makeQuote(instrument));
    }
    this.books.set('005930', makeBook('005930', this.instant));
  }

  now(): number {
    return this.instant;
  }
  tradeDate(): TradeDate {
    return kstDate(this.instant);
  }
  session(): Session {
    return KRX_CALENDAR.sessionOf(this.tradeDate());
  }
  phase(): MarketPhase {
    return phaseAt(this.session(), this.instant);
  }
  instruments(): readonly Instrument[] {
    return [...this.listed.values()];
  }
  instrument(symbol: string): Instrument | undefined {
    return this.listed.get(symbol);
  }
  quote(symbol: string): Quote | undefined {
    return this.quotes.get(symbol);
  }
  book(symbol: string): OrderBook | undefined {
    return this.books.get(symbol);
  }
  minuteBars(_symbol: string, options: { until?: number; count: number }): readonly Bar[] {
    const until = options.until ?? this.instant;
    return this.bars.filter((bar) => bar.start <= until).slice(0, options.count);
  }
  earlierMinuteBars(_symbol: string, date: TradeDate): readonly Bar[] {
    return this.bars.filter((bar) => kstDate(bar.start) === date);
  }
  dailyBars(_symbol: string, range: { from: TradeDate; to: TradeDate }): readonly DailyBar[] {
    return this.daily.filter((bar) => bar.date >= range.from && bar.date <= range.to);
  }
  recentTrades(_symbol: string, count: number): readonly Trade[] {
    return this.tradeList.slice(0, count);
  }
  quoteAll(): readonly QuotedInstrument[] {
    return this.instruments().flatMap((instrument) => {
      const quote = this.quote(instrument.symbol);
      return quote === undefined ? [] : [{ instrument, quote }];
    });
  }

  interruptions(): readonly VolatilityInterruption[] {
    return this.interruptionList;
  }
  circuitBreaker(): CircuitBreakerState | undefined {
    return this.breaker;
  }
  watch(symbol: string): void {
    this.watched.push(symbol);
  }
  unwatch(symbol: string): void {
    this.watched.splice(this.watched.indexOf(symbol), 1);
  }
  subscribe(listener: ExchangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  publish(tell: (listener: ExchangeListener) => void): void {
    for (const listener of this.#listeners) tell(listener);
  }

  submit(order: NewOrder): Promise<SubmitResult> {
    return this.#accept(order, {
      request: 'NEW',
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      price: order.price,
      originalNumber: undefined,
    });
  }
  amend(request: AmendOrder): Promise<SubmitResult> {
    return this.#accept(request, {
      request: 'AMEND',
      type: request.type,
      quantity: request.quantity ?? 10,
      price: request.price,
      originalNumber: request.originalNumber,
    });
  }
  cancel(request: CancelOrder): Promise<SubmitResult> {
    return this.#accept(request, {
      request: 'CANCEL',
      quantity: request.quantity ?? 10,
      originalNumber: request.originalNumber,
    });
  }
  orders(account: string, from: TradeDate, to: TradeDate): readonly OrderRecord[] {
    return this.orderList.filter(
      (order) => order.account === account && order.date >= from && order.date <= to,
    );
  }
  account(): AccountView {
    return this.accountView;
  }

  #accept(
    sent: NewOrder | AmendOrder | CancelOrder,
    facts: Partial<OrderRecord>,
  ): Promise<SubmitResult> {
    this.submitted.push(sent);
    if (this.refuseWith !== undefined) {
      return Promise.resolve({ accepted: false, reason: this.refuseWith });
    }
    this.#lastNumber += 1;
    const order = makeOrder({
      ...facts,
      branch: this.branch,
      number: String(this.#lastNumber).padStart(10, '0'),
      acceptedAt: this.instant,
      date: this.tradeDate(),
    });
    this.orderList.push(order);
    return Promise.resolve({ accepted: true, order });
  }
}

export function makeOrder(facts: Partial<OrderRecord>): OrderRecord {
  const quantity = facts.quantity ?? 10;
  return {
    account: FAKE_ACCOUNT,
    date: FAKE_DATE,
    number: '0000000001',
    branch: '06010',
    originalNumber: undefined,
    request: 'NEW',
    symbol: '005930',
    side: 'BUY',
    type: 'LIMIT',
    quantity,
    price: 70_000,
    acceptedAt: kstInstant(FAKE_DATE, '09:30:00'),
    filledQuantity: 0,
    filledAmount: 0,
    canceledQuantity: 0,
    rejectedQuantity: 0,
    restQuantity: quantity,
    ...facts,
  };
}

function makeQuote(instrument: Instrument, facts: Partial<Quote> = {}): Quote {
  const reference = instrument.referencePrice;
  return {
    symbol: instrument.symbol,
    last: reference + 500,
    open: reference + 100,
    high: reference + 900,
    low: reference - 300,
    openedAt: kstInstant(FAKE_DATE, '09:00:12'),
    highAt: kstInstant(FAKE_DATE, '09:42:05'),
    lowAt: kstInstant(FAKE_DATE, '09:03:40'),
    lastTradedAt: kstInstant(FAKE_DATE, '10:15:29'),
    lastTradeVolume: 7,
    volume: 120_000,
    turnover: 120_000 * reference,
    buyVolume: 65_000,
    sellVolume: 55_000,
    buyTrades: 900,
    sellTrades: 800,
    bid: reference + 400,
    ask: reference + 500,
    bidSize: 1200,
    askSize: 3400,
    halted: false,
    volatilityInterrupted: false,
    viReferencePrice: reference + 100,
    ...facts,
  };
}

export function makeBook(symbol: string, at: number, facts: Partial<OrderBook> = {}): OrderBook {
  return {
    symbol,
    at,
    asks: tenLevels(70_500, 100),
    bids: tenLevels(70_400, -100),
    totalAskSize: 1045,
    totalBidSize: 1045,
    expected: undefined,
    ...facts,
  };
}

function tenLevels(first: number, step: number): readonly BookLevel[] {
  return Array.from({ length: 10 }, (_, index) => ({
    price: first + index * step,
    size: 100 + index,
  }));
}

export function makeTrade(exchange: FakeExchange, facts: Partial<Trade> = {}): Trade {
  const symbol = facts.symbol ?? '005930';
  const quote = exchange.quotes.get(symbol);
  if (quote === undefined) throw new Error(`${symbol} is not listed`);
  return {
    symbol,
    at: exchange.instant,
    price: quote.last ?? 70_000,
    volume: 7,
    initiator: 'BUY',
    quote,
    ...facts,
  };
}

const INSTRUMENTS: readonly Instrument[] = [
  listed({ symbol: '005930', name: '한빛전자', market: 'KOSPI', kind: 'COMMON' }),
  listed({ symbol: '0001S0', name: '가나바이오로직스', market: 'KOSDAQ', kind: 'COMMON' }),
  listed({ symbol: '069500', name: '코리아200', market: 'KOSPI', kind: 'ETF' }),
  listed({ symbol: '500001', name: '코리아선물', market: 'KOSPI', kind: 'ETN' }),
  listed({ symbol: '005935', name: '한빛전자우', market: 'KOSPI', kind: 'PREFERRED' }),
  listed({ symbol: '123450', name: '새싹', market: 'KONEX', kind: 'COMMON' }),
];

function listed(facts: Pick<Instrument, 'symbol' | 'name' | 'market' | 'kind'>): Instrument {
  return {
    ...facts,
    referencePrice: 70_000,
    upperLimit: 91_000,
    lowerLimit: 49_000,
    previousVolume: 240_000,
    previousTurnover: 240_000 * 70_000,
    listedShares: 5_969_782_000,
    listedOn: parseTradeDate('1975-06-11'),
  };
}

export const EMPTY_ACCOUNT: AccountView = {
  cash: 10_000_000,
  cashD1: 10_000_000,
  cashD2: 10_000_000,
  buyingPower: 10_000_000,
  boughtToday: 0,
  soldToday: 0,
  boughtYesterday: 0,
  soldYesterday: 0,
  costsToday: 0,
  costsYesterday: 0,
  commissionToday: { buy: 0, sell: 0 },
  taxToday: 0,
  holdings: [],
};
