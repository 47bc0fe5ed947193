import type { Order, OrderEndReason, Position } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type {
  BookedRow,
  BrokerOrder,
  CancelIntent,
  FrozenStock,
  IntentResult,
  MarkSentResult,
  ModifyIntent,
  OrderIntent,
  OrderStore,
  SubmitOutcome,
} from '@fleet/service-layer';
import { readOpenPositions, readPosition } from '../ledger/position-row.ts';
import { recalculatePositions } from '../ledger/recalculate-positions.ts';
import type { Pool } from '../make-pool.ts';
import { bookBrokerOrder, type BookRequest } from './book-broker-order.ts';
import { adoptBrokerNumber, dropIntent, endOrder } from './end-order.ts';
import { freezeStock, readFrozenStocks } from './freeze-stock.ts';
import { markOrderSent } from './mark-order-sent.ts';
import { orderOf } from './order-row.ts';
import { readNumberedOrders, readOpenOrders, readOrder, readOrdersOf } from './read-orders.ts';
import { recordOrderAnswer } from './record-order-answer.ts';
import { storeChangeIntent } from './store-change-intent.ts';
import { type IntentRules, storeOrderIntent } from './store-order-intent.ts';

/** Orders and the ledger that they move. */
export class PostgresOrderStore implements OrderStore {
  readonly #pool: Pool;
  readonly #rules: IntentRules;

  constructor(pool: Pool, rules: IntentRules) {
    this.#pool = pool;
    this.#rules = rules;
  }

  async storeIntent(intent: OrderIntent): Promise<IntentResult> {
    return await storeOrderIntent(this.#pool, intent, this.#rules);
  }

  async storeCancelIntent(intent: CancelIntent): Promise<IntentResult> {
    return await storeChangeIntent(this.#pool, { ...intent, request: 'CANCEL' });
  }

  async storeModifyIntent(intent: ModifyIntent): Promise<IntentResult> {
    return await storeChangeIntent(this.#pool, { ...intent, request: 'MODIFY' });
  }

  async markSent(request: {
    orderId: string;
    requestedAt: number;
    sendDeadlineMs: number;
    marketAt: number;
  }): Promise<MarkSentResult> {
    return await markOrderSent(this.#pool, request);
  }

  async recordAnswer(request: {
    orderId: string;
    outcome: SubmitOutcome;
    marketAt: number;
  }): Promise<Order> {
    return await recordOrderAnswer(this.#pool, request);
  }

  async dropIntent(request: {
    orderId: string;
    reason: string;
    marketAt: number;
  }): Promise<boolean> {
    return await dropIntent(this.#pool, request);
  }

  async bookBrokerOrder(request: BookRequest): Promise<BookedRow> {
    return await bookBrokerOrder(this.#pool, request, this.#rules.rates);
  }

  async adoptBrokerNumber(request: {
    orderId: string;
    row: Pick<BrokerOrder, 'key'>;
    marketAt: number;
  }): Promise<Order> {
    return await adoptBrokerNumber(this.#pool, request);
  }

  async endOrder(request: {
    orderId: string;
    status: 'CANCELED' | 'REJECTED';
    reason: OrderEndReason;
    detail: string;
    marketAt: number;
  }): Promise<boolean> {
    return await endOrder(this.#pool, request);
  }

  async freezeStock(request: {
    symbol: string;
    orderId: string;
    rows: readonly BrokerOrder[];
    marketAt: number;
  }): Promise<void> {
    await freezeStock(this.#pool, request);
  }

  async getFrozenStocks(): Promise<readonly FrozenStock[]> {
    return await readFrozenStocks(this.#pool);
  }

  async getOrder(orderId: string): Promise<Order | undefined> {
    const row = await readOrder(this.#pool, orderId);
    return row === undefined ? undefined : orderOf(row);
  }

  async getOpenOrders(tradeDate?: TradeDate): Promise<readonly Order[]> {
    return await readOpenOrders(this.#pool, tradeDate);
  }

  async getOrdersOf(symbol: string, tradeDate: TradeDate): Promise<readonly Order[]> {
    return await readOrdersOf(this.#pool, symbol, tradeDate);
  }

  async getOrdersOfDate(tradeDate: TradeDate): Promise<readonly Order[]> {
    return await readNumberedOrders(this.#pool, tradeDate);
  }

  async getPosition(symbol: string): Promise<Position | undefined> {
    return await readPosition(this.#pool, symbol);
  }

  async getOpenPositions(): Promise<readonly Position[]> {
    return await readOpenPositions(this.#pool);
  }

  async recalculatePositions(marketAt: number): Promise<readonly string[]> {
    return await recalculatePositions(this.#pool, marketAt);
  }
}
