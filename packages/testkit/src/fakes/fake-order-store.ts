import {
  applyFillToPosition,
  bookBrokerRow,
  flatPosition,
  gateAllows,
  isTerminal,
  quantity,
  transitionOrder,
  ZERO_WON,
  type Gate,
  type Order,
  type OrderEvent,
  type Position,
} from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type {
  BookedRow,
  BrokerOrder,
  CancelIntent,
  Clock,
  DenialCode,
  FrozenStock,
  IntentResult,
  MarkSentResult,
  ModifyIntent,
  OrderIntent,
  OrderStore,
  SubmitOutcome,
} from '@fleet/service-layer';
import { Failures } from './failures.ts';
import type { FakeEventStore } from './fake-event-store.ts';
import type { FakeLockStore } from './fake-lock-store.ts';
import { ticketOf } from './ticket-of.ts';

type Booking = Parameters<OrderStore['bookBrokerOrder']>[0];
type Ending = Parameters<OrderStore['endOrder']>[0];

const NOTHING = quantity(0);

/**
 * Orders and positions in maps, moved by the domain's own machines. Refuses what the port says: gate,
 * fence, open question, shares; limits and cash are what `denyBuys` says.
 */
export class FakeOrderStore implements OrderStore {
  readonly failures = new Failures();
  readonly orders = new Map<string, Order>();
  readonly positions = new Map<string, Position>();
  readonly frozen: FrozenStock[] = [];
  gate: () => Gate = () => 'OPEN';
  denyBuys: DenialCode | undefined;
  /** All that was asked for, refused or not. */
  readonly intents: OrderIntent[] = [];
  /** Symbols whose stored position differs from its fills. */
  wrongPositions: readonly string[] = [];
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events: FakeEventStore;
  readonly #locks: FakeLockStore | undefined;

  constructor(clock: Pick<Clock, 'now'>, events: FakeEventStore, locks?: FakeLockStore) {
    this.#clock = clock;
    this.#events = events;
    this.#locks = locks;
  }

  put(...orders: readonly Order[]): void {
    for (const order of orders) this.orders.set(order.orderId, order);
  }

  /** The order as it is now. */
  row(orderId: string): Order {
    const order = this.orders.get(orderId);
    if (!order) throw new Error(`no order ${orderId}`);
    return order;
  }

  openOf(symbol: string): readonly Order[] {
    return this.all().filter((order) => order.symbol === symbol && !isTerminal(order.status));
  }

  isBusy(symbol: string): boolean {
    return this.openOf(symbol).length > 0 || (this.positions.get(symbol)?.quantity ?? 0) > 0;
  }

  all(): readonly Order[] {
    return [...this.orders.values()];
  }

  async storeIntent(intent: OrderIntent): Promise<IntentResult> {
    this.failures.throwIfDue('storeIntent');
    this.intents.push(intent);
    const existing = this.all().find((o) => o.idempotencyKey === intent.idempotencyKey);
    if (existing) return { outcome: 'existing', order: existing };
    const code = this.#refusal(intent);
    if (code) return denied(code);
    const order: Order = {
      ...intent,
      request: 'PLACE',
      parentOrderId: undefined,
      status: 'NEW',
      endReason: undefined,
      filledQuantity: NOTHING,
      filledAmount: ZERO_WON,
      broker: undefined,
      createdAt: this.#clock.now(),
      sentAt: undefined,
      answeredAt: undefined,
      createdMarketAt: intent.marketAt,
      sentMarketAt: undefined,
    };
    this.put(order);
    this.#write('OrderCreatedEvent', order, intent.marketAt);
    this.failures.throwIfDue('storeIntent answer');
    return { outcome: 'stored', order };
  }

