import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { InvariantViolation } from '../errors.ts';
import { amountOf, quantity, sumWon, won } from '../money.ts';
import { sampleOrder } from '../testing/samples.ts';
import { type BrokerRow, bookBrokerRow, type FillStep } from './broker-row.ts';
import type { Order } from './order.ts';

const TOTAL = 10;

function row(filled: number, amount: number, rest: Partial<Record<keyof BrokerRow, number>> = {}) {
  const canceled = rest.canceledQuantity ?? 0;
  const rejected = rest.rejectedQuantity ?? 0;
  return {
    filledQuantity: quantity(filled),
    filledAmount: won(amount),
    canceledQuantity: quantity(canceled),
    rejectedQuantity: quantity(rejected),
    leavesQuantity: quantity(TOTAL - filled - canceled - rejected),
  };
}

const sent = sampleOrder({ status: 'SENT', quantity: quantity(TOTAL) });

/** A reader's whole history: what it booked and where the order ended. */
function fold(order: Order, rows: readonly BrokerRow[]): { order: Order; steps: FillStep[] } {
  const steps: FillStep[] = [];
  let current = order;
  for (const each of rows) {
    const outcome = bookBrokerRow(current, each);
    if (outcome.kind === 'changed' && outcome.step !== undefined) steps.push(outcome.step);
    current = outcome.order;
  }
  return { order: current, steps };
}

/** The broker's truth over time: fills at their prices, then perhaps a cancel of the rest. */
const histories = fc
  .record({
    fills: fc.array(
      fc.record({
        shares: fc.integer({ min: 1, max: 4 }),
        price: fc.integer({ min: 1, max: 9_999 }),
      }),
      { maxLength: 6 },
    ),
    cancels: fc.boolean(),
  })
  .map(({ fills, cancels }) => {
    const rows: BrokerRow[] = [row(0, 0)];
    let filled = 0;
    let amount = 0;
    for (const fill of fills) {
      const shares = Math.min(fill.shares, TOTAL - filled);
      if (shares === 0) break;
      filled += shares;
      amount += shares * fill.price;
      rows.push(row(filled, amount));
    }
    if (cancels && filled < TOTAL) {
      rows.push(row(filled, amount, { canceledQuantity: TOTAL - filled }));
    }
    return rows;
  });

describe('booking rows of the broker list', () => {
  it('books steps, ends once, and a repeat changes nothing', () => {
    const first = bookBrokerRow(sent, row(4, 280_000));
    expect(first).toMatchObject({
      kind: 'changed',
      step: { quantity: 4, cumulativeQuantity: 4 },
      order: { status: 'PARTIAL' },
    });
    const again = bookBrokerRow(first.order, row(4, 280_000));
    expect(again).toEqual({ kind: 'unchanged', order: first.order });
    const last = bookBrokerRow(first.order, row(10, 701_000));
    expect(last).toMatchObject({ kind: 'changed', order: { status: 'FILLED' } });
    expect(last.kind === 'changed' && last.step?.price.toFixed()).toBe(
      won('421000').div(6).toFixed(),
    );
  });

  it('never lowers what is booked by a list that knows less', () => {
    const { order } = fold(sent, [row(7, 490_000)]);
    const stale = row(4, 280_000, { canceledQuantity: 6 });
    expect(bookBrokerRow(order, stale)).toEqual({ kind: 'unchanged', order });
  });

  it('cancels the rest, rejects the whole, or cancels a rest that the broker refused', () => {
    expect(fold(sent, [row(4, 280_000, { canceledQuantity: 6 })]).order).toMatchObject({
      status: 'CANCELED',
      endReason: 'CANCELED_AT_BROKER',
      filledQuantity: 4,
    });
    expect(fold(sent, [row(0, 0, { rejectedQuantity: 10 })]).order).toMatchObject({
      status: 'REJECTED',
      endReason: 'REJECTED_BY_BROKER',
    });
    expect(fold(sent, [row(4, 280_000, { rejectedQuantity: 6 })]).order).toMatchObject({
      status: 'CANCELED',
      endReason: 'REJECTED_BY_BROKER',
    });
  });

  it('keeps what can still trade open, whatever part of it was canceled', () => {
    const part = { ...row(4, 280_000, { canceledQuantity: 3 }), leavesQuantity: quantity(3) };
    expect(fold(sent, [part]).order).toMatchObject({ status: 'PARTIAL', endReason: undefined });
  });

  it('EC-003: books the fill of a row that was read after the close, and expires the rest', () => {
    for (const rest of [{}, { canceledQuantity: 6 }, { rejectedQuantity: 6 }]) {
      expect(bookBrokerRow(sent, row(4, 280_000, rest), true)).toMatchObject({
        kind: 'changed',
        step: { quantity: 4 },
        order: { status: 'CANCELED', endReason: 'EXPIRED', filledQuantity: 4 },
      });
    }
    expect(bookBrokerRow(sent, row(10, 700_000), true)).toMatchObject({
      order: { status: 'FILLED' },
    });
  });

  it('leaves an order open whose row says neither open nor ended', () => {
    const odd = { ...row(0, 0), leavesQuantity: quantity(0) };
    expect(bookBrokerRow(sent, odd).kind).toBe('unchanged');
  });

  it('tells a fill of an ended order apart instead of booking it', () => {
    const rejected = sampleOrder({ status: 'REJECTED', endReason: 'NEVER_ARRIVED' });
    const outcome = bookBrokerRow(rejected, row(4, 280_000));
    expect(outcome).toMatchObject({ kind: 'late', missed: { quantity: 4 }, order: rejected });
    expect(bookBrokerRow(rejected, row(0, 0, { rejectedQuantity: 10 })).kind).toBe('unchanged');
  });

  it('books nothing on a cancel request and refuses a row of an order never sent', () => {
    const cancel = sampleOrder({ request: 'CANCEL', status: 'SENT' });
    expect(bookBrokerRow(cancel, row(4, 280_000)).kind).toBe('unchanged');
    const neverSent = sampleOrder({ request: 'CANCEL', status: 'NEW' });
    expect(() => bookBrokerRow(neverSent, row(0, 0))).toThrow(InvariantViolation);
    expect(() => bookBrokerRow(sampleOrder(), row(0, 0))).toThrow(InvariantViolation);
  });

  it('refuses a row that fills beyond the quantity', () => {
    const tooMuch = { ...row(0, 0), filledQuantity: quantity(11), filledAmount: won(11) };
    expect(() => bookBrokerRow(sent, tooMuch)).toThrow(InvariantViolation);
  });

  it('gives the same books for any order, repeat and loss of reads', () => {
    fc.assert(
      fc.property(
        histories.chain((rows) =>
          fc.tuple(
            fc.constant(rows),
            fc.array(fc.integer({ min: 0, max: rows.length - 1 }), { maxLength: 25 }),
          ),
        ),
        ([rows, picks]) => {
          const last = rows.at(-1)!;
          const heard = [...picks.map((index) => rows[index]!), last];
          const { order, steps } = fold(sent, heard);
          const complete = fold(sent, rows);
          expect(order).toEqual(complete.order);
          expect(sumWon(steps.map((step) => step.amount)).eq(last.filledAmount)).toBe(true);
          expect(steps.reduce((sum, step) => sum + step.quantity, 0)).toBe(last.filledQuantity);
          const marks = steps.map((step) => step.cumulativeQuantity);
          expect(new Set(marks).size).toBe(marks.length);
          for (const step of steps) {
            const error = amountOf(step.price, step.quantity).minus(step.amount).abs();
            expect(error.lt('0.000001')).toBe(true);
          }
        },
      ),
    );
  });
});
