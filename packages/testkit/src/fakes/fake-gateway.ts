import { NO_SHARES, quantity, won, type Quantity } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type {
  BrokerAccount,
  BrokerBalance,
  BrokerOrder,
  BrokerOrderList,
  BrokerPort,
  BuyingPower,
  Clock,
  ExecutionNotice,
  GatewayControl,
  GatewayStatus,
  MarketClock,
  OrderChange,
  OrderFeed,
  OrderTicket,
  SubmitOutcome,
} from '@fleet/service-layer';
import { aBrokerOrder, TEST_DATE } from '../builders.ts';
import { Failures } from './failures.ts';
import type { FakeOrderStore } from './fake-order-store.ts';

/** What the exchange makes of an order that reaches it. */
export type Reaction =
  /** So many shares (all when left out) at the price; the rest stays in the book. */
  | { readonly kind: 'fill'; readonly shares?: number; readonly at?: number }
  | { readonly kind: 'rejected'; readonly code: string }
  | { readonly kind: 'notExecuted' }
  /** The gateway dropped it: the row ended as not sent. */
  | { readonly kind: 'notSent' }
  /** Nobody took it: the row is as it was. */
  | { readonly kind: 'gatewayGone' }
  /** The answer is lost; with `arrives` the exchange has the order all the same. */
  | { readonly kind: 'unknown'; readonly arrives: boolean };

const SEND_DEADLINE_MS = 3_000;

/**
 * Gateway and exchange in one, as a worker sees them: marks, answers, books and pushes at once, by the
 * reaction that the test chose for an order.
 */
export class FakeGateway implements BrokerPort, OrderFeed, GatewayControl {
  readonly failures = new Failures();
  readonly sent: OrderTicket[] = [];
  readonly rows: BrokerOrder[] = [];
  react: (ticket: OrderTicket, nth: number) => Reaction = () => ({ kind: 'fill' });
  cancelReaction: Reaction['kind'] = 'fill';
  modifyReaction: Reaction['kind'] = 'fill';
  accountId = '50012345-01';
  accounts: readonly BrokerAccount[] = [{ accountId: '50012345-01' }];
  /** Questions for buying power. */
  readonly asked: Parameters<BrokerPort['getBuyingPower']>[0][] = [];
  buyingPower: BuyingPower = { amount: won('100000000'), quantity: quantity(100_000) };
  balance: BrokerBalance = {
    holdings: [],
    cashDeposit: won('100000000'),
    settledCashD2: won('100000000'),
    boughtTodayAmount: won(0),
    soldTodayAmount: won(0),
    costsToday: won(0),
  };
  feedConnected = true;
  mismatches = 0;
  /** Runs in each `reconcile`. */
  onReconcile: () => Promise<void> = async () => undefined;
  readonly calls: string[] = [];
  /** What a market order trades at. */
  marketPrice = 10_000;
  readonly #orders: FakeOrderStore;
  readonly #clock: Clock & Pick<MarketClock, 'now'>;
  readonly #listeners = new Set<(change: OrderChange) => void>();
  #numbers = 0;
  #placed = 0;

  constructor(orders: FakeOrderStore, clock: Clock & Pick<MarketClock, 'now'>) {
    this.#orders = orders;
    this.#clock = clock;
  }

  async placeOrder(ticket: OrderTicket): Promise<SubmitOutcome> {
    this.failures.throwIfDue('placeOrder');
    return await this.#submit(ticket, this.react(ticket, (this.#placed += 1)));
  }

  async cancelOrder(ticket: OrderTicket): Promise<SubmitOutcome> {
    this.failures.throwIfDue('cancelOrder');
    const outcome = await this.#submit(ticket, changeReaction(this.cancelReaction));
    if (outcome.kind === 'accepted') await this.#cancelRest(ticket);
    return outcome;
  }

  async modifyOrder(ticket: OrderTicket): Promise<SubmitOutcome> {
    this.failures.throwIfDue('modifyOrder');
    const outcome = await this.#submit(ticket, changeReaction(this.modifyReaction));
    if (outcome.kind === 'accepted') await this.#cancelRest(ticket);
    return outcome;
  }

