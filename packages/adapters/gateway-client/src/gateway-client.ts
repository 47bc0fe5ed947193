import type { Candle, Price, Quantity, Quote } from '@fleet/domain';
import type { OrderType, TradeDate } from '@fleet/krx';
import {
  BrokerError,
  type BrokerAccount,
  type BrokerBalance,
  type BrokerOrderList,
  type BrokerPort,
  type BuyingPower,
  type CallLane,
  type CallOptions,
  type Clock,
  type DailyCandle,
  type DailyCandleQuery,
  type ExecutionNotice,
  type GatewayControl,
  type GatewayStatus,
  type Instrument,
  type InstrumentInfo,
  type Log,
  type MarketDataPort,
  type MarketDay,
  type MarketLookupPort,
  type MarketTime,
  type OrderBook,
  type OrderChange,
  type OrderFeed,
  type OrderTicket,
  type QuoteListener,
  type RankedSymbol,
  type SavedCondition,
  type SubmitOutcome,
  type VolatilityInterruption,
} from '@fleet/service-layer';
import {
  type ClientRole,
  type MethodName,
  type MethodParams,
  type MethodResult,
  parseGatewayAddress,
  type Push,
} from '@fleet/gateway-contract';
import { GatewayConnection } from './connection.ts';
import type { ClientTls } from './open-socket.ts';
import { QuoteSubscriptions } from './quote-subscriptions.ts';
import { resultOrThrow, submitOutcomeOf } from './request-end.ts';

export interface GatewayClientOptions {
  /** As `parseGatewayAddress` reads it. */
  readonly address: string;
  /** Demanded by a gateway that listens on TCP. */
  readonly token?: string;
  readonly tls?: ClientTls;
  readonly processName: string;
  readonly role: ClientRole;
  readonly clock: Clock;
  readonly log: Log;
}

