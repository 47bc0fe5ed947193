import { type Price, price, type Quantity, quantity, type Quote, won } from '@fleet/domain';
import { type OrderType, parseTradeDate, type TradeDate } from '@fleet/krx';
import type {
  BrokerAccount,
  BrokerBalance,
  BrokerOrder,
  BrokerOrderList,
  BrokerPort,
  BuyingPower,
  CallOptions,
  ExecutionNotice,
  MarketDataPort,
  OrderSubmitter,
  OrderTicket,
  QuoteListener,
  SubmitHooks,
  SubmitOutcome,
  Tick,
} from '@fleet/service-layer';

export const ACCOUNT = '50012345-01';
export const DATE: TradeDate = parseTradeDate('2026-03-12');

const ACCEPTED: SubmitOutcome = {
  kind: 'accepted',
  broker: { date: DATE, branch: '91252', number: '117' },
  brokerTime: '090001',
};

/** A broker that does what the test says. */
export class FakeBroker implements BrokerPort, OrderSubmitter {
  logins = 0;
  tokens = 0;
  readonly sent: OrderTicket[] = [];
  rows: BrokerOrder[] = [];
  listReads = 0;
  tokenWorks: () => Promise<void> = async () => undefined;
  loginWorks: () => Promise<void> = async () => undefined;
  /** What happens once the bytes are allowed to leave. */
  answer: (ticket: OrderTicket) => Promise<SubmitOutcome> = async () => ACCEPTED;
  read: (options: CallOptions | undefined) => Promise<void> = async () => undefined;
  disconnected = false;
  now: () => number = () => 0;
  #notices: ((notice: ExecutionNotice) => void)[] = [];

  async login(): Promise<void> {
    this.logins += 1;
    await this.loginWorks();
  }

  async issueAccessToken(): Promise<void> {
    this.tokens += 1;
    await this.tokenWorks();
  }

  async issueApprovalKey(): Promise<void> {
    await this.read(undefined);
  }

  async getAccounts(options?: CallOptions): Promise<readonly BrokerAccount[]> {
    await this.read(options);
    return [{ accountId: ACCOUNT }];
  }

  async getCash(_accountId: string, options?: CallOptions): Promise<BrokerBalance> {
    await this.read(options);
    return {
      holdings: [],
      cashDeposit: won('12345678901234567.5'),
      settledCashD2: won(1),
      boughtTodayAmount: won(0),
      soldTodayAmount: won(0),
      costsToday: won(0),
    };
  }

  async getBuyingPower(
    _query: { symbol: string; type: OrderType; price: Price | undefined },
    options?: CallOptions,
  ): Promise<BuyingPower> {
    await this.read(options);
    return { amount: won(1_000_000), quantity: quantity(10) };
  }

  async getSellableQuantity(_symbol: string, options?: CallOptions): Promise<Quantity> {
    await this.read(options);
    return quantity(7);
  }

  async getOrders(
    _accountId: string,
    date: TradeDate,
    options?: CallOptions,
  ): Promise<BrokerOrderList> {
    await this.read(options);
    this.listReads += 1;
    return { date, readStartedAt: this.now(), orders: this.rows };
  }

  placeOrder(): Promise<SubmitOutcome> {
    throw new Error('orders leave through the egress');
  }

  modifyOrder(): Promise<SubmitOutcome> {
    throw new Error('orders leave through the egress');
  }

  cancelOrder(): Promise<SubmitOutcome> {
    throw new Error('orders leave through the egress');
  }

  async submit(ticket: OrderTicket, hooks: SubmitHooks): Promise<SubmitOutcome> {
    const answer = await hooks.beforeBytesLeave();
    if (!answer.go) return { kind: 'notSent', reason: answer.reason };
    this.sent.push(ticket);
    return await this.answer(ticket);
  }

  async subscribeExecutions(): Promise<() => void> {
    return () => undefined;
  }

  async subscribeOrderEvents(listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    this.#notices.push(listener);
    return () => undefined;
  }

  notify(notice: ExecutionNotice): void {
    for (const listener of this.#notices) listener(notice);
  }

  async disconnect(): Promise<void> {
    this.disconnected = true;
  }
}

function quoteOf(symbol: string, volume: number, at: number): Quote {
  return {
    symbol,
    at,
    lastPrice: price(1_000),
    bid: price(999),
    ask: price(1_001),
    bidSize: quantity(10),
    askSize: quantity(10),
    open: undefined,
    high: undefined,
    low: undefined,
    previousClose: price(990),
    upperLimit: price(1_287),
    lowerLimit: price(693),
    volume: quantity(volume),
    turnover: won(volume * 1_000),
    halted: false,
    volatilityInterrupted: false,
  };
}

function tickOf(symbol: string, dayVolume: number, at: number): Tick {
  const none: Quantity = quantity(0);
  return {
    symbol,
    at,
    price: price(1_000),
    volume: quantity(1),
    dayVolume: quantity(dayVolume),
    bid: price(999),
    ask: undefined,
    bidSize: none,
    askSize: none,
    halted: false,
  };
}

/** Market data that the test drives: who is registered, and what a poll finds. */
export class FakeMarketData implements MarketDataPort {
  readonly registered = new Map<string, QuoteListener>();
  readonly registrations: string[] = [];
  mostRegistered = 0;
  readonly volumes = new Map<string, number>();
  readonly polled: string[][] = [];
  now: () => number = () => 0;
  beforeQuote: (options: CallOptions | undefined) => Promise<void> = async () => undefined;
  slotsMax = Number.POSITIVE_INFINITY;
  isBroken = false;

  async getInstruments() {
    return [];
  }

  async getQuote(symbol: string, options?: CallOptions): Promise<Quote> {
    await this.beforeQuote(options);
    return quoteOf(symbol, this.volumes.get(symbol) ?? 0, this.now());
  }

  async getQuotes(symbols: readonly string[]): Promise<readonly Quote[]> {
    if (this.isBroken) throw new Error('no network');
    this.polled.push([...symbols]);
    return symbols.map((symbol) => quoteOf(symbol, this.volumes.get(symbol) ?? 0, this.now()));
  }

  async getOrderBook(symbol: string) {
    return { symbol, at: this.now(), asks: [], bids: [] };
  }

  async getMinuteCandles() {
    return [];
  }

  async getTurnoverRank() {
    return [];
  }

  async isMarketOpenOn() {
    return undefined;
  }

  async subscribeQuotes(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    if (this.isBroken) throw new Error('no feed');
    for (const symbol of symbols) {
      if (this.registered.size >= this.slotsMax) {
        listener.onFeedStatus(symbol, 'rotatedOut');
        continue;
      }
      this.registered.set(symbol, listener);
      this.registrations.push(symbol);
      this.mostRegistered = Math.max(this.mostRegistered, this.registered.size);
      listener.onFeedStatus(symbol, 'live');
    }
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    for (const symbol of symbols) this.registered.delete(symbol);
  }

  tick(symbol: string, dayVolume: number): void {
    this.registered.get(symbol)?.onTick(tickOf(symbol, dayVolume, this.now()));
  }
}