  #refusal(intent: OrderIntent): DenialCode | undefined {
    const { symbol, side, workerId, fence } = intent;
    if (!gateAllows(this.gate(), side)) return 'GATE';
    if (!this.#owns(symbol, workerId, fence)) return 'FENCE_LOST';
    if (this.#hasOpenQuestion(symbol)) return 'OPEN_QUESTION';
    if (side === 'BUY') return this.denyBuys;
    const selling = this.openOf(symbol)
      .filter((order) => order.side === 'SELL' && order.request === 'PLACE')
      .reduce((sum, order) => sum + order.quantity - order.filledQuantity, 0);
    const held = this.positions.get(symbol)?.quantity ?? 0;
    return intent.quantity > held - selling ? 'NOT_ENOUGH_POSITION' : undefined;
  }

  async storeCancelIntent(intent: CancelIntent): Promise<IntentResult> {
    this.failures.throwIfDue('storeCancelIntent');
    return this.#storeChange(intent, 'CANCEL', { purpose: 'CANCEL' });
  }

  async storeModifyIntent(intent: ModifyIntent): Promise<IntentResult> {
    this.failures.throwIfDue('storeModifyIntent');
    const { type, limitPrice } = intent;
    return this.#storeChange(intent, 'MODIFY', { type, limitPrice });
  }

  #storeChange(
    intent: CancelIntent,
    request: 'CANCEL' | 'MODIFY',
    terms: Partial<Order>,
  ): IntentResult {
    const parent = this.row(intent.parentOrderId);
    const action = request === 'CANCEL' ? 'CANCEL' : parent.side;
    if (!gateAllows(this.gate(), action)) return denied('GATE');
    if (!this.#owns(parent.symbol, intent.workerId, intent.fence)) return denied('FENCE_LOST');
    if (isTerminal(parent.status)) return denied('ORDER_ENDED');
    const waits = this.#requestsOf(parent.orderId).length > 0;
    if (waits || !parent.broker || this.#hasOpenQuestion(parent.symbol)) {
      return denied('OPEN_QUESTION');
    }
    const { orderId, idempotencyKey, workerId, fence, marketAt } = intent;
    const order: Order = {
      ...parent,
      ...terms,
      orderId,
      idempotencyKey,
      workerId,
      fence,
      request,
      parentOrderId: parent.orderId,
      quantity: quantity(parent.quantity - parent.filledQuantity),
      status: 'NEW',
      filledQuantity: NOTHING,
      filledAmount: ZERO_WON,
      broker: undefined,
      createdAt: this.#clock.now(),
      sentAt: undefined,
      answeredAt: undefined,
      createdMarketAt: marketAt,
      sentMarketAt: undefined,
    };
    this.put(order);
    return { outcome: 'stored', order };
  }

  async markSent(request: Parameters<OrderStore['markSent']>[0]): Promise<MarkSentResult> {
    this.failures.throwIfDue('markSent');
    const { orderId, requestedAt, sendDeadlineMs, marketAt } = request;
    const order = this.row(orderId);
    const now = this.#clock.now();
    const action = order.request === 'CANCEL' ? 'CANCEL' : order.side;
    if (order.status !== 'NEW') return { sent: false, reason: 'NOT_NEW' };
    if (!gateAllows(this.gate(), action)) return { sent: false, reason: 'GATE' };
    if (now > requestedAt + sendDeadlineMs) return { sent: false, reason: 'DEADLINE' };
    if (!this.#owns(order.symbol, order.workerId, order.fence)) {
      return { sent: false, reason: 'FENCE_LOST' };
    }
    if (this.#hasOpenQuestion(order.symbol)) return { sent: false, reason: 'OPEN_QUESTION' };
    const sent = transitionOrder(order, { type: 'SENT' });
    this.put({ ...sent, sentAt: now, sentMarketAt: marketAt });
    this.#write('OrderSentEvent', order, marketAt);
    this.failures.throwIfDue('markSent answer');
    const parent = order.parentOrderId ? this.row(order.parentOrderId) : undefined;
    return { sent: true, ticket: ticketOf(order, parent) };
  }

  async recordAnswer(request: {
    orderId: string;
    outcome: SubmitOutcome;
    marketAt: number;
  }): Promise<Order> {
    this.failures.throwIfDue('recordAnswer');
    const { orderId, outcome, marketAt } = request;
    const order = this.row(orderId);
    if (isTerminal(order.status) || order.broker) return order;
    switch (outcome.kind) {
      case 'unknown':
        return order;
      case 'accepted':
        this.put({ ...order, broker: outcome.broker, answeredAt: this.#clock.now() });
        if (order.request === 'MODIFY') this.#continue(this.row(orderId));
        break;
      case 'rejected':
        this.#end(order, { type: 'REJECTED' }, marketAt);
        break;
      case 'notExecuted':
        this.#end(order, { type: 'NOT_EXECUTED' }, marketAt);
        break;
      case 'notSent':
        this.#end(order, { type: 'DROPPED' }, marketAt);
        break;
    }
    return this.row(orderId);
  }

  async dropIntent(request: { orderId: string; marketAt: number }): Promise<boolean> {
    this.failures.throwIfDue('dropIntent');
    const order = this.row(request.orderId);
    if (order.status !== 'NEW') return false;
    this.#end(order, { type: 'DROPPED' }, request.marketAt);
    return true;
  }

  async bookBrokerOrder({ orderId, row, marketAt, isOver }: Booking): Promise<BookedRow> {
    this.failures.throwIfDue('bookBrokerOrder');
    const before = this.row(orderId);
    const outcome = bookBrokerRow(before, row, isOver);
    const step = outcome.kind === 'changed' ? outcome.step : undefined;
    if (outcome.kind === 'changed') {
      this.put({ ...outcome.order, broker: row.key, answeredAt: this.#clock.now() });
      if (step) this.#fill(before, step, marketAt);
      this.#ended(this.row(orderId), marketAt);
    }
    const { symbol, workerId, status } = this.row(orderId);
    const filledStep = step?.quantity ?? NOTHING;
    return { orderId, symbol, workerId, filledStep, status, closedTrade: undefined };
  }

  #fill(
    order: Order,
    step: Pick<Parameters<typeof applyFillToPosition>[1], 'quantity' | 'amount' | 'price'>,
    marketAt: number,
  ): void {
    const { symbol, side } = order;
    const before = this.positions.get(symbol) ?? flatPosition(symbol);
    const fill = { symbol, side, marketAt, ...step };
    const after = applyFillToPosition(before, fill, {
      ...order,
      tradeId: `trade ${order.orderId}`,
    });
    this.positions.set(symbol, after);
    if (before.quantity === 0) this.#write('PositionEnteredEvent', order, marketAt);
    if (after.quantity === 0) this.#write('PositionExitedEvent', order, marketAt);
  }

  async adoptBrokerNumber(request: Parameters<OrderStore['adoptBrokerNumber']>[0]): Promise<Order> {
    const order = this.row(request.orderId);
    const broker = request.row.key;
    const answeredAt = this.#clock.now();
    // An ended row is not turned back: a linked one takes the broker's state.
    if (isTerminal(order.status)) return this.#continue({ ...order, broker, answeredAt });
    this.put({ ...order, broker, answeredAt });
    const known = this.row(order.orderId);
    return known.request === 'MODIFY' ? this.#continue(known) : known;
  }

  #continue(before: Order): Order {
    const orderId = `${before.orderId} continued`;
    const order = { ...before, orderId, request: 'PLACE', parentOrderId: undefined } as const;
    this.put({ ...order, status: 'SENT', endReason: undefined });
    return this.row(orderId);
  }

  async endOrder({ orderId, reason, marketAt }: Ending): Promise<boolean> {
    const order = this.row(orderId);
    if (isTerminal(order.status)) return false;
    if (reason === 'EXPIRED' || reason === 'NEVER_ARRIVED') {
      this.#end(order, { type: reason }, marketAt);
    } else {
      this.#end(order, { type: 'CANCELED' }, marketAt);
    }
    return true;
  }

  async freezeStock(request: {
    symbol: string;
    orderId: string;
    rows: readonly BrokerOrder[];
  }): Promise<void> {
    const { symbol, orderId, rows } = request;
    const candidates = rows.map(({ price, ...row }) => ({
      ...row,
      price: price?.toFixed() ?? null,
    }));
    this.frozen.push({ symbol, orderId, candidates });
    this.#locks?.frozen.add(symbol);
  }

  async getFrozenStocks(): Promise<readonly FrozenStock[]> {
    return this.frozen.filter(({ orderId }) => isOpenQuestion(this.row(orderId)));
  }

  async getOrder(orderId: string): Promise<Order | undefined> {
    this.failures.throwIfDue('getOrder');
    return this.orders.get(orderId);
  }

  async getOpenOrders(tradeDate?: TradeDate): Promise<readonly Order[]> {
    this.failures.throwIfDue('getOpenOrders');
    return this.all().filter(
      (order) =>
        !isTerminal(order.status) && (tradeDate === undefined || order.tradeDate === tradeDate),
    );
  }

  async getOrdersOf(symbol: string, date: TradeDate): Promise<readonly Order[]> {
    return this.all().filter((o) => o.symbol === symbol && o.tradeDate === date);
  }

  async getOrdersOfDate(tradeDate: TradeDate): Promise<readonly Order[]> {
    return this.all().filter(
      (order) =>
        order.tradeDate === tradeDate && (order.broker !== undefined || isOpenQuestion(order)),
    );
  }

  async getPosition(symbol: string): Promise<Position | undefined> {
    this.failures.throwIfDue('getPosition');
    return this.positions.get(symbol);
  }

  async getOpenPositions(): Promise<readonly Position[]> {
    return [...this.positions.values()].filter((position) => position.quantity > 0);
  }

  async recalculatePositions(): Promise<readonly string[]> {
    const corrected = this.wrongPositions;
    this.wrongPositions = [];
    return corrected;
  }

  #owns(symbol: string, workerId: string, fence: number): boolean {
    return this.#locks?.owns(symbol, workerId, fence) ?? true;
  }

  #hasOpenQuestion(symbol: string): boolean {
    return this.all().some((order) => order.symbol === symbol && isOpenQuestion(order));
  }

  #requestsOf(parentOrderId: string): readonly Order[] {
    return this.all().filter((o) => o.parentOrderId === parentOrderId && !isTerminal(o.status));
  }

  #end(order: Order, event: OrderEvent, marketAt: number): void {
    const after = transitionOrder(order, event);
    const answeredAt = order.status === 'NEW' ? undefined : this.#clock.now();
    this.put({ ...after, answeredAt });
    this.#ended(after, marketAt);
  }

