import type { OrderStatus } from '@fleet/domain';

/** An order of the fleet changed in the database: re-read it. Lost ones are found by polling. */
export interface OrderChange {
  readonly orderId: string;
  readonly symbol: string;
  readonly workerId: string;
  readonly status: OrderStatus;
}

/** Pushed by the gateway after it has booked; never a booking itself. */
export interface OrderFeed {
  subscribeOrderChanges(listener: (change: OrderChange) => void): () => void;
}

/** What goes through the gateway besides the broker's own calls. */
export interface GatewayStatus {
  readonly pid: number;
  readonly accountId: string;
  readonly loggedIn: boolean;
  readonly feedConnected: boolean;
  readonly slots: { readonly used: number; readonly total: number };
  readonly callsLastMinute: number;
  readonly waitingCalls: number;
  readonly unansweredOrders: number;
  readonly listeners: number;
}

export interface GatewayControl {
  getStatus(): Promise<GatewayStatus>;
  /** One full reconciliation now; resolves when its bookings are committed. */
  reconcile(): Promise<{ readonly orders: number; readonly mismatches: number }>;
  shutdown(): Promise<void>;
}
