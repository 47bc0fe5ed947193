import type { InstrumentKind, Market, TradeDate } from '@fleet/krx';

import type { NewOrder, OrderRecord, RefusalReason } from '../exchange/types.ts';

/** What a run was begun with. A resumed run must be begun with the same. */
export interface RunParameters {
  readonly dayFingerprint: string;
  readonly seed: number;
  readonly participation: number;
  readonly accounts: readonly { readonly account: string; readonly cash: number }[];
}

export interface StoredOrder {
  readonly record: OrderRecord;
  /** Order of acceptance over the whole run. */
  readonly sequence: number;
  readonly market: Market;
  readonly kind: InstrumentKind;
  readonly workingLimit: number | undefined;
  readonly reserveUnit: number;
}

export interface StoredFill {
  readonly date: TradeDate;
  readonly number: string;
  /** 1, 2, 3 … per order. */
  readonly sequence: number;
  readonly at: number;
  readonly quantity: number;
  readonly price: number;
}

/** One order request as it reached the exchange, accepted or refused. */
export interface Arrival {
  readonly sequence: number;
  readonly date: TradeDate;
  readonly realMs: number;
  readonly marketMs: number;
  readonly request: 'NEW' | 'AMEND' | 'CANCEL';
  readonly account: string;
  readonly symbol: string | undefined;
  readonly side: NewOrder['side'] | undefined;
  readonly type: NewOrder['type'] | undefined;
  readonly quantity: number | undefined;
  readonly price: number | undefined;
  readonly originalNumber: string | undefined;
  /** Of an accepted request. */
  readonly number: string | undefined;
  readonly refusal: RefusalReason | undefined;
}

export interface StoredRun {
  readonly parameters: RunParameters;
  readonly date: TradeDate;
  readonly instant: number;
  /** By sequence. */
  readonly orders: readonly StoredOrder[];
  /** In order of their instant. */
  readonly fills: readonly StoredFill[];
  readonly lastSequence: number;
}

/** Everything that becomes durable in one statement. */
export interface StoreBatch {
  readonly date: TradeDate;
  /** Market time may be shown up to here afterwards. */
  readonly instant: number;
  readonly arrivals: readonly Arrival[];
  readonly orders: readonly StoredOrder[];
  readonly fills: readonly StoredFill[];
}
