import { InvariantViolation } from '../errors.ts';
import { type Quantity, quantity, type Won, won } from '../money.ts';
import { isTerminal, type Order } from './order.ts';
import { transitionOrder } from './order-machine.ts';

/** What a row of the broker's list says of one order, cumulative. */
export interface BrokerRow {
  readonly filledQuantity: Quantity;
  readonly filledAmount: Won;
  readonly canceledQuantity: Quantity;
  readonly rejectedQuantity: Quantity;
  readonly leavesQuantity: Quantity;
}

export interface FillStep {
  readonly quantity: Quantity;
  readonly amount: Won;
  /** amount / quantity; has decimals when the step met several prices. */
  readonly price: Won;
  readonly cumulativeQuantity: Quantity;
}

/** `late`: the broker tells of fills after our row had ended; they belong to a new, linked row. */
export type RowOutcome =
  | { readonly kind: 'unchanged'; readonly order: Order }
  | { readonly kind: 'changed'; readonly order: Order; readonly step: FillStep | undefined }
  | { readonly kind: 'late'; readonly order: Order; readonly missed: FillStep };

/**
 * Books a list row: the only thing that books fills. Rows may come late, twice and in any order:
 * one that knows less than we do changes nothing. `isOver`: the row was read after its venue had
 * closed, when the broker's word for an unfilled rest (canceled, refused, still open) is EXPIRED.
 * @throws InvariantViolation when the row contradicts the order (more than its quantity)
 */
export function bookBrokerRow(order: Order, row: BrokerRow, isOver = false): RowOutcome {
  if (order.status === 'NEW') {
    throw new InvariantViolation('a list row of an order that was never sent', {
      orderId: order.orderId,
    });
  }
  if (order.request !== 'PLACE' || row.filledQuantity < order.filledQuantity) {
    return { kind: 'unchanged', order };
  }
  const step = stepTo(order, row);
  if (isTerminal(order.status)) {
    return step === undefined
      ? { kind: 'unchanged', order }
      : { kind: 'late', order, missed: step };
  }
  const filled = transitionOrder(order, {
    type: 'FILLED_TO',
    quantity: row.filledQuantity,
    amount: row.filledAmount,
  });
  const after = endOf(filled, row, isOver);
  return after === order ? { kind: 'unchanged', order } : { kind: 'changed', order: after, step };
}

function endOf(order: Order, row: BrokerRow, isOver: boolean): Order {
  if (isTerminal(order.status)) return order;
  if (isOver) return transitionOrder(order, { type: 'EXPIRED' });
  if (row.leavesQuantity > 0) return order;
  if (row.rejectedQuantity > 0) {
    return order.filledQuantity === 0
      ? transitionOrder(order, { type: 'REJECTED' })
      : transitionOrder(order, { type: 'CANCELED', reason: 'REJECTED_BY_BROKER' });
  }
  if (row.canceledQuantity > 0) return transitionOrder(order, { type: 'CANCELED' });
  return order;
}

function stepTo(order: Order, row: BrokerRow): FillStep | undefined {
  if (row.filledQuantity === order.filledQuantity) return undefined;
  const shares = quantity(row.filledQuantity - order.filledQuantity);
  const amount = won(row.filledAmount.minus(order.filledAmount));
  return {
    quantity: shares,
    amount,
    price: won(amount.div(shares)),
    cumulativeQuantity: row.filledQuantity,
  };
}
