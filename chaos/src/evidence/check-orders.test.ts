import { describe, expect, it } from '@jest/globals';
import { checkOrders } from './check-orders.ts';
import type { Evidence } from './evidence.ts';
import { aGrant, anArrival, anOrder, aRelease, someEvidence } from './samples.ts';

function kindsOf(changes: Partial<Evidence>): readonly string[] {
  return checkOrders(someEvidence(changes)).map(({ kind }) => kind);
}

const second = aGrant({ fence: 2, workerId: 'w2', at: 1_105 });

describe('orders and their arrivals', () => {
  it('are sound when each order arrived once, from the newest owner', () => {
    expect(kindsOf({})).toEqual([]);
  });

  it('an order that arrives after a higher fence was granted is stale', () => {
    expect(kindsOf({ locks: [aGrant(), aRelease(), second] })).toEqual(['STALE_SEND']);
    const later = { ...second, at: 1_111 };
    expect(kindsOf({ locks: [aGrant(), aRelease(), later] })).toEqual([]);
  });

  it('a second arrival of one order is a double order, with a number of its own or without', () => {
    const again = anArrival({ sequence: 2, number: '8' });
    expect(kindsOf({ arrivals: [anArrival(), again] })).toEqual(['DOUBLE_ORDER']);
    const refused = { ...again, number: undefined };
    expect(kindsOf({ arrivals: [anArrival(), refused] })).toEqual(['DOUBLE_ORDER']);
  });

  it('an arrival whose number was lost is found by terms and time', () => {
    expect(kindsOf({ orders: [anOrder({ brokerNumber: undefined })] })).toEqual([]);
    const other = anArrival({ quantity: 11 });
    const orders = [anOrder({ brokerNumber: undefined })];
    expect(kindsOf({ orders, arrivals: [other] })).toEqual(['DOUBLE_ORDER']);
  });

  it('a continued row is the order that it continues', () => {
    const ended = anOrder({ brokerNumber: undefined, status: 'REJECTED' });
    const shownUp = anOrder({ orderId: 'o2', continues: 'o1' });
    expect(kindsOf({ orders: [ended, shownUp] })).toEqual([]);
  });

  it('two orders of a stock that wait for their answers at once are seen', () => {
    const open = anOrder({ settledAt: undefined });
    const next = anOrder({ orderId: 'o2', sentAt: 1_150, brokerNumber: '8' });
    const arrivals = [anArrival(), anArrival({ sequence: 2, number: '8', at: 1_160 })];
    expect(kindsOf({ orders: [open, next], arrivals })).toEqual(['TWO_OPEN_QUESTIONS']);
  });

  it("an order under another worker's fence is seen", () => {
    expect(kindsOf({ orders: [anOrder({ workerId: 'w2' })] })).toEqual(['FENCE_WITH_TWO_WORKERS']);
  });
});
