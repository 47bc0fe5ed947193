import type { BrokerOrderKey, OrderRequest, Price, Quantity, Side, Won } from '@fleet/domain';
import type { OrderType, TradeDate, Venue } from '@fleet/krx';

/** Lanes of the call budget, most urgent first; only `cancel` and `exit` may use the reserve. */
export type CallLane = 'cancel' | 'exit' | 'entry' | 'reconcile' | 'scan' | 'backfill';

export interface CallOptions {
  readonly lane?: CallLane;
  /** Aborts the waiting and, for reads, the call. */
  readonly signal?: AbortSignal;
}

/** All that the broker needs to know of an order, and what the gateway checks before sending it. */
export interface OrderTicket {
  readonly orderId: string;
  readonly request: OrderRequest;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly venue: Venue;
  readonly quantity: Quantity;
  /** Undefined for types without a price. */
  readonly limitPrice: Price | undefined;
  /** CANCEL and MODIFY: the broker's key of the order that it is about. */
  readonly original: BrokerOrderKey | undefined;
}

/**
 * What is known after trying to send. `unknown` is never sent again: the list decides.
 * `notExecuted` was refused before execution (token, throttle); `notSent`: no byte has left.
 */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly broker: BrokerOrderKey; readonly brokerTime: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  | { readonly kind: 'notExecuted'; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** One row of the broker's order list, cumulative. */
export interface BrokerOrder {
  readonly key: BrokerOrderKey;
  readonly original: BrokerOrderKey | undefined;
  /** `CHANGE` covers cancels and modifies: the list does not tell them apart. */
  readonly request: 'PLACE' | 'CHANGE';
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType | undefined;
  readonly quantity: Quantity;
  readonly price: Price | undefined;
  /** Acceptance, epoch ms of the broker's clock (market time), to the second. */
  readonly acceptedAt: number;
  readonly filledQuantity: Quantity;
  readonly filledAmount: Won;
  readonly canceledQuantity: Quantity;
  readonly rejectedQuantity: Quantity;
  readonly leavesQuantity: Quantity;
}

/** A complete read, all pages; a failed or short read throws instead. */
export interface BrokerOrderList {
  readonly date: TradeDate;
  /** Real epoch ms before the first page was asked for: fills booked later may not be lowered by it. */
  readonly readStartedAt: number;
  readonly orders: readonly BrokerOrder[];
}

export interface BrokerHolding {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly sellableQuantity: Quantity;
  readonly averagePrice: Won;
  readonly boughtToday: Quantity;
  readonly soldToday: Quantity;
}

/** Holdings and cash of one complete balance read. */
export interface BrokerBalance {
  readonly holdings: readonly BrokerHolding[];
  readonly cashDeposit: Won;
  /** D+2 cash: today's trades and costs are in it. */
  readonly settledCashD2: Won;
  readonly boughtTodayAmount: Won;
  readonly soldTodayAmount: Won;
  /** The day's commission and taxes by the broker's own arithmetic (`thdt_tlex_amt`). */
  readonly costsToday: Won;
}

export interface BuyingPower {
  /** Without receivables (미수). */
  readonly amount: Won;
  readonly quantity: Quantity;
}

export interface BrokerAccount {
  /** CANO-PRDT, for example 50012345-01. */
  readonly accountId: string;
}

/** An alarm clock, not a booking: it makes us read the list. */
export interface ExecutionNotice {
  readonly kind: 'ACCEPTED' | 'CHANGED' | 'REJECTED' | 'FILL';
  readonly orderNumber: string;
  readonly originalNumber: string | undefined;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
}

/**
 * The broker, spec section 12. Implemented by the KIS adapter inside the gateway and by the
 * gateway's client everywhere else. Reads may be repeated; `placeOrder`, `cancelOrder` and
 * `modifyOrder` never are. Reads throw `BrokerError`.
 */
export interface BrokerPort {
  /** Token, approval key, feed session; harmless when already logged in. */
  login(signal?: AbortSignal): Promise<void>;
  issueAccessToken(signal?: AbortSignal): Promise<void>;
  issueApprovalKey(signal?: AbortSignal): Promise<void>;
  /** KIS has no such call: the configured account, verified by a balance read. */
  getAccounts(options?: CallOptions): Promise<readonly BrokerAccount[]>;
  getCash(accountId: string, options?: CallOptions): Promise<BrokerBalance>;
  getBuyingPower(
    query: { symbol: string; type: OrderType; price: Price | undefined },
    options?: CallOptions,
  ): Promise<BuyingPower>;
  /** Shares that a sell may name now: what is held less what open sells have taken. */
  getSellableQuantity(symbol: string, options?: CallOptions): Promise<Quantity>;
  /** All orders of the day; the open ones are those with a `leavesQuantity`. */
  getOrders(accountId: string, date: TradeDate, options?: CallOptions): Promise<BrokerOrderList>;
  placeOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome>;
  modifyOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome>;
  cancelOrder(ticket: OrderTicket, options?: CallOptions): Promise<SubmitOutcome>;
  /** The notices of kind FILL among the order events; returns the unsubscribe. */
  subscribeExecutions(listener: (notice: ExecutionNotice) => void): Promise<() => void>;
  /** Execution and order notices of the account; returns the unsubscribe. */
  subscribeOrderEvents(listener: (notice: ExecutionNotice) => void): Promise<() => void>;
  /** Leaves the feed in order. */
  disconnect(): Promise<void>;
}

/** What a failed read means for the caller. */
export type BrokerErrorCode =
  | 'TIMEOUT'
  | 'UNAVAILABLE'
  | 'THROTTLED'
  | 'AUTHENTICATION'
  | 'WRONG_ACCOUNT'
  | 'UNSUPPORTED'
  | 'BAD_REPLY'
  | 'REFUSED';

export class BrokerError extends Error {
  readonly code: BrokerErrorCode;
  readonly retryable: boolean;
  /** The vendor's own code and text, for the log only. */
  readonly vendorCode: string | undefined;
  constructor(
    code: BrokerErrorCode,
    message: string,
    options: { retryable?: boolean; vendorCode?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BrokerError';
    this.code = code;
    this.retryable =
      options.retryable ?? (code === 'TIMEOUT' || code === 'UNAVAILABLE' || code === 'THROTTLED');
    this.vendorCode = options.vendorCode;
  }
}
