import type { BrokerOrder, OrderTicket, SubmitOutcome } from './broker.ts';
import type {
  BrokerOrderKey,
  KillConditionCode,
  Order,
  OrderEndReason,
  OrderPurpose,
  Position,
  Price,
  Quantity,
  RiskDenialCode,
  Side,
  Trade,
  WhyNot,
  Won,
} from '@fleet/domain';
import type { InstrumentClass, OrderType, TradeDate, Venue } from '@fleet/krx';

/** What a worker wants; stored as NEW in one transaction that checks everything. */
export interface OrderIntent {
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly tradeDate: TradeDate;
  readonly symbol: string;
  readonly instrument: InstrumentClass;
  readonly workerId: string;
  readonly fence: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly venue: Venue;
  readonly quantity: Quantity;
  readonly limitPrice: Price | undefined;
  /** Price by which risk and reservation are judged (limit, or upper limit for a market buy). */
  readonly judgedPrice: Price;
  /** Expected loss of a buy if its stop is hit, positive won; zero for sells. */
  readonly expectedLoss: Won;
  readonly purpose: OrderPurpose;
  readonly strategyName: string;
  readonly strategyVersion: string;
  readonly paramsVersion: number;
  readonly marketAt: number;
}

/** A cancel of an accepted order of ours. */
export interface CancelIntent {
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly parentOrderId: string;
  readonly workerId: string;
  readonly fence: number;
  readonly marketAt: number;
}

/** A new price (and type) for all that is left of an accepted order of ours. */
export interface ModifyIntent extends CancelIntent {
  readonly type: OrderType;
  /** Undefined for types without a price. A buy is never amended to more than it was judged by. */
  readonly limitPrice: Price | undefined;
}

/** A stock of which nobody can say which of several list rows is the fleet's. */
export interface FrozenStock {
  readonly symbol: string;
  /** The order whose answer was lost. */
  readonly orderId: string;
  readonly candidates: readonly FrozenCandidate[];
}

export interface FrozenCandidate {
  readonly key: BrokerOrderKey;
  readonly quantity: number;
  readonly filledQuantity: number;
  /** Decimal text; null without a price. */
  readonly price: string | null;
}

export type DenialCode =
  | 'GATE'
  | 'FENCE_LOST'
  | 'OPEN_QUESTION'
  | 'FOREIGN_HOLDING'
  | 'NOT_ENOUGH_POSITION'
  | 'BUYING_POWER'
  | RiskDenialCode
  | 'WORKER_STOPPED'
  | KillConditionCode
  | 'ORDER_ENDED';

export type IntentResult =
  | { readonly outcome: 'stored'; readonly order: Order }
  /** The same idempotency key again: the same order. */
  | { readonly outcome: 'existing'; readonly order: Order }
  /** Our own refusal; risk breaches have also written RiskViolationEvent. */
  | { readonly outcome: 'denied'; readonly code: DenialCode; readonly detail: WhyNot };

export type MarkSentResult =
  | { readonly sent: true; readonly ticket: OrderTicket }
  | {
      readonly sent: false;
      readonly reason: 'NOT_NEW' | 'FENCE_LOST' | 'GATE' | 'OPEN_QUESTION' | 'DEADLINE';
    };

/** What booking one list row changed; empty when it was known already. */
export interface BookedRow {
  readonly orderId: string;
  readonly symbol: string;
  readonly workerId: string;
  readonly filledStep: Quantity;
  readonly status: Order['status'];
  readonly closedTrade: Trade | undefined;
}

/**
 * Orders, fills, positions, trades and the daily summary: they change together or not at all.
 * Every method is one transaction, writes its events in it, and may be repeated after a lost answer.
 */
export interface OrderStore {
  /** Checks gate, lock and fence, open question, risk limits and cash; stores NEW with its reservation. */
  storeIntent(intent: OrderIntent): Promise<IntentResult>;
  /** Cancels are allowed at every gate but OBSERVE. */
  storeCancelIntent(intent: CancelIntent): Promise<IntentResult>;
  /**
   * Allowed where the gate allows the order's side. Once it is accepted a new order, linked to it, works
   * what was left under the broker's new number; the amended one ends by the list.
   */
  storeModifyIntent(intent: ModifyIntent): Promise<IntentResult>;
  /**
   * NEW -> SENT, just before the bytes leave. Refuses when the lock is lost or ends before
   * `sendDeadlineMs` from now, when another request of the symbol is unanswered, or the gate forbids it.
   * `requestedAt` is when the worker asked (real epoch ms): older than the deadline is refused.
   */
  markSent(request: {
    orderId: string;
    requestedAt: number;
    sendDeadlineMs: number;
    marketAt: number;
  }): Promise<MarkSentResult>;
  /** `unknown` leaves the order SENT and open; all others answer it. Returns the order after it. */
  recordAnswer(request: {
    orderId: string;
    outcome: SubmitOutcome;
    marketAt: number;
  }): Promise<Order>;
  /** NEW -> CANCELED (NOT_SENT); frees the reservation. False when it was not NEW any more. */
  dropIntent(request: { orderId: string; reason: string; marketAt: number }): Promise<boolean>;
  /**
   * Books what a list row says about one of our orders: cumulative quantity and amount, the end of it.
   * A row read before a booked fill (`readStartedAt`, real ms) never lowers anything.
   */
  bookBrokerOrder(request: {
    orderId: string;
    row: BrokerOrder;
    readStartedAt: number;
    marketAt: number;
    /** The list was read after the order's venue had closed: its rest is over (EXPIRED). */
    isOver?: boolean;
  }): Promise<BookedRow>;
  /** An open question answered by the list or by a person: the broker's number is adopted. */
  adoptBrokerNumber(request: {
    orderId: string;
    row: Pick<BrokerOrder, 'key'>;
    marketAt: number;
  }): Promise<Order>;
  /** Ends an order that the broker no longer works or never had. */
  endOrder(request: {
    orderId: string;
    status: 'CANCELED' | 'REJECTED';
    reason: OrderEndReason;
    detail: string;
    marketAt: number;
  }): Promise<boolean>;
  /**
   * Several list rows fit one open question: freeze the stock, gate EXIT_ONLY, alarm. It thaws
   * (StockUnfrozenEvent) with the answer to that question, by a later list or by a person.
   */
  freezeStock(request: {
    symbol: string;
    orderId: string;
    rows: readonly BrokerOrder[];
    marketAt: number;
  }): Promise<void>;
  getFrozenStocks(): Promise<readonly FrozenStock[]>;
  getOrder(orderId: string): Promise<Order | undefined>;
  /** NEW, SENT or PARTIAL of the trade date, oldest first; all dates when undefined. */
  getOpenOrders(tradeDate?: TradeDate): Promise<readonly Order[]>;
  getOrdersOf(symbol: string, tradeDate: TradeDate): Promise<readonly Order[]>;
  /** Every order of the date that has a broker number, to tell ours from foreign. */
  getOrdersOfDate(tradeDate: TradeDate): Promise<readonly Order[]>;
  getPosition(symbol: string): Promise<Position | undefined>;
  /** Quantity above zero. */
  getOpenPositions(): Promise<readonly Position[]>;
  /** WT-002 / step 5: positions from fills; returns the symbols whose stored position differed and was corrected. */
  recalculatePositions(marketAt: number): Promise<readonly string[]>;
}
