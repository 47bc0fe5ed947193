import { describe, expect, it } from '@jest/globals';
import { IllegalTransitionError, InvariantViolation } from '../errors.ts';
import { quantity, won, ZERO_WON } from '../money.ts';
import { sampleOrder } from '../testing/samples.ts';
import { isTerminal, leavesQuantity, type Order, type OrderEvent } from './order.ts';
import type { OrderStatus } from './order.ts';
import { ORDER_STEPS, ORDER_TRANSITIONS, transitionOrder } from './order-machine.ts';

const STATUSES: readonly OrderStatus[] = [
  'NEW',
  'SENT',
  'PARTIAL',
  'FILLED',
  'CANCELED',
  'REJECTED',
];

const FILL_PART: OrderEvent = { type: 'FILLED_TO', quantity: quantity(4), amount: won(280_000) };
const FILL_ALL: OrderEvent = { type: 'FILLED_TO', quantity: quantity(10), amount: won(700_000) };
const EVENTS: Readonly<Record<string, OrderEvent>> = {
  SENT: { type: 'SENT' },
  ACCEPTED: { type: 'ACCEPTED' },
  REJECTED: { type: 'REJECTED' },
  NOT_EXECUTED: { type: 'NOT_EXECUTED' },
  NEVER_ARRIVED: { type: 'NEVER_ARRIVED' },
  DROPPED: { type: 'DROPPED' },
  'FILLED_TO 4': FILL_PART,
  'FILLED_TO 10': FILL_ALL,
  CANCELED: { type: 'CANCELED' },
  EXPIRED: { type: 'EXPIRED' },
};

const x = undefined;
/** Written out by hand: columns as in STATUSES; x is illegal. */
const EXPECTED: Readonly<Record<string, readonly (string | undefined)[]>> = {
  SENT: ['SENT', x, x, x, x, x],
  ACCEPTED: [x, 'SENT', 'PARTIAL', 'FILLED', x, x],
  REJECTED: [x, 'REJECTED REJECTED_BY_BROKER', x, x, x, x],
  NOT_EXECUTED: [x, 'REJECTED NOT_EXECUTED', x, x, x, x],
  NEVER_ARRIVED: [x, 'REJECTED NEVER_ARRIVED', x, x, x, x],
  DROPPED: ['CANCELED NOT_SENT', 'CANCELED NOT_SENT', x, x, x, x],
  'FILLED_TO 4': [x, 'PARTIAL', 'PARTIAL', x, x, x],
  'FILLED_TO 10': [x, 'FILLED', 'FILLED', 'FILLED', x, x],
  CANCELED: [x, 'CANCELED CANCELED_AT_BROKER', 'CANCELED CANCELED_AT_BROKER', x, x, x],
  EXPIRED: [x, 'CANCELED EXPIRED', 'CANCELED EXPIRED', x, x, x],
};

describe('order machine: every status with every event', () => {
  for (const [name, event] of Object.entries(EVENTS)) {
    STATUSES.forEach((status, column) => {
      const expected = EXPECTED[name]![column];
      it(`${status} + ${name} -> ${expected ?? 'illegal'}`, () => {
        expect(outcomeOf(orderIn(status), event)).toBe(expected);
      });
    });
  }

  it('allows exactly the steps that the database knows', () => {
    expect(ORDER_STEPS.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'NEW>SENT',
      'NEW>CANCELED',
      'SENT>PARTIAL',
      'SENT>FILLED',
      'SENT>CANCELED',
      'SENT>REJECTED',
      'PARTIAL>FILLED',
      'PARTIAL>CANCELED',
    ]);
  });

  it('has no way out of an ended order', () => {
    expect(ORDER_STEPS.filter(({ from }) => isTerminal(from))).toEqual([]);
  });
});

describe('order machine: fills and ends', () => {
  it('takes cumulative quantity and amount', () => {
    const after = transitionOrder(orderIn('SENT'), FILL_PART);
    expect(after.filledQuantity).toBe(4);
    expect(after.filledAmount.toFixed()).toBe('280000');
    expect(leavesQuantity(after)).toBe(6);
  });

  it('returns the same order when the fill is known', () => {
    const partial = orderIn('PARTIAL');
    const again = {
      type: 'FILLED_TO',
      quantity: partial.filledQuantity,
      amount: partial.filledAmount,
    } as const;
    expect(transitionOrder(partial, again)).toBe(partial);
  });

  it.each([
    ['falls', { quantity: 2, amount: 140_000 }],
    ['falls for the same amount', { quantity: 2, amount: 210_000 }],
    ['exceeds the quantity', { quantity: 11, amount: 770_000 }],
    ['grows without its amount', { quantity: 5, amount: 210_000 }],
    ['changes its amount alone', { quantity: 3, amount: 211_000 }],
    ['becomes cheaper', { quantity: 5, amount: 200_000 }],
  ])('refuses a cumulative fill that %s', (_what, told) => {
    const event: OrderEvent = {
      type: 'FILLED_TO',
      quantity: quantity(told.quantity),
      amount: won(told.amount),
    };
    const call = (): Order => transitionOrder(orderIn('PARTIAL'), event);
    expect(call).toThrow(InvariantViolation);
    expect(call).not.toThrow(IllegalTransitionError);
  });

  it('keeps the filled part of a canceled rest', () => {
    const after = transitionOrder(orderIn('PARTIAL'), {
      type: 'CANCELED',
      reason: 'CANCELED_BY_US',
    });
    expect(after).toMatchObject({
      status: 'CANCELED',
      endReason: 'CANCELED_BY_US',
      filledQuantity: 3,
    });
    expect(leavesQuantity(after)).toBe(0);
  });

  it('gives a cancel request no fills of its own', () => {
    const cancel = sampleOrder({ request: 'CANCEL', status: 'SENT' });
    expect(() => transitionOrder(cancel, FILL_PART)).toThrow('no fills of its own');
    expect(transitionOrder(cancel, { type: 'CANCELED' }).status).toBe('CANCELED');
  });

  it('names machine, state and event of an illegal pair', () => {
    const error = thrownBy(() => transitionOrder(orderIn('FILLED'), { type: 'SENT' }));
    expect(error).toBeInstanceOf(IllegalTransitionError);
    expect(error).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      retryable: false,
      context: { machine: 'order', state: 'FILLED', event: 'SENT', orderId: 'order-1' },
    });
  });
});

/** 'STATUS REASON', undefined when illegal; FILLED + FILLED_TO 4 breaks the fill, not the table. */
function outcomeOf(order: Order, event: OrderEvent): string | undefined {
  const listed = ORDER_TRANSITIONS[order.status][event.type];
  try {
    const { status, endReason } = transitionOrder(order, event);
    if (listed?.includes(status) !== true) return `${status} is not in the table`;
    return endReason === undefined ? status : `${status} ${endReason}`;
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    return undefined;
  }
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

function orderIn(status: OrderStatus): Order {
  const filled: Readonly<Record<OrderStatus, number>> = {
    NEW: 0,
    SENT: 0,
    PARTIAL: 3,
    FILLED: 10,
    CANCELED: 0,
    REJECTED: 0,
  };
  const shares = filled[status];
  return sampleOrder({
    status,
    filledQuantity: quantity(shares),
    filledAmount: shares === 0 ? ZERO_WON : won(shares * 70_000),
  });
}