interface ReadOptions {
  readonly lane?: CallLane | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** How long a call waits for a connection before it fails, real ms. */
const CONNECT_WAIT_MS = 3_000;
const READ_MS = 30_000;
/** Master files of three boards, behind everything else in the budget. */
const SLOW_READ_MS = 120_000;
/** KIS issues one token a minute, so a login may wait for the next. */
const LOGIN_MS = 200_000;
/** Longer than the send deadline and the broker's answer deadline together. */
const SUBMIT_MS = 60_000;

/**
 * The broker and the market data through the gateway. Reconnects as long as it lives; reads that
 * were under way then fail with a retryable BrokerError UNAVAILABLE.
 */
export class GatewayClient
  implements BrokerPort, MarketDataPort, MarketLookupPort, OrderFeed, GatewayControl
{
  readonly #connection: GatewayConnection;
  readonly #quotes: QuoteSubscriptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #noticeListeners = new Set<(notice: ExecutionNotice) => void>();
  readonly #changeListeners = new Set<(change: OrderChange) => void>();

  constructor(options: GatewayClientOptions) {
    const { clock, log } = options;
    this.#clock = clock;
    this.#log = log;
    this.#quotes = new QuoteSubscriptions({
      clock,
      log,
      tell: (change, symbols) => this.#tellSubscription(change, symbols),
    });
    this.#connection = new GatewayConnection(
      {
        endpoint: parseGatewayAddress(options.address),
        token: options.token,
        tls: options.tls,
        processName: options.processName,
        role: options.role,
        clock,
        log,
      },
      {
        onUp: () => this.#quotes.onUp(),
        onDown: () => this.#quotes.onDown(),
        onSilence: (silent) => this.#quotes.setSilent(silent),
        onPush: (push) => this.#onPush(push),
      },
    );
  }

  get isConnected(): boolean {
    return this.#connection.isUp;
  }

  get counts(): { readonly badFrames: number; readonly missedPushes: number } {
    return this.#connection.counts;
  }

  /** @throws BrokerError UNAVAILABLE after `ms`, AUTHENTICATION when the gateway refuses the token */
  async whenConnected(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#connection.whenUp(ms, signal);
  }

  async login(signal?: AbortSignal): Promise<void> {
    await this.#read('login', {}, { signal, timeoutMs: LOGIN_MS });
  }

  async issueAccessToken(signal?: AbortSignal): Promise<void> {
    await this.#read('issueAccessToken', {}, { signal, timeoutMs: LOGIN_MS });
  }

  async issueApprovalKey(signal?: AbortSignal): Promise<void> {
    await this.#read('issueApprovalKey', {}, { signal, timeoutMs: LOGIN_MS });
  }

  getAccounts(options?: CallOptions): Promise<readonly BrokerAccount[]> {
    return this.#read('getAccounts', {}, options);
  }

  getCash(accountId: string, options?: CallOptions): Promise<BrokerBalance> {
    return this.#read('getCash', { accountId }, options);
  }

  getBuyingPower(
    query: { symbol: string; type: OrderType; price: Price | undefined },
    options?: CallOptions,
  ): Promise<BuyingPower> {
    return this.#read('getBuyingPower', query, options);
  }

  getSellableQuantity(symbol: string, options?: CallOptions): Promise<Quantity> {
    return this.#read('getSellableQuantity', { symbol }, options);
  }

  getOrders(accountId: string, date: TradeDate, options?: CallOptions): Promise<BrokerOrderList> {
    return this.#read('getOrders', { accountId, date }, { ...options, timeoutMs: SLOW_READ_MS });
  }

  placeOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome> {
    return this.#submit(ticket, options);
  }

  modifyOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome> {
    return this.#submit(ticket, options);
  }

  cancelOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome> {
    return this.#submit(ticket, options);
  }

  subscribeExecutions(listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    return this.subscribeOrderEvents((notice) => {
      if (notice.kind === 'FILL') listener(notice);
    });
  }

  subscribeOrderEvents(listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    this.#noticeListeners.add(listener);
    return Promise.resolve(() => this.#noticeListeners.delete(listener));
  }

  subscribeOrderChanges(listener: (change: OrderChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Leaves the gateway; the gateway stays at the broker. */
  async disconnect(): Promise<void> {
    await this.close();
  }

  /** Ends this client for good. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  getInstruments(options?: CallOptions): Promise<readonly Instrument[]> {
    return this.#read('getInstruments', {}, { ...options, timeoutMs: SLOW_READ_MS });
  }

  getQuote(symbol: string, options?: CallOptions): Promise<Quote> {
    return this.#read('getQuote', { symbol }, options);
  }

  getQuotes(symbols: readonly string[], options?: CallOptions): Promise<readonly Quote[]> {
    return this.#read(
      'getQuotes',
      { symbols: [...symbols] },
      { ...options, timeoutMs: SLOW_READ_MS },
    );
  }

  getOrderBook(symbol: string, options?: CallOptions): Promise<OrderBook> {
    return this.#read('getOrderBook', { symbol }, options);
  }

  getMinuteCandles(
    symbol: string,
    count: number,
    options?: CallOptions,
  ): Promise<readonly Candle[]> {
    return this.#read('getMinuteCandles', { symbol, count }, options);
  }

  getTurnoverRank(options?: CallOptions): Promise<readonly RankedSymbol[]> {
    return this.#read('getTurnoverRank', {}, options);
  }

  getDailyCandles(query: DailyCandleQuery, options?: CallOptions): Promise<readonly DailyCandle[]> {
    return this.#read('getDailyCandles', query, { ...options, timeoutMs: SLOW_READ_MS });
  }

  getMinuteCandlesOf(
    symbol: string,
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly Candle[]> {
    const slow = { ...options, timeoutMs: SLOW_READ_MS };
    return this.#read('getMinuteCandlesOf', { symbol, date }, slow);
  }

  getVolumeRank(options?: CallOptions): Promise<readonly RankedSymbol[]> {
    return this.#read('getVolumeRank', {}, options);
  }

  getFluctuationRank(
    direction: 'RISE' | 'FALL',
    options?: CallOptions,
  ): Promise<readonly RankedSymbol[]> {
    return this.#read('getFluctuationRank', { direction }, options);
  }

  getConditions(options?: CallOptions): Promise<readonly SavedCondition[]> {
    return this.#read('getConditions', {}, options);
  }

  searchByCondition(key: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#read('searchByCondition', { key }, options);
  }

  getVolatilityInterruptions(
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly VolatilityInterruption[]> {
    return this.#read('getVolatilityInterruptions', { date }, options);
  }

  getInstrumentInfo(symbol: string, options?: CallOptions): Promise<InstrumentInfo> {
    return this.#read('getInstrumentInfo', { symbol }, options);
  }

  getMarketTime(options?: CallOptions): Promise<MarketTime> {
    return this.#read('getMarketTime', {}, options);
  }

  getMarketDays(from: TradeDate, options?: CallOptions): Promise<readonly MarketDay[]> {
    return this.#read('getMarketDays', { from }, options);
  }

  async isMarketOpenOn(date: TradeDate, options?: CallOptions): Promise<boolean | undefined> {
    return (await this.#read('isMarketOpenOn', { date }, options)) ?? undefined;
  }

  subscribeQuotes(symbols: readonly string[], listener: QuoteListener): Promise<void> {
    return this.#quotes.add(symbols, listener);
  }

  unsubscribe(symbols: readonly string[]): Promise<void> {
    return this.#quotes.remove(symbols);
  }

  getStatus(): Promise<GatewayStatus> {
    return this.#read('getStatus', {});
  }

  reconcile(): Promise<{ readonly orders: number; readonly mismatches: number }> {
    return this.#read('reconcile', {}, { timeoutMs: SLOW_READ_MS });
  }

  async shutdown(): Promise<void> {
    await this.#read('shutdown', {});
  }

  async #read<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    options: ReadOptions = {},
  ): Promise<MethodResult<M>> {
    const { lane, signal, timeoutMs = READ_MS } = options;
    signal?.throwIfAborted();
    await this.#connection.whenUp(CONNECT_WAIT_MS, signal);
    // Given up in between: an abort that has been is never heard again.
    signal?.throwIfAborted();
    const end = await this.#connection.request(method, params, { lane, signal, timeoutMs });
    return resultOrThrow(method, end);
  }

  /** Never throws and never repeats: what was written and not answered is unknown. */
  async #submit(ticket: OrderTicket, options: CallOptions = {}): Promise<SubmitOutcome> {
    const { signal } = options;
    if (signal?.aborted) return { kind: 'notSent', reason: 'aborted before it was asked for' };
    const { orderId } = ticket;
    const params = { orderId, requestedAt: this.#clock.now() };
    return submitOutcomeOf(
      await this.#connection.request('submit', params, { signal, timeoutMs: SUBMIT_MS }),
    );
  }

  async #tellSubscription(
    change: 'subscribe' | 'unsubscribe',
    symbols: readonly string[],
  ): Promise<boolean> {
    const method = change === 'subscribe' ? 'subscribeQuotes' : 'unsubscribe';
    try {
      await this.#read(method, { symbols: [...symbols] });
      return true;
    } catch (error) {
      if (error instanceof BrokerError && !error.retryable) throw error;
      return false;
    }
  }

  #onPush(push: Push): void {
    switch (push.type) {
      case 'tick':
        return this.#quotes.onTick(push.tick);
      case 'feedStatus':
        return this.#quotes.onStatus(push.symbol, push.status);
      case 'orderChanged':
        return this.#tellAll(this.#changeListeners, push.change);
      case 'notice':
        return this.#tellAll(this.#noticeListeners, push.notice);
      case 'gap':
        this.#log.warn('GatewayTicksDropped', { droppedTicks: push.droppedTicks });
        return;
      case 'alive':
        return;
    }
  }

  #tellAll<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#log.error('GatewayListenerFailed', { error });
      }
    }
  }
}

/** A gateway that is being restarted is back within a few seconds. */
const FIRST_CONNECT_MS = 5_000;

/**
 * Resolves when the gateway is there, or after some seconds without it: the client goes on trying.
 * @throws BrokerError AUTHENTICATION or UNSUPPORTED when the gateway refuses this client for good
 */
export async function connectGateway(options: GatewayClientOptions): Promise<GatewayClient> {
  const client = new GatewayClient(options);
  try {
    await client.whenConnected(FIRST_CONNECT_MS);
  } catch (error) {
    if (error instanceof BrokerError && error.retryable) return client;
    await client.close();
    throw error;
  }
  return client;
}
