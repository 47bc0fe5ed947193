import type {
  InstrumentClass,
  Market,
  MarketPhase,
  OrderType,
  Session,
  TradeDate,
} from '@fleet/krx';

/**
 * What the exchange behind the simulator shows to its protocol front. Prices and amounts are exact
 * integers of won, quantities are shares, instants are epoch milliseconds of market time.
 */
export interface Instrument extends InstrumentClass {
  readonly symbol: string;
  readonly name: string;
  /** Reference price of the day (usually the previous close). */
  readonly referencePrice: number;
  readonly upperLimit: number;
  readonly lowerLimit: number;
  readonly previousVolume: number;
  readonly previousTurnover: number;
  readonly listedShares: number;
  readonly listedOn: TradeDate;
  /** In KOSPI 200, as far as the day's source knows; its dynamic interruptions come sooner. */
  readonly isKospi200?: boolean;
}

export interface Quote {
  readonly symbol: string;
  /** Undefined before the first trade of the day. */
  readonly last: number | undefined;
  readonly open: number | undefined;
  readonly high: number | undefined;
  readonly low: number | undefined;
  readonly openedAt: number | undefined;
  readonly highAt: number | undefined;
  readonly lowAt: number | undefined;
  readonly lastTradedAt: number | undefined;
  readonly lastTradeVolume: number;
  readonly volume: number;
  readonly turnover: number;
  /** Shares and trades started by buyers and by sellers. */
  readonly buyVolume: number;
  readonly sellVolume: number;
  readonly buyTrades: number;
  readonly sellTrades: number;
  /** Best prices; undefined on an empty side (for example asks at the upper limit). */
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly bidSize: number;
  readonly askSize: number;
  readonly halted: boolean;
  readonly volatilityInterrupted: boolean;
  /** Reference of the static volatility interruption. */
  readonly viReferencePrice: number;
}

export interface QuotedInstrument {
  readonly instrument: Instrument;
  readonly quote: Quote;
}

export interface BookLevel {
  readonly price: number;
  readonly size: number;
}

export interface OrderBook {
  readonly symbol: string;
  readonly at: number;
  /** Best first, at most ten a side. */
  readonly asks: readonly BookLevel[];
  readonly bids: readonly BookLevel[];
  readonly totalAskSize: number;
  readonly totalBidSize: number;
  /** Only in call auctions. */
  readonly expected: { readonly price: number; readonly volume: number } | undefined;
}

/** One minute, labelled by its START; the closing auction is the bar that starts at its result. */
export interface Bar {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly turnover: number;
  /** Turnover of the day up to this bar's end. */
  readonly dayTurnover: number;
}

export interface DailyBar {
  readonly date: TradeDate;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly turnover: number;
}

export interface Trade {
  readonly symbol: string;
  readonly at: number;
  readonly price: number;
  readonly volume: number;
  readonly initiator: 'BUY' | 'SELL' | 'AUCTION';
  /** The quote right after this trade. */
  readonly quote: Quote;
}

export type Side = 'BUY' | 'SELL';

export interface NewOrder {
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: number;
  /** Undefined for types without a price. */
  readonly price: number | undefined;
  /** STOP_LIMIT: a buy enters the book when a trade reaches it from below, a sell from above. */
  readonly conditionPrice?: number | undefined;
}

export interface AmendOrder {
  readonly account: string;
  readonly originalNumber: string;
  readonly type: OrderType;
  readonly price: number | undefined;
  /** STOP_LIMIT; undefined: the original's. */
  readonly conditionPrice?: number | undefined;
  /** Undefined: the whole rest. */
  readonly quantity: number | undefined;
}

export interface CancelOrder {
  readonly account: string;
  readonly originalNumber: string;
  /** Undefined: the whole rest. */
  readonly quantity: number | undefined;
}

/** Why the exchange or the broker's ledger refuses; the front maps each to KIS's live and paper codes. */
export type RefusalReason =
  | 'UNKNOWN_SYMBOL'
  | 'MARKET_NOT_OPEN_YET'
  | 'MARKET_CLOSED'
  | 'NOT_A_TRADING_DAY'
  | 'ORDER_TYPE_NOT_ALLOWED'
  | 'OFF_TICK'
  | 'BEYOND_LIMIT'
  | 'BAD_QUANTITY'
  | 'HALTED'
  | 'NO_CASH'
  | 'NO_SHARES'
  | 'NOTHING_TO_CHANGE'
  | 'QUANTITY_ABOVE_REST'
  | 'UNKNOWN_ORDER';

export type SubmitResult =
  | { readonly accepted: true; readonly order: OrderRecord }
  | { readonly accepted: false; readonly reason: RefusalReason };

/** One row of the day's order list; amends and cancels have rows of their own. */
export interface OrderRecord {
  readonly account: string;
  readonly date: TradeDate;
  /** Ten digits, zero padded; unique per day and branch. */
  readonly number: string;
  readonly branch: string;
  readonly originalNumber: string | undefined;
  readonly request: 'NEW' | 'AMEND' | 'CANCEL';
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: number;
  readonly price: number | undefined;
  /** Of a STOP_LIMIT. */
  readonly conditionPrice?: number | undefined;
  readonly acceptedAt: number;
  readonly filledQuantity: number;
  readonly filledAmount: number;
  readonly canceledQuantity: number;
  readonly rejectedQuantity: number;
  /** Quantity that can still trade. */
  readonly restQuantity: number;
}

