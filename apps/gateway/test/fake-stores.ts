import { type Order, price, quantity, won } from '@fleet/domain';
import type {
  BookedRow,
  BrokerOrder,
  Clock,
  Lease,
  LeaseStore,
  MarkSentResult,
  OrderStore,
  OrderTicket,
  ProcessIdentity,
  SubmitOutcome,
} from '@fleet/service-layer';
import { DATE } from './fake-broker.ts';

function notNeeded(): never {
  throw new Error('not part of these tests');
}

export function orderOf(orderId: string, change: Partial<Order> = {}): Order {
  return {
    orderId,
    idempotencyKey: orderId,
    request: 'PLACE',
    parentOrderId: undefined,
    tradeDate: DATE,
    symbol: '005930',
    workerId: 'worker-1',
    fence: 1,
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(10),
    limitPrice: price(70_000),
    purpose: 'ENTRY',
    strategyName: 's',
    strategyVersion: '1',
    paramsVersion: 1,
    status: 'NEW',
    endReason: undefined,
    filledQuantity: quantity(0),
    filledAmount: won(0),
    broker: undefined,
    createdAt: 0,
    sentAt: undefined,
    answeredAt: undefined,
    createdMarketAt: 0,
    sentMarketAt: undefined,
    ...change,
  };
}

/** Orders in a map; what the egress and the tracker do to them, and no rule besides. */
export class FakeOrders implements OrderStore {
  readonly rows = new Map<string, Order>();
  readonly answers: { orderId: string; outcome: SubmitOutcome }[] = [];
  readonly dropped: string[] = [];
  refuse: Extract<MarkSentResult, { sent: false }>['reason'] | undefined;

  async markSent({ orderId }: { orderId: string }): Promise<MarkSentResult> {
    if (this.refuse) return { sent: false, reason: this.refuse };
    const order = this.#row(orderId);
    if (order.status !== 'NEW') return { sent: false, reason: 'NOT_NEW' };
    this.rows.set(orderId, { ...order, status: 'SENT', sentAt: 1 });
    const { request, symbol, side, type, venue, limitPrice } = order;
    const ticket: OrderTicket = {
      orderId,
      request,
      symbol,
      side,
      type,
      venue,
      quantity: order.quantity,
      limitPrice,
      original: undefined,
    };
    return { sent: true, ticket };
  }

  async recordAnswer(answer: { orderId: string; outcome: SubmitOutcome }): Promise<Order> {
    this.answers.push(answer);
    const order = this.#row(answer.orderId);
    const { outcome } = answer;
    const broker = outcome.kind === 'accepted' ? outcome.broker : undefined;
    const next = { ...order, broker, ...(outcome.kind === 'unknown' ? {} : { answeredAt: 2 }) };
    this.rows.set(answer.orderId, next);
    return next;
  }

  async dropIntent({ orderId }: { orderId: string }): Promise<boolean> {
    this.dropped.push(orderId);
    const order = this.#row(orderId);
    if (order.status !== 'NEW') return false;
    this.rows.set(orderId, { ...order, status: 'CANCELED', endReason: 'NOT_SENT' });
    return true;
  }

  async bookBrokerOrder(request: { orderId: string; row: BrokerOrder }): Promise<BookedRow> {
    const order = this.#row(request.orderId);
    const { filledQuantity, filledAmount } = request.row;
    const status = filledQuantity === order.quantity ? 'FILLED' : 'PARTIAL';
    this.rows.set(order.orderId, { ...order, status, filledQuantity, filledAmount });
    return {
      orderId: order.orderId,
      symbol: order.symbol,
      workerId: order.workerId,
      filledStep: quantity(filledQuantity - order.filledQuantity),
      status,
      closedTrade: undefined,
    };
  }

  async getOrder(orderId: string): Promise<Order | undefined> {
    return this.rows.get(orderId);
  }

  async getOpenOrders(): Promise<readonly Order[]> {
    return [...this.rows.values()].filter(({ status }) =>
      ['NEW', 'SENT', 'PARTIAL'].includes(status),
    );
  }

  async getOrdersOfDate(): Promise<readonly Order[]> {
    return [...this.rows.values()];
  }

  storeIntent = notNeeded;
  storeModifyIntent = notNeeded;
  getFrozenStocks = notNeeded;
  storeCancelIntent = notNeeded;
  adoptBrokerNumber = notNeeded;
  endOrder = notNeeded;
  freezeStock = notNeeded;
  getOrdersOf = notNeeded;
  getPosition = notNeeded;
  getOpenPositions = async (): Promise<readonly []> => [];
  recalculatePositions = notNeeded;

  #row(orderId: string): Order {
    const order = this.rows.get(orderId);
    if (!order) throw new Error(`no order ${orderId}`);
    return order;
  }
}

/** A lease table of one row. */
export class FakeLeases implements LeaseStore {
  row: { lease: Lease; process: ProcessIdentity; expiresAt: number } | undefined;
  renewals: 'work' | 'fail' | 'hang' = 'work';
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async acquire(request: Parameters<LeaseStore['acquire']>[0]): Promise<Lease | undefined> {
    const held = this.row && this.row.expiresAt > this.#clock.now();
    if (held && this.row?.lease.term !== request.deadTerm) return undefined;
    const { name, holder, process, ttlMs } = request;
    const lease = { name, holder, term: (this.row?.lease.term ?? 0) + 1 };
    this.row = { lease, process, expiresAt: this.#clock.now() + ttlMs };
    return lease;
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    if (this.renewals === 'hang') await new Promise(() => undefined);
    if (this.renewals === 'fail') throw new Error('no database');
    if (this.row?.lease.term !== lease.term) return false;
    this.row = { ...this.row, expiresAt: this.#clock.now() + ttlMs };
    return true;
  }

  async release(lease: Lease): Promise<void> {
    if (this.row?.lease.term === lease.term) this.row = undefined;
  }

  async read(): ReturnType<LeaseStore['read']> {
    if (!this.row) return undefined;
    const { lease, process, expiresAt } = this.row;
    return { lease, process, expired: expiresAt <= this.#clock.now() };
  }
}
