import type {
  BrokerPort,
  GatewayStatus,
  MarketDataPort,
  MarketLookupPort,
  ReconcileResult,
  SubmitOutcome,
} from '@fleet/service-layer';

type BrokerReads = Pick<
  BrokerPort,
  | 'login'
  | 'issueAccessToken'
  | 'issueApprovalKey'
  | 'getAccounts'
  | 'getCash'
  | 'getBuyingPower'
  | 'getSellableQuantity'
  | 'getOrders'
>;

type MarketReads = Pick<
  MarketDataPort,
  | 'getInstruments'
  | 'getQuote'
  | 'getQuotes'
  | 'getOrderBook'
  | 'getMinuteCandles'
  | 'getTurnoverRank'
  | 'isMarketOpenOn'
>;

/** What the gateway does for its clients. */
export interface GatewayServices {
  readonly broker: BrokerReads;
  readonly marketData: MarketReads;
  readonly lookup: MarketLookupPort;
  /** Sends a stored order. Never throws. */
  submit(request: { orderId: string; requestedAt: number }): Promise<SubmitOutcome>;
  subscribeQuotes(listener: string, symbols: readonly string[], held: boolean): void;
  unsubscribe(listener: string, symbols: readonly string[]): void;
  removeListener(listener: string): void;
  getStatus(): GatewayStatus;
  reconcile(): Promise<ReconcileResult>;
  /** Begins to shut down; the reply is sent before it happens. */
  requestShutdown(reason: string): void;
}