export interface Holding {
  readonly symbol: string;
  readonly quantity: number;
  /** Not locked by open sells. */
  readonly sellableQuantity: number;
  readonly costAmount: number;
  readonly boughtToday: number;
  readonly soldToday: number;
  readonly boughtYesterday: number;
  readonly soldYesterday: number;
}

export interface AccountView {
  /** Settled cash of today, D+1 and D+2 (D+2 includes today's trades and costs). */
  readonly cash: number;
  readonly cashD1: number;
  readonly cashD2: number;
  /** What buys may still use: D+2 cash less reservations of open buys; never a receivable. */
  readonly buyingPower: number;
  readonly boughtToday: number;
  readonly soldToday: number;
  readonly boughtYesterday: number;
  readonly soldYesterday: number;
  /** Commission and taxes of the day, by KIS's truncation of day totals. */
  readonly costsToday: number;
  readonly costsYesterday: number;
  readonly commissionToday: { readonly buy: number; readonly sell: number };
  readonly taxToday: number;
  /** D+2 cash and holdings at the close of the day before; on the first day the opening cash. */
  readonly previousTotalAssets?: number;
  readonly holdings: readonly Holding[];
}

/** Sent to the owner of an order; the front turns it into an H0STCNI0 record. */
export interface Notice {
  readonly kind: 'ACCEPTED' | 'AMENDED' | 'CANCELED' | 'REJECTED' | 'EXPIRED_IOC' | 'FILL';
  readonly at: number;
  readonly order: OrderRecord;
  /** Fill: quantity and price of this fill; else the order's. */
  readonly quantity: number;
  readonly price: number;
}

export interface VolatilityInterruption {
  readonly symbol: string;
  readonly kind: 'STATIC' | 'DYNAMIC' | 'BOTH';
  readonly triggeredAt: number;
  readonly releasedAt: number | undefined;
  readonly triggerPrice: number;
  /** Of the static rule; of the dynamic one when it came alone. */
  readonly referencePrice: number;
  /** Of the dynamic rule, when both came at once. */
  readonly dynamicReferencePrice?: number;
  readonly count: number;
}

/** The newest circuit breaker of a market that has begun. */
export interface CircuitBreakerState {
  readonly level: 1 | 2 | 3;
  /** Its halt and its call auction have passed; never so at level 3, which closes the market. */
  readonly isOver: boolean;
}

export interface ExchangeListener {
  onTrade(trade: Trade): void;
  /** The book of a watched symbol changed. */
  onBook(book: OrderBook): void;
  onNotice(notice: Notice): void;
}

/**
 * The exchange and the broker's ledger behind it. Orders are durable before a promise resolves:
 * a kill right after it loses nothing. Reads reflect the market instant of the call.
 */
export interface Exchange {
  /** Market instant, from the simulator's clock. */
  now(): number;
  tradeDate(): TradeDate;
  session(): Session;
  phase(): MarketPhase;
  /** Instruments known at this instant (nothing of the future of a day file shows). */
  instruments(): readonly Instrument[];
  instrument(symbol: string): Instrument | undefined;
  quote(symbol: string): Quote | undefined;
  /** All instruments with their quotes at one instant: for ranks and searches. */
  quoteAll(): readonly QuotedInstrument[];
  book(symbol: string): OrderBook | undefined;
  /** Newest first, starting with the bar that contains `until` (default: now). */
  minuteBars(symbol: string, options: { until?: number; count: number }): readonly Bar[];
  /**
   * All minutes of an earlier day of the run, newest first; empty when the source does not have that
   * day. The first question about a day costs as much as loading it.
   */
  earlierMinuteBars(symbol: string, date: TradeDate): readonly Bar[];
  /** Completed days before today plus today so far, newest first. */
  dailyBars(symbol: string, options: { from: TradeDate; to: TradeDate }): readonly DailyBar[];
  /** Newest first. */
  recentTrades(symbol: string, count: number): readonly Trade[];
  /** Volatility interruptions of the day so far, of all symbols. */
  interruptions(): readonly VolatilityInterruption[];
  /** Undefined on a day on which the market's circuit breaker has not been triggered so far. */
  circuitBreaker(market: Market): CircuitBreakerState | undefined;
  /** Only watched symbols and symbols with our own open orders publish trades and books. */
  watch(symbol: string): void;
  unwatch(symbol: string): void;
  subscribe(listener: ExchangeListener): () => void;
  submit(order: NewOrder): Promise<SubmitResult>;
  amend(request: AmendOrder): Promise<SubmitResult>;
  cancel(request: CancelOrder): Promise<SubmitResult>;
  /** Orders of the account on a date range, oldest first. */
  orders(account: string, from: TradeDate, to: TradeDate): readonly OrderRecord[];
  account(account: string): AccountView;
}
