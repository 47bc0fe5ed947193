import type { Arrival, Evidence, LockEvent, OurOrder } from './evidence.ts';

/** Sample evidence for tests of the checks. */
export function aGrant(changes: Partial<LockEvent> = {}): LockEvent {
  return {
    id: 1,
    kind: 'GRANTED',
    symbol: 'A',
    workerId: 'w1',
    fence: 1,
    at: 1_000,
    reason: undefined,
    expiredAt: undefined,
    orphan: false,
    ...changes,
  };
}

export function aRelease(changes: Partial<LockEvent> = {}): LockEvent {
  return aGrant({ kind: 'RELEASED', at: 2_000, reason: 'sold', ...changes });
}

export function anOrder(changes: Partial<OurOrder> = {}): OurOrder {
  return {
    orderId: 'o1',
    continues: undefined,
    request: 'NEW',
    symbol: 'A',
    side: 'BUY',
    quantity: 10,
    price: '100',
    workerId: 'w1',
    fence: 1,
    status: 'FILLED',
    endReason: undefined,
    endDetail: undefined,
    sentAt: 1_100,
    settledAt: 1_200,
    brokerNumber: '7',
    filledQuantity: 10,
    filledAmount: '1000',
    ...changes,
  };
}

export function anArrival(changes: Partial<Arrival> = {}): Arrival {
  return {
    sequence: 1,
    at: 1_110,
    request: 'NEW',
    symbol: 'A',
    side: 'BUY',
    quantity: 10,
    price: '100',
    originalNumber: undefined,
    number: '7',
    ...changes,
  };
}

/** One order, sent, arrived, filled and booked by the owner of fence 1. */
export function someEvidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    locks: [aGrant(), aRelease()],
    starts: [{ workerId: 'w1', pid: 11 }],
    orders: [anOrder()],
    fills: [{ orderId: 'o1', quantity: 10, amount: '1000' }],
    arrivals: [anArrival()],
    exchange: [
      { number: '7', symbol: 'A', request: 'NEW', filledQuantity: 10, filledAmount: '1000' },
    ],
    left: { locks: 0, positions: 0, openOrders: 0, frozen: 0 },
    brokenRules: [],
    refusals: {},
    ...changes,
  };
}