  /** The event of an end, and the end of the requests about the order. */
  #ended(order: Order, marketAt: number): void {
    if (!isTerminal(order.status)) return;
    this.#write(END_EVENTS[order.status] ?? 'OrderEndedEvent', order, marketAt);
    for (const request of this.#requestsOf(order.orderId)) {
      if (request.request === 'MODIFY' && isOpenQuestion(request)) continue;
      const late: OrderEvent = { type: order.status === 'CANCELED' ? 'CANCELED' : 'REJECTED' };
      this.#end(request, request.status === 'NEW' ? { type: 'DROPPED' } : late, marketAt);
    }
  }

  #write(type: string, order: Order, marketAt: number): void {
    const { orderId, symbol, workerId } = order;
    this.#events.write({ type, level: 'INFO', orderId, symbol, workerId, marketAt });
  }
}

const END_EVENTS: Readonly<Partial<Record<Order['status'], string>>> = {
  FILLED: 'OrderFilledEvent',
  CANCELED: 'OrderCanceledEvent',
  REJECTED: 'OrderRejectedEvent',
};

function isOpenQuestion(order: Order): boolean {
  return order.status === 'SENT' && order.answeredAt === undefined;
}

function denied(code: DenialCode): IntentResult {
  return { outcome: 'denied', code, detail: { code, actual: '', limit: '' } };
}
