import type { InstrumentClass, TradeDate } from '@fleet/krx';
import type { CostRates } from '../costs/cost-rates.ts';
import type { Won } from '../money.ts';

/** What the fleet's own books say of the day. */
export interface TieOutLedger {
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  readonly soldByMarket: readonly (InstrumentClass & { readonly amount: Won })[];
  /** Open shares by symbol, all days. */
  readonly positions: Readonly<Record<string, number>>;
  readonly orders: readonly {
    readonly brokerNumber: string;
    readonly symbol: string;
    readonly filledQuantity: number;
    readonly filledAmount: Won;
    /** A person's sale, of which the fleet's shares may be a part. */
    readonly external?: boolean;
  }[];
}

/** What the broker says after the close: complete reads of balance and list. */
export interface TieOutBroker {
  readonly holdings: readonly { readonly symbol: string; readonly quantity: number }[];
  readonly settledCashD2: Won;
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  readonly costs: Won;
  /** Rows of the day with their cumulative fills; cancels and modifies may be among them. */
  readonly orders: readonly BrokerFillRow[];
}

export interface BrokerFillRow {
  readonly number: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly filledQuantity: number;
  readonly filledAmount: Won;
}

/** The broker's totals before the first order of the day. */
export interface TieOutBaseline {
  readonly settledCashD2: Won;
  readonly boughtAmount: Won;
  readonly soldAmount: Won;
  readonly costs: Won;
  /** Shares in the account that the fleet did not buy. */
  readonly foreignHoldings: Readonly<Record<string, number>>;
}

export interface TieOutInput {
  readonly settlementDate: TradeDate;
  readonly ledger: TieOutLedger;
  readonly broker: TieOutBroker;
  readonly baseline: TieOutBaseline;
  readonly rates?: CostRates;
  /** Won that the broker's costs may differ from the formula; zero when left out. */
  readonly costTolerance?: Won;
  /** Classes of stocks that the owner sold by hand, for their tax; KOSPI common when not known. */
  readonly foreignClasses?: Readonly<Record<string, InstrumentClass>>;
}
