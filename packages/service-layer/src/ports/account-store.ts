import type { Quantity, Side } from '@fleet/domain';
import type { TradeDate } from '@fleet/krx';
import type { BrokerOrder } from './broker.ts';
import type { BookedRow } from './order-store.ts';

export interface ForeignOrder {
  readonly number: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly filledQuantity: number;
}

export interface ForeignHolding {
  readonly symbol: string;
  readonly quantity: number;
}

/** What the broker's account shows beyond the fleet's own orders. Every method is one transaction. */
export interface AccountStore {
  /** Kept, and told of once each: ForeignOrderSeenEvent, ForeignHoldingSeenEvent. Repeatable. */
  recordForeign(seen: {
    tradeDate: TradeDate;
    orders: readonly BrokerOrder[];
    /** All foreign shares that there are now; undefined when the balance was not read. */
    holdings: readonly ForeignHolding[] | undefined;
    marketAt: number;
  }): Promise<void>;
  getForeign(tradeDate: TradeDate): Promise<{
    readonly orders: readonly ForeignOrder[];
    readonly holdings: readonly ForeignHolding[];
  }>;
  /** Shares at the open that were not the fleet's; undefined before the day's open. */
  getForeignAtOpen(tradeDate: TradeDate): Promise<Readonly<Record<string, number>> | undefined>;
  /** Cumulative shares of the fleet that a person has sold, by the broker's number of the sale. */
  getExternalSales(tradeDate: TradeDate): Promise<ReadonlyMap<string, number>>;
  /**
   * Books a person's sale of the fleet's shares at the broker's price: an order of purpose EXTERNAL,
   * its fill, position, trade and ExternalSaleEvent. Undefined when it is booked already or when the
   * position is not `position` any more: then the evidence is to be read again.
   */
  bookExternalSale(sale: {
    row: BrokerOrder;
    /** Cumulative shares of the row that were the fleet's. */
    fleetQuantity: Quantity;
    position: Quantity;
    marketAt: number;
  }): Promise<BookedRow | undefined>;
  /** A difference of shares that lasts: gate EXIT_ONLY and PositionMismatchEvent. */
  recordMismatch(found: {
    symbol: string;
    ours: number;
    broker: number;
    marketAt: number;
  }): Promise<void>;
}
