import type { OrderRecord } from './types.ts';

/** Pure changes of an order's row. Filled + canceled + rejected + rest = quantity, always. */
export function filled(record: OrderRecord, quantity: number, price: number): OrderRecord {
  return checked({
    ...record,
    filledQuantity: record.filledQuantity + quantity,
    filledAmount: record.filledAmount + quantity * price,
    restQuantity: record.restQuantity - quantity,
  });
}

/** By a cancel, an amend (its quantity moves to the new order), or an immediate order's end. */
export function canceled(record: OrderRecord, quantity: number): OrderRecord {
  return checked({
    ...record,
    canceledQuantity: record.canceledQuantity + quantity,
    restQuantity: record.restQuantity - quantity,
  });
}

/** The session's end: the broker shows what did not trade as rejected. */
export function expired(record: OrderRecord): OrderRecord {
  return checked({
    ...record,
    rejectedQuantity: record.rejectedQuantity + record.restQuantity,
    restQuantity: 0,
  });
}

function checked(record: OrderRecord): OrderRecord {
  const sum =
    record.filledQuantity + record.canceledQuantity + record.rejectedQuantity + record.restQuantity;
  if (record.restQuantity < 0 || sum !== record.quantity) {
    throw new Error(`order ${record.number} does not add up: ${JSON.stringify(record)}`);
  }
  return record;
}