  async #submit(ticket: OrderTicket, reaction: Reaction): Promise<SubmitOutcome> {
    const { orderId } = ticket;
    const marketAt = this.#clock.now();
    if (reaction.kind === 'gatewayGone') return { kind: 'notSent', reason: 'no gateway' };
    const marked = await this.#orders.markSent({
      orderId,
      requestedAt: this.#clock.now(),
      sendDeadlineMs: SEND_DEADLINE_MS,
      marketAt,
    });
    if (!marked.sent || reaction.kind === 'notSent') {
      const reason = marked.sent ? 'refused' : marked.reason;
      const outcome = { kind: 'notSent', reason } as const;
      if (!marked.sent) await this.#orders.dropIntent({ orderId, marketAt });
      else await this.#orders.recordAnswer({ orderId, outcome, marketAt });
      return outcome;
    }
    this.sent.push(ticket);
    const outcome = this.#answer(ticket, reaction);
    await this.#orders.recordAnswer({ orderId, outcome, marketAt });
    if (outcome.kind === 'accepted' && ticket.request === 'PLACE' && reaction.kind === 'fill') {
      const { shares = ticket.quantity, at } = reaction;
      await this.fill(orderId, shares, at);
    }
    return outcome;
  }

  #answer(ticket: OrderTicket, reaction: Reaction): SubmitOutcome {
    switch (reaction.kind) {
      case 'rejected':
        return { kind: 'rejected', code: reaction.code, message: 'refused' };
      case 'notExecuted':
        return { kind: 'notExecuted', code: 'EGW00201', message: 'throttled' };
      case 'unknown':
        if (reaction.arrives) this.#enter(ticket);
        return { kind: 'unknown', reason: 'no answer' };
      case 'notSent':
      case 'gatewayGone':
        return { kind: 'notSent', reason: reaction.kind };
      case 'fill':
        return { kind: 'accepted', broker: this.#enter(ticket).key, brokerTime: '' };
    }
  }

  #enter(ticket: OrderTicket): BrokerOrder {
    this.#numbers += 1;
    const row = aBrokerOrder({
      key: { date: TEST_DATE, branch: '00950', number: String(this.#numbers) },
      original: ticket.original,
      request: ticket.request === 'PLACE' ? 'PLACE' : 'CHANGE',
      symbol: ticket.symbol,
      side: ticket.side,
      type: ticket.type,
      quantity: ticket.quantity,
      price: ticket.limitPrice,
      acceptedAt: this.#clock.now(),
      ...(ticket.request === 'CANCEL' ? { leavesQuantity: quantity(0) } : {}),
    });
    this.rows.push(row);
    return row;
  }

  /** The exchange fills shares of an order of ours; it is booked and pushed. */
  async fill(orderId: string, shares: number, at?: number): Promise<void> {
    const price = at ?? this.#orders.row(orderId).limitPrice?.toNumber() ?? this.marketPrice;
    await this.#change(orderId, (row) => ({
      ...row,
      filledQuantity: quantity(row.filledQuantity + shares),
      filledAmount: won(row.filledAmount.plus(price * shares)),
      leavesQuantity: quantity(row.leavesQuantity - shares),
    }));
  }

  async #cancelRest(ticket: OrderTicket): Promise<void> {
    const parentId = this.#orders.row(ticket.orderId).parentOrderId;
    if (parentId === undefined) return;
    await this.#change(parentId, (row) => ({
      ...row,
      canceledQuantity: row.leavesQuantity,
      leavesQuantity: quantity(0),
    }));
  }

  async #change(orderId: string, change: (row: BrokerOrder) => BrokerOrder): Promise<void> {
    const number = this.#orders.row(orderId).broker?.number;
    const index = this.rows.findIndex((row) => row.key.number === number);
    const before = this.rows[index];
    if (!before) throw new Error(`order ${orderId} is not at the exchange`);
    const row = change(before);
    this.rows[index] = row;
    const now = this.#clock.now();
    const booking = { orderId, row, readStartedAt: now, marketAt: now };
    this.push(await this.#orders.bookBrokerOrder(booking));
  }

  push({ orderId, symbol, workerId, status }: OrderChange): void {
    for (const listener of this.#listeners) listener({ orderId, symbol, workerId, status });
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  subscribeOrderChanges(listener: (change: OrderChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async getOrders(_accountId: string, date: TradeDate): Promise<BrokerOrderList> {
    this.calls.push(`getOrders ${date}`);
    this.failures.throwIfDue('getOrders');
    const orders = this.rows.filter((row) => row.key.date === date);
    return { date, readStartedAt: this.#clock.now(), orders };
  }

  async getBuyingPower(query: Parameters<BrokerPort['getBuyingPower']>[0]): Promise<BuyingPower> {
    this.failures.throwIfDue('getBuyingPower');
    this.asked.push(query);
    return this.buyingPower;
  }

  async getSellableQuantity(symbol: string): Promise<Quantity> {
    this.failures.throwIfDue('getSellableQuantity');
    const holding = this.balance.holdings.find((held) => held.symbol === symbol);
    return holding?.sellableQuantity ?? NO_SHARES;
  }

  async getAccounts(): Promise<readonly BrokerAccount[]> {
    this.calls.push('getAccounts');
    this.failures.throwIfDue('getAccounts');
    return this.accounts;
  }

  async getCash(): Promise<BrokerBalance> {
    this.calls.push('getCash');
    this.failures.throwIfDue('getCash');
    return this.balance;
  }

  async reconcile(): Promise<{ orders: number; mismatches: number }> {
    this.calls.push('reconcile');
    this.failures.throwIfDue('reconcile');
    await this.onReconcile();
    return { orders: this.rows.length, mismatches: this.mismatches };
  }

  async getStatus(): Promise<GatewayStatus> {
    return {
      pid: 1,
      accountId: this.accountId,
      loggedIn: true,
      feedConnected: this.feedConnected,
      slots: { used: 1, total: 41 },
      callsLastMinute: 0,
      waitingCalls: 0,
      unansweredOrders: 0,
      listeners: 0,
    };
  }

  async login(): Promise<void> {
    this.calls.push('login');
    this.failures.throwIfDue('login');
  }

  async issueAccessToken(): Promise<void> {
    this.calls.push('issueAccessToken');
  }

  async issueApprovalKey(): Promise<void> {
    this.calls.push('issueApprovalKey');
  }

  async subscribeExecutions(_listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    return () => undefined;
  }

  async subscribeOrderEvents(_listener: (notice: ExecutionNotice) => void): Promise<() => void> {
    return () => undefined;
  }

  async disconnect(): Promise<void> {
    this.calls.push('disconnect');
  }

  async shutdown(): Promise<void> {
    this.calls.push('shutdown');
  }
}

function changeReaction(kind: Reaction['kind']): Reaction {
  if (kind === 'rejected') return { kind, code: 'LATE' };
  return kind === 'unknown' ? { kind, arrives: true } : { kind };
}
