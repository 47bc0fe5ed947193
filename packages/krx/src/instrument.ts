/** KRX's stock boards. */
export type Market = 'KOSPI' | 'KOSDAQ' | 'KONEX';

/** What is traded: it picks tick table, tax and the order types allowed. */
export type InstrumentKind =
  | 'COMMON'
  | 'PREFERRED'
  | 'ETF'
  | 'ETN'
  | 'ELW'
  | 'REIT'
  | 'SPAC'
  | 'OTHER';

/** Where an order goes: the exchange, the alternative trading system, or the broker's router. */
export type Venue = 'KRX' | 'NXT' | 'SOR';

export interface InstrumentClass {
  readonly market: Market;
  readonly kind: InstrumentKind;
}
